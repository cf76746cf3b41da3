/** A Kaplan-Meier curve at ages that are powers of two, from the first at which somebody is watched to the last: a curve in a few lines. */
import type { SurvivalCurve, SurvivalRow } from './kaplan-meier.ts';
import type { Lives } from './lives.ts';

/** A survival curve at one age. */
export type AgeRow = Pick<SurvivalRow, 'atRisk' | 'survival' | 'se' | 'lower' | 'upper'> & {
  readonly age: number;
};

/** What holds from the first entry to the first exit. */
const beforeAnyExit = { survival: 1, se: 0, lower: 1, upper: 1 };

/** `lives`: those of the curve. At risk at an age: entry < age <= exit. */
export function kaplanMeierAges({ rows }: SurvivalCurve, { entry, exit }: Lives): AgeRow[] {
  const ages: AgeRow[] = [];
  const first = entry === undefined ? 0 : Array.from(entry).reduce((least, at) => Math.min(least, at));
  for (let age = 1; age <= (rows.at(-1)?.time ?? 0); age *= 2) {
    if (age <= first) continue;
    const { survival, se, lower, upper } = rows.findLast((row) => row.time <= age) ?? beforeAnyExit;
    let atRisk = 0;
    for (let i = 0; i < exit.length; i++) if ((entry?.[i] ?? 0) < age && age <= exit[i]!) atRisk += 1;
    ages.push({ age, atRisk, survival, se, lower, upper });
  }
  return ages;
}
