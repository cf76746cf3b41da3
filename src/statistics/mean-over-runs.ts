/** A number that each of several runs has, over the runs: its mean with limits that stay within the range of what was seen. */
import type { Random } from '../random/stream.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { mean, variance } from './moments.ts';

/** The run is the unit. */
export interface MeanOverRuns {
  /** Runs that have the number. */
  readonly runs: number;
  /** Null where none has. */
  readonly mean: number | null;
  /** Standard deviation over runs; null for fewer than two. */
  readonly sd: number | null;
  /** Of the bootstrap over runs (BCa, 95 %); null for fewer than three runs, or where nothing varies. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** `values`: one for each run, null where a run has none. */
export function meanOverRuns(values: readonly (number | null)[], random: Random): MeanOverRuns {
  const known = values.filter((value) => value !== null);
  const spread = variance(known);
  const varies = known.length >= 3 && spread !== null && spread > 0;
  const limits = varies ? bootstrapInterval([known], ([sample]) => mean(sample!), random) : null;
  return {
    runs: known.length,
    mean: known.length === 0 ? null : mean(known),
    sd: spread === null ? null : Math.sqrt(spread),
    lower: limits?.lower ?? null,
    upper: limits?.upper ?? null,
  };
}
