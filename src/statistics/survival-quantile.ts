/** Quantiles of a survival curve with their limits, by R's rules (quantile.survfit of package survival 3.5; Brookmeyer and Crowley 1982). */
import type { SurvivalCurve, SurvivalRow } from './kaplan-meier.ts';

/** A time by which a given share has ended, with limits; null where the curve does not get so far. */
export interface Quantile {
  /** Null where the curve does not come down so far. */
  readonly value: number | null;
  /** By inverting the band; null where it does not come down so far. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Time by which a share `p` has had the event; p = 0.5 is the median. On a plateau exactly at 1 - p: the middle of the plateau. */
export function survivalQuantile({ rows }: SurvivalCurve, p: number): Quantile {
  const crossing = (height: (row: SurvivalRow) => number | null) => firstCrossing(rows, height, p);
  return {
    value: crossing((row) => row.survival),
    lower: crossing((row) => row.lower),
    upper: crossing((row) => row.upper),
  };
}

const plateauTolerance = Math.sqrt(Number.EPSILON);

function firstCrossing(
  rows: readonly SurvivalRow[],
  height: (row: SurvivalRow) => number | null,
  p: number,
): number | null {
  const falls = (by: number) => {
    const row = rows.find((each) => {
      const h = height(each);
      return h !== null && 1 - h >= by;
    });
    return row?.time ?? null;
  };
  const reached = falls(p - plateauTolerance);
  const last = rows.at(-1);
  if (reached === null || last === undefined) return null;
  const end = height(last);
  if (end !== null && Math.abs(1 - end - p) < plateauTolerance) return (reached + last.time) / 2;
  const passed = falls(p + plateauTolerance);
  return passed === null ? null : (reached + passed) / 2;
}
