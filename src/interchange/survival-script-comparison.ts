/** The part of the R script that compares the groups: means, log-rank, Cox regression, and what is pooled over runs. */
export const comparisonInR = `## Differences of restricted means from the reference
for (g in groups[-1]) {
  value <- watched[[g]][1] - watched[[groups[1]]][1]
  se <- sqrt(watched[[g]][2]^2 + watched[[groups[1]]][2]^2)
  say("difference difference", g, "", value)
  say("difference se", g, "", se)
  # No test where one of both has no error: nothing ended, or all at once.
  tested <- isTRUE(watched[[g]][2] > 0 && watched[[groups[1]]][2] > 0)
  say("difference lower", g, "", if (tested) value - qnorm(0.975) * se else NA)
  say("difference upper", g, "", if (tested) value + qnorm(0.975) * se else NA)
  say("difference p", g, "", if (tested) 2 * pnorm(-abs(value / se)) else NA)
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

## Log-rank, or G-rho. survdiff stops where groups are never at risk together, and where entries are delayed: its sums then follow from their definition.
log_rank_sums <- function(d) {
  k <- length(groups)
  sums <- list(obs = numeric(k), exp = numeric(k), var = matrix(0, k, k))
  for (s in split(d, d$stratum)) {
    weight <- 1
    for (t in sort(unique(s$exit[s$event == 1]))) {
      n <- tabulate(s$group[s$entry < t & s$exit >= t], k)
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
  s <- if (!delayed) tryCatch(survdiff(two, data = lives, rho = rho), error = function(e) NULL)
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
    for (t in unique(s$exit[s$event == 1]))
      m[unique(as.integer(s$group[s$exit == t & s$event == 1])), unique(as.integer(s$group[s$entry < t & s$exit >= t]))] <- TRUE
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
  d$lived <- with(d, if (delayed) Surv(entry, exit, event) else Surv(exit, event))
  model <- if (stratified) lived ~ x + strata(stratum) else lived ~ x
  suppressWarnings(if (clustered) coxph(model, data = d, ties = ties, cluster = run, control = use)
                   else coxph(model, data = d, ties = ties, control = use))
}

if (length(groups) > 1 && any(lives$event == 1)) {
  runs <- unique(lives$run)
  several <- length(runs) > 1
  status <- directions(lives)
  # The likelihood: all groups but the reference at once, with R's own criterion where it has no maximum.
  finite <- which(status$direction == 0)
  monotone <- any(status$direction != 0, na.rm = TRUE)
  if (monotone) floors <- c("^cox (log-likelihood|likelihood-ratio) " = 1e-5, floors)
  whole <- fitted(lives, seq_along(groups)[-1], use = if (monotone) coxph.control(iter.max = 60) else control)
  say("cox n", "", "", whole$n)
  say("cox events", "", "", whole$nevent)
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
  values <- matrix(NA, length(groups), 9, dimnames = list(groups, c("coefficient", "ratio", "se", "robust se", "df", "z", "p", "lower", "upper")))
  wald <- c(NA, NA)
  clustered <- FALSE
  if (length(finite) > 0) {
    bases <- unique(status$base[finite])
    rest <- lives[as.integer(lives$group) %in% c(finite, bases), ]
    fit <- fitted(rest, finite)
    naive <- sqrt(diag(fit$var))
    b <- coef(fit)
    # Which runs tell of each ratio: those whose score depends on it. Errors robust to runs need more of them than there are ratios.
    scores <- abs(rowsum(cbind(residuals(fit, "score")), rest$run))
    telling <- sweep(scores, 2, 1e-7 * apply(scores, 2, max), ">")
    clustered <- several && sum(rowSums(telling) > 0) > length(finite)
    if (clustered) fit <- fitted(rest, finite, TRUE)
    V <- fit$var
    values[finite, "coefficient"] <- b
    values[finite, "ratio"] <- exp(b)
    values[finite, "se"] <- naive
    used <- naive
    df <- Inf
    if (clustered) {
      # A sandwich of few clusters can vanish: rounding then decides about its last digits.
      robust <- ifelse(diag(V) > 1e-14 * naive^2, sqrt(pmax(0, diag(V))), 0)
      values[finite, "robust se"] <- robust
      # Clusters are few: Student's t, and the error of so many clusters.
      df <- colSums(telling) - 1
      used <- robust * sqrt((df + 1) / pmax(df, 1))
    }
    # Of several runs nothing is tested by errors that take lives for independent.
    tested <- used > 0 & df >= 1 & (clustered | !several)
    values[finite, "df"] <- ifelse(tested & is.finite(df), df, NA)
    values[finite, "z"] <- ifelse(tested, b / used, NA)
    values[finite, "p"] <- ifelse(tested, 2 * pt(-abs(b / used), pmax(df, 1)), NA)
    values[finite, "lower"] <- ifelse(tested, b - qt(0.975, pmax(df, 1)) * used, NA)
    values[finite, "upper"] <- ifelse(tested, b + qt(0.975, pmax(df, 1)) * used, NA)
    for (j in seq_along(finite)) say("cox covariance", groups[finite], groups[finite[j]], V[, j])
    if (!monotone && all(tested)) wald <- quadratic(b, V)
    # 1 - S(t-) of all lives, as cox.zph has it for a fit to all of them.
    pooled_curve <- survfit(lived ~ 1)
    km <- function(times) 1 - c(1, pooled_curve$surv)[findInterval(times, pooled_curve$time, left.open = TRUE) + 1]
    zph <- tryCatch(cox.zph(fit, transform = if (nrow(rest) < nrow(lives)) km else "km"), error = function(e) NULL)
    ph <- if (is.null(zph)) without_flat_directions(fit, km) else zph$table[1, c("chisq", "df")]
    tell("proportional hazards", if (ph[2] == 0) NA else ph[1], ph[2])
  }
  # Of robust errors Hotelling's T-square, of the least number of runs that tell of a ratio.
  least <- if (clustered) min(colSums(telling)) else Inf
  wald <- if (isTRUE(wald[2] > 0 && least > wald[2])) wald else c(NA, NA)
  say("cox wald chisq", "", "", wald[1])
  say("cox wald df", "", "", wald[2])
  say("cox wald p", "", "", if (clustered) pf(wald[1] * (least - wald[2]) / (least * wald[2]), wald[2], least - wald[2], lower.tail = FALSE) else tail_p(wald[1], wald[2]))
  say("cox clusters", "", "", if (clustered) length(runs) else NA)
  for (name in colnames(values)) say(paste("cox", name), groups[-1], "", values[-1, name])

  ## The finite limit of an infinite coefficient b: where twice the loss of log-likelihood, the others fitted again, is the square of the normal quantile
  for (k in which(status$direction %in% c(-1, 1) & status$base == 1)) {
    others <- setdiff(seq_along(groups)[-1], k)
    excess <- function(b) {
      d <- lives
      d$offset <- b * (d$group == groups[k])
      d$x <- indicators(d, others)
      d$lived <- lived
      model <- lived ~ offset(offset)
      if (length(others) > 0) model <- update(model, . ~ x + .)
      if (stratified) model <- update(model, . ~ . + strata(stratum))
      fit <- suppressWarnings(coxph(model, data = d, ties = ties, control = coxph.control(iter.max = 60)))
      2 * (whole$loglik[2] - tail(fit$loglik, 1)) - qnorm(0.975)^2
    }
    # Bracketed on a grid, as fits far out may overflow. No limit where the likelihood is flat on that side too.
    grid <- seq(-40, 40, 2)
    sides <- sapply(grid, function(b) tryCatch(excess(b) > 0, error = function(e) NA))
    after <- which(diff(sides) == -status$direction[k])
    limit <- if (length(after) == 0) NA else uniroot(excess, grid[after[1] + 0:1], tol = 1e-10)$root
    say("profile lower", groups[k], "", if (status$direction[k] == 1) limit else NA)
    say("profile upper", groups[k], "", if (status$direction[k] == 1) NA else limit)
  }

  ## Log hazard ratios within runs, pooled: Paule and Mandel's variance, Hartung and Knapp's interval
  if (several) {
    stratified <- FALSE
    within <- lapply(runs, function(run) {
      d <- lives[lives$run == run, ]
      d$stratum <- 1L
      answer <- matrix(NA, length(groups), 2)
      ended <- d$event == 1
      # Without the reference at risk there is nothing to compare with.
      with_reference <- sapply(d$exit[ended], function(t) any(d$group == groups[1] & d$entry < t & d$exit >= t))
      if (!any(with_reference)) return(answer)
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
        # Runs that agree better than their errors let expect make it no surer (Rover, Knapp and Friede 2015).
        se <- sqrt(max(1, q(between) / (m - 1)) / sum(w))
        results[] <- c(m, center, se, center - qt(0.975, m - 1) * se, center + qt(0.975, m - 1) * se,
                       2 * pt(-abs(center / se), m - 1), between, q(0), tail_p(q(0), m - 1))
      }
      for (name in names(results)) say(paste("pooled", name), groups[k], "", results[[name]])
    }
  }
}

`;
