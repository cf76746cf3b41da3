/** The R script that computes the numbers of a verdict again from the rows that it rests on, and compares. Base R alone. */
import type { StudyAssay, StudyDocument } from '../../study/document.ts';
import { championsPart } from './champions.ts';
import { contrastPart } from './contrast.ts';
import { endpoints } from './endpoints.ts';
import { homeAdvantagePart } from './home-advantage.ts';
import { panelPart } from './panel.ts';
import type { ScriptPart } from './part.ts';
import { reading } from './reading.ts';
import { rescuePart } from './rescue.ts';
import { rotationPart } from './rotation.ts';
import { timeShiftPart } from './time-shift.ts';
import { transplantPart } from './transplant.ts';

/** The closed table of its parts. */
const parts = {
  'home-advantage': homeAdvantagePart,
  panel: panelPart,
  rotation: rotationPart,
  rescue: rescuePart,
  transplant: transplantPart,
  'time-shift': timeShiftPart,
  champions: championsPart,
  contrast: contrastPart,
} as const satisfies { readonly [Kind in StudyAssay['kind']]: ScriptPart<Kind> };

/** The part of an assay; what it is given is that assay and no other. */
const partOf = ({ kind }: StudyAssay): ScriptPart<StudyAssay['kind']> =>
  parts[kind] as ScriptPart<StudyAssay['kind']>;

/** Reads `cells.csv`, `populations.csv`, `births.csv`, `derived.csv`, `values.csv` and `endpoints.csv` beside it. Ends with status 0 where all agree, else 1. */
export function studyScript({ name, assays, primary }: StudyDocument): string {
  const all = Object.entries(assays);
  const codes = new Set(all.map(([, assay]) => partOf(assay).code));
  return `# Computes again what \`streetlight study verdict\` says of study ${name}: from every training of its assays the values of each block, from these means, tests
# and effect sizes, and compares them with values.csv and endpoints.csv. Type: Rscript recompute.R
# Ends with status 0 where all agree within the tolerances below, else with 1.
alpha <- ${primary?.alpha ?? 'NA'}
${reading}${[...codes].join('')}
${all.map(([assay, each]) => partOf(each).call(assay, each)).join('\n')}
${endpoints}`;
}
