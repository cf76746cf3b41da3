/** Sample quantiles. */

/** At rank 1 + (n - 1) p, between ranks by linear interpolation: R's default, type 7. Null for no values. @throws RangeError for p outside 0 to 1. */
export function quantile(values: ArrayLike<number>, p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile of ${p} is none`);
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const rank = (sorted.length - 1) * p;
  const below = Math.floor(rank);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (rank - below) * (high - low);
}
