/** Shifts in time within a run, from losses to its contrast and trends. */
import { quoted, type ScriptPart } from './part.ts';

export const timeShiftPart: ScriptPart<'time-shift'> = {
  call: (name, { cap }) => `check_times(${quoted(name)}, cap = ${cap})`,
  code: `
check_times <- function(assay, cap) for (block in blocks_of(assay)) {
  tuning <- means_of(stage_of(assay, block, "tuning", cap)); judged <- means_of(stage_of(assay, block, "judgement", cap))
  samples <- lapply(sides_of(assay, block), function(side) candidates(assay, block, side))
  pairs <- expand.grid(rules = seq_along(samples), architectures = seq_along(samples))
  pairs$score <- mapply(function(i, j) {
    one <- samples[[i]]; other <- samples[[j]]
    table <- outer(one$architecture, other$rule, Vectorize(function(a, r) score_of(judged, a, r, best_rate(tuning, a, r))))
    n <- one$living[1]
    # Of one time: individuals with themselves are n of the n^2 pairs.
    if (i != j) mean(table) else if (n == 1) mean(diag(table)) else mean(diag(table)) / n + mean(table[row(table) != col(table)]) * (n - 1) / n
  }, pairs$architectures, pairs$rules)
  times <- sapply(samples, function(each) each$time[1]) / 1000
  born <- times[pairs$architectures]; ruled <- times[pairs$rules]; d <- ruled - born
  check(assay, block, "contrast", mean(pairs$score[d == 0]) - (mean(pairs$score[d < 0]) + mean(pairs$score[d > 0])) / 2)
  check(assay, block, "rule trend", coef(lm(pairs$score ~ d + factor(born)))[["d"]])
  e <- -d
  check(assay, block, "architecture trend", coef(lm(pairs$score ~ e + factor(ruled)))[["e"]])
}
`,
};
