/**
 * Hill numbers: the effective number of types of order q, (sum of p^q)^(1 / (1 - q)); q = 0 counts types, 1 is e to Shannon's entropy (in nats), 2 the
 * inverse of Simpson's index, Infinity the inverse of the largest share (Hill 1973; Jost 2006). A complete census needs no rarefaction.
 */
import { exp, log, log1p } from '../numerics/elementary.ts';

/** Of counts or weights by type; types with none do not count. From 1 to the number of types; 0 for nobody. @throws RangeError for negative counts, or q below 0. */
export function hillNumber(counts: ArrayLike<number>, q: number): number {
  if (!(q >= 0)) throw new RangeError(`order ${q} must be at least 0`);
  const shares = logShares(counts);
  if (shares.length === 0 || q === 0) return shares.length;
  // The mean over members of 1 / p, as a power mean of order 1 - q.
  const inverse = shares.map((share) => -share);
  return Math.min(shares.length, Math.max(1, exp(logPowerMean(inverse, shares, 1 - q))));
}

/** Logarithms of the shares of the types that there are; none for nobody. Relative to the largest count, so that no total is too large for a number. */
function logShares(counts: ArrayLike<number>): number[] {
  const present = Array.from(counts).filter((count) => {
    if (!(count >= 0 && Number.isFinite(count))) throw new RangeError(`${count} is no count`);
    return count > 0;
  });
  const most = present.reduce((largest, count) => Math.max(largest, count), 0);
  const total = present.reduce((sum, count) => sum + count / most, 0);
  // A share may be too small for a number where its logarithm is not.
  return present.map((count) => {
    const share = count / most / total;
    return share > 1e-290 ? log(share) : log(count) - log(most) - log(total);
  });
}

/**
 * The logarithm of the power mean of order r, (sum of w y^r)^(1 / r), of positive numbers y with weights w that add up to 1, both given by their logarithms. Everything is
 * relative to the number that counts most, so that nothing overflows, and close to r = 0, where the power mean becomes the geometric one, no digits are lost.
 */
function logPowerMean(logs: readonly number[], logWeights: readonly number[], r: number): number {
  if (!Number.isFinite(r)) return logs.reduce((least, each) => Math.min(least, each));
  const counts = (i: number) => logWeights[i]! + r * logs[i]!;
  const middle = logs[logs.reduce((best, _, i) => (counts(i) > counts(best) ? i : best), 0)]!;
  const sum = (of: (logWeight: number, relative: number) => number) =>
    logs.reduce((total, each, i) => total + of(logWeights[i]!, each - middle), 0);
  if (r === 0) return middle + sum((logWeight, relative) => exp(logWeight) * relative);
  const beyondOne = sum((logWeight, relative) => weightedExpm1(logWeight, r * relative));
  const logarithm =
    beyondOne > -0.5 ? log1p(beyondOne) : log(sum((logWeight, relative) => exp(logWeight + r * relative)));
  return middle + logarithm / r;
}

/** w (e^x - 1), by its series where e^x is near 1. */
function weightedExpm1(logWeight: number, x: number): number {
  if (Math.abs(x) > 0.03) return exp(logWeight + x) - exp(logWeight);
  let [sum, term] = [0, x];
  for (let k = 2; Math.abs(term) > Number.EPSILON * Math.abs(sum); k++) {
    sum += term;
    term *= x / k;
  }
  return exp(logWeight) * sum;
}

/** Diversity of several communities in parts that multiply: gamma = alpha beta (Jost 2007). */
export interface Partition {
  /** Within communities, on average. */
  readonly alpha: number;
  /** Effective number of communities: gamma / alpha, from 1 to their number. */
  readonly beta: number;
  /** Of all together. */
  readonly gamma: number;
}

/**
 * Diversity of order q of communities of equal weight, such as islands or runs, taken apart as gamma = alpha beta (Jost 2007): alpha^(1-q) is the mean of
 * the communities' sums of p^q, and for q = 1 alpha is e to their mean entropy. @throws RangeError for a community of nobody.
 */
export function partitionDiversity(communities: readonly ArrayLike<number>[], q: number): Partition {
  const each = communities.map((counts) => hillNumber(counts, q));
  if (each.length === 0 || each.includes(0)) throw new RangeError('every community needs members');
  const types = communities.reduce((most, counts) => Math.max(most, counts.length), 0);
  const pooled = new Float64Array(types);
  for (const counts of communities) {
    const largest = Array.from(counts).reduce((most, count) => Math.max(most, count), 0);
    const total = Array.from(counts).reduce((sum, count) => sum + count / largest, 0);
    for (let i = 0; i < counts.length; i++) pooled[i]! += counts[i]! / largest / total / communities.length;
  }
  const gamma = hillNumber(pooled, q);
  const alpha = exp(
    logPowerMean(
      each.map(log),
      each.map(() => -log(each.length)),
      1 - q,
    ),
  );
  return { alpha, beta: gamma / alpha, gamma };
}
