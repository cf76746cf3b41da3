/** Contrasts are of the record of runs and of no trainings: that the difference is one is all that can be computed again. */
import { quoted, type ScriptPart } from './part.ts';

export const contrastPart: ScriptPart<'contrast'> = {
  call: (name) => `check_contrast(${quoted(name)})`,
  code: `
check_contrast <- function(assay) for (block in unique(values$block[values$assay == assay]))
  check(assay, block, "difference", told(assay, block, "first") - told(assay, block, "second"))
`,
};
