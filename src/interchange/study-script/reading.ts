/** R that reads the rows of a report and has what the parts for the kinds of assays share: comparison, scores, rates, subjects. */
export const reading = `
# Rscript writes blanks in its own path as ~+~.
here <- dirname(gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]), fixed = TRUE))
read <- function(name) read.csv(file.path(here, name), na.strings = "", check.names = FALSE, stringsAsFactors = FALSE)
# A training that several assays or conditions ask for is one.
cells <- unique(read("cells.csv"))
populations <- read("populations.csv")
births <- read("births.csv")
derived <- read("derived.csv")
values <- read("values.csv")
expected <- read("endpoints.csv")

failed <- 0
compare <- function(what, found, told, tolerance = 1e-9) {
  if (is.na(found) && is.na(told)) return(invisible())
  apart <- abs(found - told) / max(1, abs(told))
  if (is.na(apart) || apart > tolerance) {
    failed <<- failed + 1
    cat(sprintf("DIFFERS: %s is %.12g here and %.12g in the verdict\\n", what, found, told))
  }
}
told <- function(assay, block, measure) values$value[values$assay == assay & values$block == block & values$measure == measure]
# A measure that a block does not have is not among its values.
check <- function(assay, block, measure, found) {
  there <- told(assay, block, measure)
  compare(paste(assay, block, measure), found, if (length(there) == 0) NA else there)
}
# Normalised regret: none where the best is no better than an untrained predictor.
regret <- function(score, best) if (best > 0) min(1, max(0, (best - score) / best)) else NA
blocks_of <- function(assay) unique(populations$block[populations$assay == assay])
sides_of <- function(assay, block) unique(populations$side[populations$assay == assay & populations$block == block])
candidates <- function(assay, block, side)
  populations[populations$assay == assay & populations$block == block & populations$side == side, ]

# A score is log10(untrained loss / loss), no less than 0 (also where the training failed) and no more than the cap.
stage_of <- function(assay, block, stage, cap) {
  rows <- cells[cells$assay == assay & cells$block == block & cells$stage == stage, ]
  rows$score <- pmin(cap, pmax(0, ifelse(is.na(rows$loss), 0, log10(rows$untrained_loss / rows$loss))))
  rows
}
# Of a genome at a rate the mean over tasks and seeds.
means_of <- function(rows) tapply(rows$score, paste(rows$architecture, rows$rule, rows$learning_rate), mean)
score_of <- function(means, architecture, rule, rate) means[[paste(architecture, rule, rate)]]
# The best rate on trial; of equals the one nearest to the own one, then the lower.
rates <- (-2:6)[order(abs(-2:6), -2:6)]
best_rate <- function(means, architecture, rule)
  rates[which.max(sapply(rates, function(rate) score_of(means, architecture, rule, rate)))]
# The architectures of the best genomes when trained anew under their own rules; all, in the order of the rows, where they were drawn and not chosen.
subjects_of <- function(assay, block, side, top, cap) {
  living <- candidates(assay, block, side)
  anew <- means_of(stage_of(assay, block, "subjects", cap))
  if (nrow(living) == 0) return(integer(0))
  if (length(anew) == 0) return(unique(living$architecture))
  scores <- mapply(function(a, r, rate) score_of(anew, a, r, rate), living$architecture, living$rule, living$learning_rate)
  head(unique(living$architecture[order(-scores, seq_along(scores))]), top)
}
# Of one population, or of the first less those of the second.
check_differences <- function(assay, block, populations)
  for (measure in names(populations[[1]]))
    check(assay, block, measure, populations[[1]][[measure]] - if (length(populations) > 1) populations[[2]][[measure]] else 0)
`;
