/** What champions reach, from losses to the difference of a block. */
import { quoted, type ScriptPart } from './part.ts';

export const championsPart: ScriptPart<'champions'> = {
  call: (name, { cap, margin }) => `check_champions(${quoted(name)}, cap = ${cap}, margin = ${margin})`,
  code: `
check_champions <- function(assay, cap, margin) for (block in blocks_of(assay)) {
  anew <- means_of(stage_of(assay, block, "champions", cap)); judged <- means_of(stage_of(assay, block, "judgement", cap))
  reached <- sapply(1:2, function(side) {
    fittest <- candidates(assay, block, side)
    best <- which.max(mapply(function(a, r, rate) score_of(anew, a, r, rate), fittest$architecture, fittest$rule, fittest$learning_rate))
    score_of(judged, fittest$architecture[best], fittest$rule[best], fittest$learning_rate[best])
  })
  check(assay, block, "first", reached[1])
  check(assay, block, "second", reached[2])
  check(assay, block, "difference", reached[1] - reached[2])
  check(assay, block, "not worse", reached[1] - reached[2] + margin)
}
`,
};
