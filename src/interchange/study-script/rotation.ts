/** What a rule gains from the axes, from losses in plain and in rotated coordinates to the means of a population. */
import { quoted, type ScriptPart } from './part.ts';

export const rotationPart: ScriptPart<'rotation'> = {
  call: (name, { top, cap }) => `check_rotation(${quoted(name)}, top = ${top}, cap = ${cap})`,
  code: `
check_rotation <- function(assay, top, cap) for (block in blocks_of(assay)) {
  all_tuning <- stage_of(assay, block, "tuning", cap); all_judged <- stage_of(assay, block, "judgement", cap)
  # The rule was judged before the one that commutes with rotations.
  rules <- unique(all_judged$rule)
  row_of <- function(a, as) derived$derived[derived$assay == assay & derived$block == block & derived$architecture == a & derived$as == as]
  of_subject <- function(a, task) sapply(rules, function(rule) {
    # Without a weight of its own to rotate a network is rotated by the head of its task alone: the workbench tells them apart.
    of <- function(id, bench) {
      rows_of <- function(rows) rows[rows$architecture == id & rows$task == task & rows$workbench == bench & rows$rule == rule, ]
      judged <- rows_of(all_judged)
      judged[judged$learning_rate == best_rate(means_of(rows_of(all_tuning)), id, rule), ]
    }
    plain <- of(row_of(a, "plain"), min(all_judged$workbench)); rotated <- of(row_of(a, "rotated"), max(all_judged$workbench))
    untrainable <- function(rows) any(rows$reason %in% c("too-large", "unsupported"))
    if (untrainable(rotated) && !untrainable(plain)) NA else mean(plain$score) - mean(rotated$score)
  })
  populations <- lapply(sides_of(assay, block), function(side) {
    found <- do.call(cbind, lapply(subjects_of(assay, block, side, top, cap), function(a)
      sapply(unique(all_judged$task), function(task) of_subject(a, task))))
    found <- found[, colSums(is.na(found)) == 0, drop = FALSE]
    m <- if (ncol(found) == 0) c(NA, NA) else rowMeans(found)
    list("alignment" = m[1], "null alignment" = m[2], "excess alignment" = m[1] - m[2])
  })
  check_differences(assay, block, populations)
}
`,
};
