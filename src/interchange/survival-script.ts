/** The R script that computes everything again which `survivorship` prints, with package survival, from the exported lives, and compares. */
import type { ConfidenceType } from '../statistics/confidence.ts';
import type { TieMethod } from '../statistics/partial-likelihood.ts';
import { comparisonInR } from './survival-script-comparison.ts';
import { curvesInR } from './survival-script-curves.ts';

/** How the numbers were computed that the script computes again. */
export interface ScriptSettings {
  /** The command that prints the same numbers. */
  readonly command: string;
  /** In the order of output; the first is the reference. */
  readonly groups: readonly string[];
  readonly confidence: ConfidenceType;
  readonly tau: number;
  readonly rho: number;
  readonly ties: TieMethod;
  readonly stratifyByRun: boolean;
}

/** Reads `survival.csv` and `expected.csv` beside it. Ends with status 0 where all agree, else 1. */
export function survivalScript(settings: ScriptSettings): string {
  const { command, groups, confidence, tau, rho, ties, stratifyByRun } = settings;
  return `# Computes again with R's package survival what is printed by
#   ${command.replaceAll(/[\r\n]/g, ' ')}
# from survival.csv, and compares each number with expected.csv. Type: Rscript check.R
# Ends with status 0 where all agree within the tolerances below, else with 1.
suppressPackageStartupMessages(library(survival))

conf_type <- ${quoted(confidence)}
tau <- ${tau}
rho <- ${rho}
ties <- ${quoted(ties)}
stratified <- ${stratifyByRun ? 'TRUE' : 'FALSE'}
groups <- c(${groups.map(quoted).join(', ')}) # the first is the reference
${reading}${curvesInR}${comparisonInR}${verdict}`;
}

/** As a string of R. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const reading = `
# Largest relative errors allowed (differences below 1e-14 pass in any case, and where the likelihood has no maximum those of its supremum below 1e-5,
# since it is approached by steps, in which rounding grows): closed forms 1e-10 (errors of incidences 1e-8, as their terms cancel), Cox coefficients 1e-7, standard errors and
# what is made from them 1e-6, p-values that depend on those 1e-5. The first pattern that fits counts.
tolerances <- c(
  "^cox (coefficient|ratio)$" = 1e-7,
  "^cox log-likelihood" = 1e-9,
  "^(cox|pooled|proportional hazards) (.* )?p$" = 1e-5,
  "^(cox|pooled|proportional hazards) " = 1e-6,
  "^(log-rank|difference) p$" = 1e-8,
  "^profile " = 1e-5,
  "^incidence by .* (se|lower|upper)$" = 1e-8,
  "." = 1e-10)

# Rscript writes blanks in its own path as ~+~.
here <- dirname(gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]), fixed = TRUE))
lives <- read.csv(file.path(here, "survival.csv"), na.strings = "", colClasses = c(unit = "character", group = "character"))
expected <- read.csv(file.path(here, "expected.csv"), na.strings = "",
                     colClasses = c("character", "character", "character", "numeric"))
for (column in c("group", "at")) expected[[column]][is.na(expected[[column]])] <- ""
delayed <- any(lives$entry > 0)
lived <- if (delayed) with(lives, Surv(entry, exit, event)) else with(lives, Surv(exit, event))
if (!setequal(groups, lives$group)) stop("survival.csv has other groups than this script")
lives$group <- factor(lives$group, groups)
lives$stratum <- if (stratified) lives$run else 1L

floors <- c("." = 1e-14)

found <- list()
say <- function(what, group, at, value)
  found[[length(found) + 1]] <<- data.frame(what = what, group = as.character(group), at = as.character(at), value = as.numeric(value))
text <- function(time) format(time, scientific = FALSE, trim = TRUE, digits = 15)

`;

const verdict = String.raw`## Compare
found <- do.call(rbind, found)
key <- function(d) paste(d$what, d$group, d$at, sep = " | ")
if (anyDuplicated(key(expected)) || anyDuplicated(key(found))) stop("a number is there twice")
all_keys <- union(key(expected), key(found))
pairs <- data.frame(key = all_keys, streetlight = expected$value[match(all_keys, key(expected))], R = found$value[match(all_keys, key(found))])
pairs$what <- sub(" \\|.*", "", all_keys)
first_fit <- function(table) sapply(pairs$what, function(what) table[[which(sapply(names(table), grepl, what))[1]]])
pairs$allowed <- first_fit(tolerances)
gap <- abs(pairs$streetlight - pairs$R)
pairs$error <- ifelse(gap < first_fit(floors), 0, gap / abs(pairs$R))
both_missing <- is.na(pairs$streetlight) & is.na(pairs$R)
one_missing <- xor(is.na(pairs$streetlight), is.na(pairs$R))
listed_once <- !(all_keys %in% key(expected) & all_keys %in% key(found))
wrong <- listed_once | one_missing | (!both_missing & !is.na(pairs$error) & pairs$error > pairs$allowed)

table <- do.call(rbind, lapply(split(pairs, factor(pairs$what, unique(pairs$what))), function(d)
  data.frame(number = d$what[1], compared = nrow(d), defined = sum(!is.na(d$streetlight)),
             largest_error = max(0, d$error, na.rm = TRUE), allowed = d$allowed[1])))
print(table, row.names = FALSE, digits = 2)
cat(sprintf("\n%d numbers compared with R %s.%s and survival %s: %d differ.\n", nrow(pairs), R.version$major, R.version$minor,
            as.character(packageVersion("survival")), sum(wrong)))
if (any(wrong)) {
  print(head(pairs[wrong, c("key", "streetlight", "R", "error", "allowed")], 50), row.names = FALSE, digits = 15)
  quit(status = 1)
}
`;
