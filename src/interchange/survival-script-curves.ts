/** The part of the R script that computes the numbers of each group by itself. Uses what the part before it has read: `lives`, `lived`, `groups`, `say`. */
export const curvesInR = `## Each group: Kaplan-Meier, median, restricted mean, cumulative hazard
watched <- list()
for (g in groups) {
  d <- lives[lives$group == g, ]
  f <- survfit(lived[lives$group == g] ~ 1, conf.type = conf_type)
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
    if (age <= min(d$entry)) { # nobody is watched yet
      age <- 2 * age
      next
    }
    s <- summary(f, times = age)
    gone <- s$surv == 0
    say("age atRisk", g, text(age), if (delayed) sum(d$entry < age & age <= d$exit) else s$n.risk)
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
  if (delayed) next
  ends <- f$n.event > 0
  s <- if (any(ends)) survfit(suppressWarnings(Surv(entry, exit, event)) ~ 1, data = d)
  if (any(ends) && !isTRUE(all.equal(s$surv[s$n.event > 0], f$surv[ends], tolerance = 1e-12))) stop("Surv(entry, exit, event) and Surv(exit, event) differ")
}

## Each group: cumulative incidence of competing causes
# Variance of Aalen and Johansen's estimator by its definition: with delayed entry survfit gives the infinitesimal jackknife, which is another.
incidence_error <- function(n, d, k) {
  before <- cumprod(c(1, 1 - d / n))[seq_along(n)]
  f <- cumsum(before * k / n)
  sapply(seq_along(n), function(j) {
    i <- seq_len(j)
    g <- f[j] - f[i]
    all_terms <- ifelse(n[i] > d[i], g^2 * d[i] / (n[i] * (n[i] - d[i])), 0) - 2 * g * before[i] * k[i] / n[i]^2 +
      before[i]^2 * k[i] * (n[i] - k[i]) / n[i]^3
    sqrt(max(0, sum(all_terms)))
  })
}
for (g in groups) {
  d <- lives[lives$group == g, ]
  causes <- sort(unique(d$cause[d$event == 1]))
  if (length(causes) == 0) next
  d$state <- factor(ifelse(d$event == 1, d$cause, "none"), c("none", causes))
  f <- if (delayed) survfit(Surv(entry, exit, state) ~ 1, data = d, id = seq_len(nrow(d)), conf.type = conf_type)
       else survfit(Surv(exit, state) ~ 1, data = d, conf.type = conf_type)
  ends <- rowSums(f$n.event[, -1, drop = FALSE]) > 0
  time <- f$time[ends]
  for (cause in causes) {
    j <- match(cause, f$states)
    value <- f$pstate[ends, j]
    se <- f$std.err[ends, j]
    limits <- cbind(f$lower[ends, j], f$upper[ends, j])
    if (delayed) {
      se <- incidence_error(f$n.risk[ends, 1], rowSums(f$n.event[ends, -1, drop = FALSE]), f$n.event[ends, j])
      w <- qnorm(0.975) * se
      limits <- switch(conf_type,
        "plain" = cbind(pmax(0, value - w), pmin(1, value + w)),
        "log" = cbind(value * exp(-w / value), pmin(1, value * exp(w / value))),
        "log-log" = cbind(value^exp(-w / value / log(value)), value^exp(w / value / log(value))))
    }
    sure <- se < 1e-7 # rounding: it is 0
    se[sure] <- 0
    limits[sure, ] <- value[sure]
    limits[value == 0, ] <- NA # nothing of this cause yet
    what <- paste("incidence by", cause)
    say(paste(what, "events"), g, text(time), f$n.event[ends, j])
    say(paste(what, "incidence"), g, text(time), value)
    say(paste(what, "se"), g, text(time), se)
    say(paste(what, "lower"), g, text(time), limits[, 1])
    say(paste(what, "upper"), g, text(time), limits[, 2])
  }
}

`;
