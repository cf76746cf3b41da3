/**
 * A quantity of each run, then its mean over runs: inference in two stages, with the run as its unit (Matthews et al. 1990, "summary measures"). For slopes over runs of one design this is the
 * fixed effect of a mixed model with a slope for each run.
 */
import type { Random } from '../random/stream.ts';
import { type MeanInterval, meanInterval } from './mean-interval.ts';
import { type PermutationTest, signFlipTest } from './permutation.ts';
import { type PooledEffect, pooledEffect } from './pooling.ts';
import type { RunValue } from './run-comparison.ts';

/** The mean over runs of what each run shows. */
export interface TwoStageEstimate {
  /** Runs with a number, and those without, which are left out. */
  readonly runs: number;
  readonly leftOut: number;
  /** By Student's t, every run counted alike; null for fewer than two. */
  readonly mean: MeanInterval | null;
  /** All changes of signs, two-sided; null for no run. */
  readonly signFlip: PermutationTest | null;
  /** Weighted by the runs' own errors (Hartung and Knapp); null for fewer than two runs, or where one has no error above 0. */
  readonly pooled: PooledEffect | null;
}

/** @throws RangeError for a number or an error that is not finite, or a negative error. */
export function twoStageEstimate(
  estimates: readonly (RunValue | null)[],
  random: Random,
  level = 0.95,
): TwoStageEstimate {
  const present = estimates.filter((each) => each !== null);
  for (const { value, se = 0 } of present)
    if (!Number.isFinite(value) || !(se >= 0 && Number.isFinite(se)))
      throw new RangeError(`a run's ${value} with error ${se} is no estimate`);
  const values = present.map(({ value }) => value);
  const errors = present.flatMap(({ se = 0 }) => (se > 0 ? [se] : []));
  return {
    runs: present.length,
    leftOut: estimates.length - present.length,
    mean: meanInterval(values, level),
    signFlip: values.length === 0 ? null : signFlipTest(values, random),
    pooled:
      values.length >= 2 && errors.length === values.length ? pooledEffect(values, errors, level) : null,
  };
}
