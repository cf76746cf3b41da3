/** Correlation of two traits among the living, and its average over the censuses of a run: the run's one number, as the run is the unit of inference. */
import { log, tanh } from '../numerics/elementary.ts';
import { mean, variance } from './moments.ts';

/** @throws RangeError for arrays of unequal length or numbers not finite. */
export function checkPairs(x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) throw new RangeError('x and y must be of one length');
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) throw new RangeError(`pair ${i} is not finite`);
}

/** Pearson's; null for fewer than two pairs or where one does not vary. @throws RangeError for arrays of unequal length or numbers not finite. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  const [vx, vy] = [variance(x), variance(y)];
  if (vx === null || vy === null || vx === 0 || vy === 0) return null;
  const [mx, my] = [mean(x), mean(y)];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - mx) * (y[i]! - my);
  const r = sum / (x.length - 1) / Math.sqrt(vx * vy);
  return Math.max(-1, Math.min(1, r));
}

/** Spearman's: of average ranks. Null and errors as above. */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  return correlation(averageRanks(x), averageRanks(y));
}

/** From 1; equal values share the mean of their ranks. @throws RangeError for NaN, which has no rank. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(values[i])) throw new RangeError(`value ${i} is not a number`);
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]!] === values[order[first]!]) last += 1;
    for (let k = first; k <= last; k++) ranks[order[k]!] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return ranks;
}

/** Several correlations as one, averaged on Fisher's z scale. */
export interface AverageCorrelation {
  /** Censuses with a correlation, and those without (a trait did not vary), which are left out. */
  readonly censuses: number;
  readonly leftOut: number;
  /** Mean of Fisher's z = atanh r: the run's statistic, to be compared between runs. Null without a census. */
  readonly z: number | null;
  /** tanh of it. */
  readonly r: number | null;
}

/** A correlation of exactly 1 or -1 has no finite z: it counts as this close. */
const closest = 1 - 1e-9;

/** Over censuses of one run, by Fisher's z (Fisher 1921). */
export function averageCorrelation(correlations: readonly (number | null)[]): AverageCorrelation {
  const present = correlations.filter((r) => r !== null);
  const z = present.length === 0 ? null : mean(present.map(fisherZ));
  return {
    censuses: present.length,
    leftOut: correlations.length - present.length,
    z,
    r: z === null ? null : tanh(z),
  };
}

function fisherZ(r: number): number {
  const inside = Math.max(-closest, Math.min(closest, r));
  return 0.5 * log((1 + inside) / (1 - inside));
}
