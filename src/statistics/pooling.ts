/**
 * One effect from the estimates of several runs: the random-effects mean with the variance between runs by Paule and Mandel 1982, and the interval of
 * Hartung and Knapp 2001, which is on Student's t with one degree of freedom less than there are runs and holds for few of them. Where runs agree better than
 * their own errors let expect, the interval is not shrunk by that: q / (k - 1) is at least 1 (Röver, Knapp and Friede 2015), as with metafor's test = "adhoc".
 */
import { chiSquareTail, studentQuantile, studentTwoSided } from './distributions.ts';

/** Effects of several runs as one, by a random-effects model. */
export interface PooledEffect {
  readonly runs: number;
  readonly mean: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
  /** Two-sided, of mean 0. */
  readonly p: number;
  /** Between runs, on the scale of the effect. */
  readonly variance: number;
  /** Cochran's Q with the variances within runs only, and its p-value at runs - 1 degrees of freedom. */
  readonly heterogeneity: number;
  readonly heterogeneityP: number;
}

/** @throws RangeError for fewer than two runs, estimates not finite, or standard errors that are not positive. */
export function pooledEffect(
  estimates: readonly number[],
  errors: readonly number[],
  level = 0.95,
): PooledEffect {
  const k = estimates.length;
  if (errors.length !== k || k < 2)
    throw new RangeError('pooling needs an estimate and an error of at least two runs');
  if (!estimates.every(Number.isFinite)) throw new RangeError('estimates must be finite');
  if (!errors.every((se) => se > 0 && Number.isFinite(se)))
    throw new RangeError('standard errors must be positive');
  const variance = betweenRuns(estimates, errors);
  const { mean, weight, q } = weighted(estimates, errors, variance);
  const se = Math.sqrt(Math.max(1, q / (k - 1)) / weight);
  const width = studentQuantile((1 + level) / 2, k - 1) * se;
  const heterogeneity = weighted(estimates, errors, 0).q;
  return {
    ...{ runs: k, mean, se, lower: mean - width, upper: mean + width, variance, heterogeneity },
    p: studentTwoSided(mean / se, k - 1),
    heterogeneityP: chiSquareTail(heterogeneity, k - 1),
  };
}

function weighted(estimates: readonly number[], errors: readonly number[], variance: number) {
  const weights = errors.map((se) => 1 / (se * se + variance));
  const weight = weights.reduce((sum, w) => sum + w, 0);
  const mean = weights.reduce((sum, w, i) => sum + w * estimates[i]!, 0) / weight;
  const q = weights.reduce((sum, w, i) => sum + w * (estimates[i]! - mean) * (estimates[i]! - mean), 0);
  return { mean, weight, q };
}

/** The variance at which Q, which falls as it grows, is k - 1; 0 where Q is less at 0 already. */
function betweenRuns(estimates: readonly number[], errors: readonly number[]): number {
  const excess = (variance: number) => weighted(estimates, errors, variance).q - (estimates.length - 1);
  if (excess(0) <= 0) return 0;
  let [low, high] = [0, Math.max(...errors) * Math.max(...errors)];
  while (excess(high) > 0) [low, high] = [high, 2 * high];
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
