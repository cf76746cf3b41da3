/** A Kaplan-Meier curve at ages that are powers of two, as far as somebody is watched: a curve in a few lines. */
import type { SurvivalCurve, SurvivalRow } from './kaplan-meier.ts';

export type AgeRow = Pick<SurvivalRow, 'atRisk' | 'survival' | 'se' | 'lower' | 'upper'> & {
  readonly age: number;
};

/** What holds from the origin to the first exit. */
const beforeAnyExit = { survival: 1, se: 0, lower: 1, upper: 1 };

export function kaplanMeierAges({ rows }: SurvivalCurve): AgeRow[] {
  const ages: AgeRow[] = [];
  for (let age = 1; age <= (rows.at(-1)?.time ?? 0); age *= 2) {
    const { survival, se, lower, upper } = rows.findLast((row) => row.time <= age) ?? beforeAnyExit;
    ages.push({ age, atRisk: rows.find(({ time }) => time >= age)!.atRisk, survival, se, lower, upper });
  }
  return ages;
}
