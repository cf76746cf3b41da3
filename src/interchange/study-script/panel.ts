/** Regret to the best of a panel, from losses to the means of a population. */
import { panelPlaces, quoted, type ScriptPart } from './part.ts';

export const panelPart: ScriptPart<'panel'> = {
  call: (name, { top, cap, panel, rule }) =>
    `check_panel(${quoted(name)}, top = ${top}, cap = ${cap}, own = ${panelPlaces(panel, rule).own})`,
  code: `
# Student's interval over seeds; one seed is a point.
interval <- function(x) if (length(x) < 2) c(x, x) else mean(x) + c(-1, 1) * qt(0.975, length(x) - 1) * sd(x) / sqrt(length(x))
check_panel <- function(assay, top, cap, own) for (block in blocks_of(assay)) {
  all_tuning <- stage_of(assay, block, "tuning", cap); all_judged <- stage_of(assay, block, "judgement", cap)
  rules <- unique(all_judged$rule)
  of_subject <- function(a, task) {
    tuning <- means_of(all_tuning[all_tuning$architecture == a & all_tuning$task == task, ])
    judged <- all_judged[all_judged$architecture == a & all_judged$task == task, ]
    seeds <- function(rule, rate) judged$score[judged$rule == rule & judged$learning_rate == rate]
    chosen <- sapply(rules, function(rule) best_rate(tuning, a, rule))
    best <- which.max(sapply(seq_along(rules), function(i) score_of(tuning, a, rules[i], chosen[i])))
    reached <- mean(seeds(rules[best], chosen[best]))
    limits <- sapply(rules, function(rule) interval(seeds(rule, 0)))
    c(default = regret(mean(seeds(rules[own], 0)), reached), tuned = regret(mean(seeds(rules[own], chosen[own])), reached),
      displacement = chosen[own] / 2, rank = 1 + sum(limits[1, ] > limits[2, own]))
  }
  populations <- lapply(sides_of(assay, block), function(side) {
    found <- do.call(rbind, lapply(subjects_of(assay, block, side, top, cap), function(a)
      do.call(rbind, lapply(unique(all_judged$task), function(task) of_subject(a, task)))))
    found <- found[!is.na(found[, "default"]) & !is.na(found[, "tuned"]), , drop = FALSE]
    m <- colMeans(found)
    list("regret default" = m[["default"]], "regret tuned" = m[["tuned"]], "regret from rate" = m[["default"]] - m[["tuned"]],
         "rate share" = if (m[["default"]] == 0) NA else 1 - m[["tuned"]] / m[["default"]], "rate displacement" = m[["displacement"]],
         "tuning-free rank" = m[["rank"]], "tfr2" = mean(found[, "rank"] <= 2))
  })
  check_differences(assay, block, populations)
}
`,
};
