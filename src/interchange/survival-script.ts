/** The R script that computes everything again which `survivorship` prints, with package survival, from the exported lives, and compares. */
import type { ConfidenceType } from '../statistics/confidence.ts';
import type { TieMethod } from '../statistics/partial-likelihood.ts';

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
${body}`;
}

/** As a string of R. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const body = String.raw`
# Largest relative errors allowed (differences below 1e-14 pass in any case, and where the likelihood has no maximum those of its supremum below 1e-8,
# since it is approached by steps): closed forms 1e-10, Cox coefficients 1e-7, standard errors and
# what is made from them 1e-6, p-values that depend on those 1e-5. The first pattern that fits counts.
tolerances <- c(
  "^cox (coefficient|ratio)$" = 1e-7,
  "^cox log-likelihood" = 1e-9,
  "^(cox|pooled|proportional hazards) (.* )?p$" = 1e-5,
  "^(cox|pooled|proportional hazards) " = 1e-6,
  "^(log-rank|difference) p$" = 1e-8,
  "." = 1e-10)

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]))
lives <- read.csv(file.path(here, "survival.csv"), na.strings = "", colClasses = c(unit = "character", group = "character"))
expected <- read.csv(file.path(here, "expected.csv"), na.strings = "",
                     colClasses = c("character", "character", "character", "numeric"))
for (column in c("group", "at")) expected[[column]][is.na(expected[[column]])] <- ""
if (!all(lives$entry == 0)) stop("survival.csv has delayed entries, which this script does not expect")
if (!setequal(groups, lives$group)) stop("survival.csv has other groups than this script")
lives$group <- factor(lives$group, groups)
lives$stratum <- if (stratified) lives$run else 1L

floors <- c("." = 1e-14)

found <- list()
say <- function(what, group, at, value)
  found[[length(found) + 1]] <<- data.frame(what = what, group = as.character(group), at = as.character(at), value = as.numeric(value))
text <- function(time) format(time, scientific = FALSE, trim = TRUE, digits = 15)

## Each group: Kaplan-Meier, median, restricted mean, cumulative hazard
watched <- list()
for (g in groups) {
  d <- lives[lives$group == g, ]
  f <- survfit(Surv(exit, event) ~ 1, data = d, conf.type = conf_type)
  none <- f$surv == 0 # no standard error and no limits there
  sure <- f$surv == 1 # nothing has ended: both limits are 1, where R has NA on the scale log-log
  f$lower[sure] <- f$upper[sure] <- 1
  curve <- data.frame(atRisk = f$n.risk, events = f$n.event, censored = f$n.censor, survival = f$surv,
                      se = ifelse(none, NA, f$surv * f$std.err), lower = ifelse(none, NA, f$lower), upper = ifelse(none, NA, f$upper))
  say("lives n", g, "", f$n)
  say("lives ended", g, "", sum(d$event))
  say("lives censored", g, "", sum(d$event == 0))
  for (name in names(curve)) say(paste("curve", name), g, text(f$time), curve[[name]])
  say("hazard hazard", g, text(f$time), f$cumhaz)
  say("hazard se", g, text(f$time), f$std.chaz)
  q <- quantile(f, 0.5)
  # A limit may rise again; quantile() then takes its last crossing, print() the first.
  rises <- function(y) any(diff(y[!is.na(y)]) > 0)
  printed <- summary(f)$table[c("0.95LCL", "0.95UCL")]
  if (rises(f$lower)) q$lower <- printed[1]
  if (rises(f$upper)) q$upper <- printed[2]
  say("median value", g, "", q$quantile)
  say("median lower", g, "", q$lower)
  say("median upper", g, "", q$upper)
  age <- 1
  while (age <= max(f$time)) {
    s <- summary(f, times = age)
    gone <- s$surv == 0
    say("age atRisk", g, text(age), s$n.risk)
    say("age survival", g, text(age), s$surv)
    say("age se", g, text(age), ifelse(gone, NA, s$std.err))
    say("age lower", g, text(age), if (gone) NA else if (s$surv == 1) 1 else s$lower)
    say("age upper", g, text(age), if (gone) NA else if (s$surv == 1) 1 else s$upper)
    age <- 2 * age
  }
  mean <- if (tau > max(f$time) && min(f$surv) > 0) c(NA, NA) # not watched so long
          else if (tau <= min(f$time)) c(tau, 0) # R refuses this
          else summary(f, rmean = tau)$table[c("rmean", "se(rmean)")]
  watched[[g]] <- mean
  say("mean mean", g, "", mean[1])
  say("mean se", g, "", mean[2])
  # The start-stop form gives the same curve; what has length 0 is missing from it and changes nothing.
  ends <- f$n.event > 0
  s <- if (any(ends)) survfit(suppressWarnings(Surv(entry, exit, event)) ~ 1, data = d)
  if (any(ends) && !isTRUE(all.equal(s$surv[s$n.event > 0], f$surv[ends], tolerance = 1e-12))) stop("Surv(entry, exit, event) and Surv(exit, event) differ")
}

## Differences of restricted means from the reference
for (g in groups[-1]) {
  value <- watched[[g]][1] - watched[[groups[1]]][1]
  se <- sqrt(watched[[g]][2]^2 + watched[[groups[1]]][2]^2)
  say("difference difference", g, "", value)
  say("difference se", g, "", se)
  say("difference lower", g, "", value - qnorm(0.975) * se)
  say("difference upper", g, "", value + qnorm(0.975) * se)
  say("difference p", g, "", if (is.na(se) || se == 0) NA else 2 * pnorm(-abs(value / se)))
}

## Quadratic forms u' V^- u, where V may be singular
quadratic <- function(u, V) {
  keep <- which(diag(V) > 0)
  if (length(keep) == 0) return(c(NA, 0))
  scale <- sqrt(diag(V)[keep])
  e <- eigen(V[keep, keep, drop = FALSE] / outer(scale, scale), symmetric = TRUE)
  use <- e$values > 1e-10 * max(e$values)
  along <- crossprod(e$vectors[, use, drop = FALSE], u[keep] / scale)
  c(sum(along^2 / e$values[use]), sum(use))
}
tail_p <- function(chisq, df) if (is.na(chisq)) NA else pchisq(chisq, df, lower.tail = FALSE)
tell <- function(prefix, chisq, df) {
  say(paste(prefix, "chisq"), "", "", chisq)
  say(paste(prefix, "df"), "", "", if (is.na(chisq)) NA else df)
  say(paste(prefix, "p"), "", "", tail_p(chisq, df))
}

## Log-rank, or G-rho. survdiff stops where groups are never at risk together: its sums then follow from their definition.
log_rank_sums <- function(d) {
  k <- length(groups)
  sums <- list(obs = numeric(k), exp = numeric(k), var = matrix(0, k, k))
  for (s in split(d, d$stratum)) {
    weight <- 1
    for (t in sort(unique(s$exit[s$event == 1]))) {
      n <- tabulate(s$group[s$exit >= t], k)
      e <- tabulate(s$group[s$exit == t & s$event == 1], k)
      w <- weight^rho
      sums$obs <- sums$obs + w * e
      sums$exp <- sums$exp + w * sum(e) * n / sum(n)
      if (sum(n) > 1) {
        share <- n / sum(n)
        sums$var <- sums$var + w^2 * sum(e) * (sum(n) - sum(e)) / (sum(n) - 1) * (diag(share, k) - outer(share, share))
      }
      weight <- weight * (1 - sum(e) / sum(n))
    }
  }
  sums
}
if (length(groups) > 1) {
  two <- if (stratified) Surv(exit, event) ~ group + strata(run) else Surv(exit, event) ~ group
  s <- tryCatch(survdiff(two, data = lives, rho = rho), error = function(e) NULL)
  sums <- if (is.null(s)) log_rank_sums(lives) else list(obs = rowSums(cbind(s$obs)), exp = rowSums(cbind(s$exp)), var = s$var)
  compared <- which(sums$exp > 0)[-1]
  test <- if (length(compared) == 0) c(NA, 0) else
    quadratic((sums$obs - sums$exp)[compared], sums$var[compared, compared, drop = FALSE])
  if (!is.null(s) && test[2] > 0 && rcond(sums$var[compared, compared, drop = FALSE]) > 1e-8 && !isTRUE(all.equal(test[1], s$chisq, tolerance = 1e-8)))
    stop("survdiff gives another chi-square than its own sums")
  tell("log-rank", if (test[2] == 0) NA else test[1], test[2])
  say("log-rank observed", groups, "", sums$obs)
  say("log-rank expected", groups, "", sums$exp)
  for (h in seq_along(groups)) say("log-rank variance", groups, groups[h], sums$var[, h])
}

## Which log hazard ratios are finite? An event in group a while b is at risk bounds b from above by a; what bounds each other from both sides is finite.
bounds <- function(d) {
  k <- length(groups)
  m <- diag(k) > 0
  for (s in split(d, d$stratum)) {
    last <- sapply(groups, function(g) max(-Inf, s$exit[s$group == g]))
    for (t in unique(s$exit[s$event == 1])) m[unique(as.integer(s$group[s$exit == t & s$event == 1])), last >= t] <- TRUE
  }
  for (via in seq_len(k)) m <- m | outer(m[, via], m[via, ])
  m
}
# Of each group: NA where it is a combination of others, 0 where its coefficient is finite, else its sign (Inf where nothing bounds it); base: what it is
# compared with.
directions <- function(d) {
  m <- bounds(d)
  together <- m | t(m)
  for (via in seq_along(groups)) together <- together | outer(together[, via], together[via, ])
  base <- sapply(seq_along(groups), function(g) if (together[g, 1]) 1L else max(which(together[g, ])))
  direction <- sapply(seq_along(groups), function(g)
    if (base[g] == g) NA else if (m[g, base[g]] && m[base[g], g]) 0 else if (m[g, base[g]]) 1 else if (m[base[g], g]) -1 else Inf)
  list(direction = direction, base = base)
}
indicators <- function(d, which) {
  x <- outer(as.character(d$group), groups[which], "==") + 0
  colnames(x) <- groups[which]
  x
}
# cox.zph stops where events are too few to tell an effect from its change in time. The same score test without those directions, from the score and the
# information that coxph.detail gives for each time of an event.
without_flat_directions <- function(fit, g) {
  # It stops where there is only one time: then nothing can change in time.
  d <- tryCatch(coxph.detail(fit), error = function(e) NULL)
  if (is.null(d)) return(c(NA, 0))
  p <- length(coef(fit))
  n <- length(d$time)
  u <- matrix(d$score, n, p)
  information <- array(d$imat, c(p, p, n))
  at <- g(d$time)
  at <- at - mean(at)
  sum_of <- function(weights) matrix(apply(information, c(1, 2), function(each) sum(weights * each)), p, p)
  V <- sum_of(at^2) - sum_of(at) %*% solve(sum_of(1), sum_of(at))
  known <- which(diag(V) > 1e-9 * diag(sum_of(at^2)))
  quadratic(colSums(at * u)[known], V[known, known, drop = FALSE])
}
control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
fitted <- function(d, which, clustered = FALSE, use = control) {
  d$x <- indicators(d, which)
  model <- if (stratified) Surv(exit, event) ~ x + strata(stratum) else Surv(exit, event) ~ x
  suppressWarnings(if (clustered) coxph(model, data = d, ties = ties, cluster = run, control = use)
                   else coxph(model, data = d, ties = ties, control = use))
}

if (length(groups) > 1 && any(lives$event == 1)) {
  runs <- unique(lives$run)
  clustered <- length(runs) > 1
  status <- directions(lives)
  # The likelihood: all groups but the reference at once, with R's own criterion where it has no maximum.
  finite <- which(status$direction == 0)
  monotone <- any(status$direction != 0, na.rm = TRUE)
  if (monotone) floors <- c("^cox (log-likelihood|likelihood-ratio) " = 1e-8, floors)
  whole <- fitted(lives, seq_along(groups)[-1], use = if (monotone) coxph.control(eps = 1e-11, iter.max = 60) else control)
  say("cox n", "", "", whole$n)
  say("cox events", "", "", whole$nevent)
  say("cox clusters", "", "", if (clustered) length(runs) else NA)
  say("cox log-likelihood atZero", "", "", whole$loglik[1])
  say("cox log-likelihood atMaximum", "", "", whole$loglik[2])
  free <- sum(!is.na(status$direction[-1]))
  tell("cox likelihood-ratio", 2 * diff(whole$loglik), free)
  tell("cox score", whole$score, free)
  # What is bounded from neither side goes where others take it: that it is infinite is checked, its sign is not, as the lives do not determine it.
  for (k in which(is.infinite(status$direction))) {
    theirs <- expected$value[expected$what == "cox direction" & expected$group == groups[k]]
    status$direction[k] <- if (abs(theirs) %in% 1) theirs else NA
  }
  for (k in seq_along(groups)[-1]) say("cox direction", groups[k], "", status$direction[k])
  # Groups whose coefficient is infinite are never at risk at an event of the others, or weigh nothing there: the finite ones follow from the rest.
  values <- matrix(NA, length(groups), 8, dimnames = list(groups, c("coefficient", "ratio", "se", "robust se", "z", "p", "lower", "upper")))
  wald <- c(NA, NA)
  if (length(finite) > 0) {
    bases <- unique(status$base[finite])
    rest <- lives[as.integer(lives$group) %in% c(finite, bases), ]
    fit <- fitted(rest, finite, clustered)
    naive <- sqrt(diag(if (clustered) fit$naive.var else fit$var))
    b <- coef(fit)
    V <- fit$var
    values[finite, "coefficient"] <- b
    values[finite, "ratio"] <- exp(b)
    values[finite, "se"] <- naive
    used <- naive
    if (clustered) {
      # A sandwich of few clusters can vanish: rounding then decides about its last digits.
      used <- ifelse(diag(V) > 1e-14 * naive^2, sqrt(pmax(0, diag(V))), 0)
      values[finite, "robust se"] <- used
    }
    tested <- used > 0
    values[finite, "z"] <- ifelse(tested, b / used, NA)
    values[finite, "p"] <- ifelse(tested, 2 * pnorm(-abs(b / used)), NA)
    values[finite, "lower"] <- ifelse(tested, b - qnorm(0.975) * used, NA)
    values[finite, "upper"] <- ifelse(tested, b + qnorm(0.975) * used, NA)
    for (j in seq_along(finite)) say("cox covariance", groups[finite], groups[finite[j]], V[, j])
    if (!monotone) wald <- quadratic(b, V)
    # 1 - S(t-) of all lives, as cox.zph has it for a fit to all of them.
    pooled_curve <- survfit(Surv(exit, event) ~ 1, data = lives)
    km <- function(times) 1 - c(1, pooled_curve$surv)[findInterval(times, pooled_curve$time, left.open = TRUE) + 1]
    zph <- tryCatch(cox.zph(fit, transform = if (monotone) km else "km"), error = function(e) NULL)
    ph <- if (is.null(zph)) without_flat_directions(fit, km) else zph$table[1, c("chisq", "df")]
    tell("proportional hazards", if (ph[2] == 0) NA else ph[1], ph[2])
  }
  tell("cox wald", if (wald[2] %in% 0) NA else wald[1], wald[2])
  for (name in colnames(values)) say(paste("cox", name), groups[-1], "", values[-1, name])

  ## Log hazard ratios within runs, pooled: Paule and Mandel's variance, Hartung and Knapp's interval
  if (clustered) {
    stratified <- FALSE
    within <- lapply(runs, function(run) {
      d <- lives[lives$run == run, ]
      d$stratum <- 1L
      answer <- matrix(NA, length(groups), 2)
      ended <- d$event == 1
      # Without the reference at risk there is nothing to compare with.
      if (!any(ended) || !any(d$group == groups[1] & d$exit >= min(d$exit[ended]))) return(answer)
      finite <- which(directions(d)$direction == 0)
      if (length(finite) == 0) return(answer)
      fit <- fitted(d[as.integer(d$group) %in% c(1, finite), ], finite)
      answer[finite, ] <- cbind(coef(fit), sqrt(diag(fit$var)))
      answer
    })
    for (k in seq_along(groups)[-1]) {
      b <- sapply(within, function(each) each[k, 1])
      v <- sapply(within, function(each) each[k, 2])^2
      v <- v[!is.na(b)]
      b <- b[!is.na(b)]
      m <- length(b)
      results <- c(runs = NA, mean = NA, se = NA, lower = NA, upper = NA, p = NA, variance = NA, heterogeneity = NA, "heterogeneity p" = NA)
      if (m > 1) {
        q <- function(between) { w <- 1 / (v + between); sum(w * (b - sum(w * b) / sum(w))^2) }
        high <- max(v)
        while (q(high) > m - 1) high <- 2 * high
        between <- if (q(0) <= m - 1) 0 else uniroot(function(x) q(x) - (m - 1), c(0, high), tol = 1e-15 * high, maxiter = 10000)$root
        w <- 1 / (v + between)
        center <- sum(w * b) / sum(w)
        se <- sqrt(q(between) / ((m - 1) * sum(w)))
        results[] <- c(m, center, se, center - qt(0.975, m - 1) * se, center + qt(0.975, m - 1) * se,
                       if (se > 0) 2 * pt(-abs(center / se), m - 1) else NA, between, q(0), tail_p(q(0), m - 1))
      }
      for (name in names(results)) say(paste("pooled", name), groups[k], "", results[[name]])
    }
  }
}

## Compare
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
