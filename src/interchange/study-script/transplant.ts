/** Transplants between the runs of a block, from losses to the mean at home less the mean away. */
import { quoted, type ScriptPart } from './part.ts';

export const transplantPart: ScriptPart<'transplant'> = {
  call: (name, { top, cap }) => `check_transplant(${quoted(name)}, top = ${top}, cap = ${cap})`,
  code: `
check_transplant <- function(assay, top, cap) for (block in blocks_of(assay)) {
  anew <- means_of(stage_of(assay, block, "subjects", cap))
  tuning <- means_of(stage_of(assay, block, "tuning", cap)); judged <- means_of(stage_of(assay, block, "judgement", cap))
  best <- lapply(sides_of(assay, block), function(side) {
    living <- candidates(assay, block, side)
    scores <- mapply(function(a, r, rate) score_of(anew, a, r, rate), living$architecture, living$rule, living$learning_rate)
    head(living[order(-scores, seq_along(scores)), ], top)
  })
  table <- outer(seq_along(best), seq_along(best), Vectorize(function(i, j)
    mean(outer(best[[i]]$architecture, best[[j]]$rule, Vectorize(function(a, r) score_of(judged, a, r, best_rate(tuning, a, r)))))))
  home <- mean(diag(table)); away <- mean(table[row(table) != col(table)])
  check(assay, block, "at home", home)
  check(assay, block, "away", away)
  check(assay, block, "own", home - away)
}
`,
};
