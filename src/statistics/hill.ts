/**
 * Hill numbers: the effective number of types of order q, (sum of p^q)^(1 / (1 - q)); q = 0 counts types, 1 is e to Shannon's entropy (in nats), 2 the
 * inverse of Simpson's index, Infinity the inverse of the largest share (Hill 1973; Jost 2006). A complete census needs no rarefaction.
 */
import { exp, log, pow } from '../numerics/elementary.ts';
import { mean } from './moments.ts';

/** Of counts or weights by type; types with none do not count. 0 for nobody. @throws RangeError for negative counts, or q below 0. */
export function hillNumber(counts: ArrayLike<number>, q: number): number {
  if (!(q >= 0)) throw new RangeError(`order ${q} must be at least 0`);
  const present = Array.from(counts).filter((count) => {
    if (!(count >= 0 && Number.isFinite(count))) throw new RangeError(`${count} is no count`);
    return count > 0;
  });
  const total = present.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const shares = present.map((count) => count / total);
  if (q === Number.POSITIVE_INFINITY) return 1 / shares.reduce((most, p) => Math.max(most, p), 0);
  if (q === 1) return exp(-shares.reduce((sum, p) => sum + p * log(p), 0));
  if (q === 0) return shares.length;
  return pow(
    shares.reduce((sum, p) => sum + pow(p, q), 0),
    1 / (1 - q),
  );
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
    const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
    for (let i = 0; i < counts.length; i++) pooled[i]! += counts[i]! / total / communities.length;
  }
  const gamma = hillNumber(pooled, q);
  const alpha =
    q === 1
      ? exp(mean(each.map(log)))
      : q === Number.POSITIVE_INFINITY
        ? Math.min(...each)
        : pow(mean(each.map((value) => pow(value, 1 - q))), 1 / (1 - q));
  return { alpha, beta: gamma / alpha, gamma };
}
