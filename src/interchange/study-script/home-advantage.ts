/** Home advantage, from losses to the advantages of a block. */
import { quoted, type ScriptPart } from './part.ts';

export const homeAdvantagePart: ScriptPart<'home-advantage'> = {
  call: (name, { top, cap }) => `check_home(${quoted(name)}, top = ${top}, cap = ${cap})`,
  code: `
check_home <- function(assay, top, cap) for (block in blocks_of(assay)) {
  judged_rows <- stage_of(assay, block, "judgement", cap)
  tuning <- means_of(stage_of(assay, block, "tuning", cap)); judged <- means_of(judged_rows)
  sides <- lapply(1:2, function(side) subjects_of(assay, block, side, top, cap))
  # The home of the first population is the rule that its cells were judged under first.
  rules <- unique(judged_rows$rule)
  for (setting in c("default", "tuned")) {
    of <- function(side, rule) if (length(sides[[side]]) == 0) 0 else
      sapply(sides[[side]], function(a) score_of(judged, a, rule, if (setting == "default") 0 else best_rate(tuning, a, rule)))
    parts <- list(of(1, rules[1]), of(1, rules[2]), of(2, rules[2]), of(2, rules[1]))
    ranks <- relist(rank(unlist(parts)) / length(unlist(parts)), parts)
    for (kind in c("", " ranks")) {
      m <- sapply(if (kind == "") parts else ranks, mean)
      first <- m[1] - m[4]; second <- m[3] - m[2]
      measure <- paste0(setting, kind)
      check(assay, block, paste(measure, "at first"), first)
      check(assay, block, paste(measure, "at second"), second)
      check(assay, block, paste(measure, "advantage"), (first + second) / 2)
      if (kind == "") check(assay, block, paste(measure, "excess"), first - second)
    }
  }
  check(assay, block, "from rate", told(assay, block, "default advantage") - told(assay, block, "tuned advantage"))
}
`,
};
