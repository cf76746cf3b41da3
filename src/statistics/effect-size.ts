/**
 * Hedges' g: the difference of two means in units of their pooled standard deviation, with the exact correction for small samples,
 * J(m) = Gamma(m / 2) / (sqrt(m / 2) Gamma((m - 1) / 2)) at m degrees of freedom, and its large-sample variance (Hedges 1981; Hedges and Olkin 1985).
 */
import { exp } from '../numerics/elementary.ts';
import { z95 } from './confidence.ts';
import { logGamma } from './distributions.ts';
import { mean, variance } from './moments.ts';

/** A standardised difference with its interval. */
export interface EffectSize {
  readonly g: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
}

/** For df of at least 2. */
export const smallSampleCorrection = (df: number): number =>
  exp(logGamma(df / 2) - logGamma((df - 1) / 2)) / Math.sqrt(df / 2);

/** Of `a` less `b`; null where the values do not vary. variance = 1/n + 1/m + g^2 / (2 (n + m)). @throws RangeError for fewer than two values in an arm. */
export function hedgesG(a: ArrayLike<number>, b: ArrayLike<number>, z = z95): EffectSize | null {
  const [n, m] = [a.length, b.length];
  const [va, vb] = [variance(a), variance(b)];
  if (va === null || vb === null) throw new RangeError('each arm needs at least two values');
  const pooled = Math.sqrt(((n - 1) * va + (m - 1) * vb) / (n + m - 2));
  if (pooled === 0) return null;
  const g = (smallSampleCorrection(n + m - 2) * (mean(a) - mean(b))) / pooled;
  return withLimits(g, Math.sqrt(1 / n + 1 / m + (g * g) / (2 * (n + m))), z);
}

/** Of paired differences, in units of their own standard deviation. variance = 1/n + g^2 / (2 n). @throws RangeError for fewer than three. */
export function hedgesGPaired(differences: ArrayLike<number>, z = z95): EffectSize | null {
  const n = differences.length;
  const spread = variance(differences);
  if (spread === null || n < 3) throw new RangeError('at least three differences are needed');
  if (spread === 0) return null;
  const g = (smallSampleCorrection(n - 1) * mean(differences)) / Math.sqrt(spread);
  return withLimits(g, Math.sqrt(1 / n + (g * g) / (2 * n)), z);
}

const withLimits = (g: number, se: number, z: number): EffectSize => ({
  g,
  se,
  lower: g - z * se,
  upper: g + z * se,
});
