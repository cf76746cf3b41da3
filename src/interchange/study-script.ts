/** The R script that computes the numbers of a verdict again from the rows that it rests on, and compares. Base R alone. */
import type { StudyAssay, StudyDocument } from '../study/document.ts';

/** Reads `cells.csv`, `populations.csv`, `values.csv` and `endpoints.csv` beside it. Ends with status 0 where all agree, else 1. */
export function studyScript({ name, assays, primary }: StudyDocument): string {
  const kinds = Object.entries(assays);
  const homes = kinds.flatMap(([assay, each]) => (each.kind === 'home-advantage' ? [home(assay, each)] : []));
  const contrasts = kinds.flatMap(([assay, { kind }]) => (kind === 'contrast' ? [quoted(assay)] : []));
  return `# Computes again what \`streetlight study verdict\` says of study ${name}: from every training of its assays the values of each block, from these means, tests
# and effect sizes, and compares them with values.csv and endpoints.csv. Type: Rscript recompute.R
# Ends with status 0 where all agree within the tolerances below, else with 1.
alpha <- ${primary?.alpha ?? 'NA'}
homes <- list(${homes.join(',\n              ')})
contrasts <- c(${contrasts.join(', ')})
${reading}${homeAdvantage}${endpoints}`;
}

const home = (assay: string, { top, cap }: Extract<StudyAssay, { kind: 'home-advantage' }>): string =>
  `list(assay = ${quoted(assay)}, top = ${top}, cap = ${cap})`;

/** As a string of R. */
const quoted = (text: string): string => `"${text}"`;

const reading = `
# Rscript writes blanks in its own path as ~+~.
here <- dirname(gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]), fixed = TRUE))
read <- function(name) read.csv(file.path(here, name), na.strings = "", check.names = FALSE, stringsAsFactors = FALSE)
cells <- read("cells.csv")
populations <- read("populations.csv")
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
`;

const homeAdvantage = `
# A score is log10(untrained loss / loss), no less than 0 (also where the training failed) and no more than the cap; of a genome it is the mean over tasks and seeds.
scores <- function(rows, cap) {
  decades <- ifelse(is.na(rows$loss), 0, log10(rows$untrained_loss / rows$loss))
  rows$score <- pmin(cap, pmax(0, decades))
  by <- list(architecture = rows$architecture, rule = rows$rule, learning_rate = rows$learning_rate)
  aggregate(list(score = rows$score), by, mean)
}
score_of <- function(table, architecture, rule, rate)
  table$score[table$architecture == architecture & table$rule == rule & table$learning_rate == rate]

for (home in homes) {
  own <- cells[cells$assay == home$assay, ]
  for (block in unique(populations$block[populations$assay == home$assay])) {
    here_rows <- own[own$block == block, ]
    stage <- function(name) if (!any(here_rows$stage == name)) NULL else scores(here_rows[here_rows$stage == name, ], home$cap)
    chosen <- stage("subjects"); tuning <- stage("tuning"); judged <- stage("judgement")
    sides <- lapply(1:2, function(side) {
      living <- populations[populations$assay == home$assay & populations$block == block & populations$side == side, ]
      if (nrow(living) == 0) return(integer(0))
      anew <- mapply(function(a, r) score_of(chosen, a, r, 0), living$architecture, living$rule)
      ordered <- unique(living$architecture[order(-anew, seq_along(anew))])
      head(ordered, home$top)
    })
    # The home of the first population is the rule that its cells were judged under first.
    rules <- unique(here_rows$rule[here_rows$stage == "judgement"])
    nearest <- function(rates) order(abs(rates), rates)
    best_rate <- function(architecture, rule) {
      tried <- tuning[tuning$architecture == architecture & tuning$rule == rule, ]
      tried <- tried[nearest(tried$learning_rate), ]
      tried$learning_rate[which.max(tried$score)]
    }
    for (setting in c("default", "tuned")) {
      of <- function(side, rule) if (length(sides[[side]]) == 0) 0 else
        sapply(sides[[side]], function(a) score_of(judged, a, rule, if (setting == "default") 0 else best_rate(a, rule)))
      parts <- list(of(1, rules[1]), of(1, rules[2]), of(2, rules[2]), of(2, rules[1]))
      ranks <- relist(rank(unlist(parts)) / length(unlist(parts)), parts)
      for (kind in c("", " ranks")) {
        m <- sapply(if (kind == "") parts else ranks, mean)
        first <- m[1] - m[4]; second <- m[3] - m[2]
        measure <- paste0(setting, kind)
        compare(paste(home$assay, block, measure, "at first"), first, told(home$assay, block, paste(measure, "at first")))
        compare(paste(home$assay, block, measure, "at second"), second, told(home$assay, block, paste(measure, "at second")))
        compare(paste(home$assay, block, measure, "advantage"), (first + second) / 2, told(home$assay, block, paste(measure, "advantage")))
      }
    }
    compare(paste(home$assay, block, "from rate"),
            told(home$assay, block, "default advantage") - told(home$assay, block, "tuned advantage"), told(home$assay, block, "from rate"))
  }
}
for (assay in contrasts) for (block in unique(values$block[values$assay == assay]))
  compare(paste(assay, block), told(assay, block, "first") - told(assay, block, "second"), told(assay, block, "difference"))
`;

const endpoints = `
# All changes of signs of the values of the blocks; up to 16 blocks they are counted, beyond that the verdict draws them and so does this script.
sign_flip <- function(x) {
  n <- length(x)
  if (n > 16) return(NA)
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), n)))
  means <- as.vector(signs %*% x) / n
  mean(means >= mean(x) - 1e-10 * max(abs(x)))
}
# Hedges' g of paired differences.
hedges <- function(x) {
  df <- length(x) - 1
  exp(lgamma(df / 2) - 0.5 * log(df / 2) - lgamma((df - 1) / 2)) * mean(x) / sd(x)
}
# Bias-corrected and accelerated limits (Efron 1987), from resamples of R's own: they agree to within the noise of resampling.
set.seed(1)
bca <- function(x, draws = 20000) {
  n <- length(x)
  boot <- colMeans(matrix(sample(x, n * draws, replace = TRUE), n))
  z0 <- qnorm((sum(boot < mean(x)) + 0.5 * sum(boot == mean(x))) / draws)
  jack <- sapply(seq_along(x), function(i) mean(x[-i]))
  a <- sum((mean(jack) - jack)^3) / (6 * sum((mean(jack) - jack)^2)^1.5)
  z <- qnorm(c(0.025, 0.975))
  quantile(boot, pnorm(z0 + (z0 + z) / (1 - a * (z0 + z))), names = FALSE, type = 6)
}
secondary <- c()
for (i in seq_len(nrow(expected))) {
  row <- expected[i, ]
  x <- values$value[values$assay == row$assay & values$measure == row$measure]
  what <- paste(row$role, row$assay, row$measure)
  compare(paste(what, "blocks"), length(x), row$blocks)
  if (length(x) == 0) next
  compare(paste(what, "mean"), mean(x), row$mean)
  compare(paste(what, "sd"), sd(x), row$sd)
  p <- sign_flip(x)
  if (!is.na(p)) compare(paste(what, "p"), p, row$p)
  if (row$role == "secondary") secondary <- c(secondary, if (is.na(p)) row$p else p)
  if (!is.na(row$g)) compare(paste(what, "g"), hedges(x), row$g, 1e-8)
  if (!is.na(row$lower)) {
    limits <- bca(x)
    # Means of resamples of few values are few numbers, and limits jump from one to the next.
    noise <- sd(x) * (if (length(x) < 6) 0.5 else 0.1)
    compare(paste(what, "lower"), limits[1], row$lower, noise)
    compare(paste(what, "upper"), limits[2], row$upper, noise)
  }
}
adjusted <- p.adjust(secondary, "holm")
rows <- expected[expected$role == "secondary", ]
for (i in seq_along(adjusted)) compare(paste("Holm", rows$assay[i], rows$measure[i]), adjusted[i], rows$holm[i])
primary <- expected[expected$role == "primary", ]
if (nrow(primary) == 1 && !is.na(primary$p)) compare("primary is above", as.numeric(primary$p <= alpha), as.numeric(primary$finding == "above"))
cat(if (failed == 0) "All numbers agree.\\n" else sprintf("%d numbers differ.\\n", failed))
quit(status = if (failed == 0) 0 else 1)
`;
