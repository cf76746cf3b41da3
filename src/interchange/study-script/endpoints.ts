/** R that computes the tests of a verdict again from the values of the blocks. */
export const endpoints = `
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
