/** Mean, variance and covariance of samples, and Student's tests on them. */
import { studentQuantile, studentTwoSided } from './distributions.ts';

/** The arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Differences from the first value less their mean: values that are all the same have no deviation, and those far from 0 keep their digits. */
function deviations(values: ArrayLike<number>): Float64Array {
  const first = values[0]!;
  const moved = Float64Array.from(values, (value) => value - first);
  const centre = mean(moved);
  return moved.map((value) => value - centre);
}

/** With n - 1; null for fewer than two values. In two passes. */
export function variance(values: ArrayLike<number>): number | null {
  if (values.length < 2) return null;
  return deviations(values).reduce((sum, each) => sum + each * each, 0) / (values.length - 1);
}

/** With 1 / N, in two passes. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const other = deviations(b);
  return deviations(a).reduce((sum, each, i) => sum + each * other[i]!, 0) / a.length;
}

/** A copy. @throws RangeError for no number, or one that is not finite. */
export function finite(values: ArrayLike<number>, what: string): Float64Array {
  const copy = Float64Array.from(values);
  if (copy.length === 0 || !copy.every(Number.isFinite))
    throw new RangeError(`${what} must be finite numbers, at least one`);
  return copy;
}

/** Student's test of a mean, or of a difference of means. */
export interface StudentTest {
  /** Mean of the first less mean of the second; of paired differences: their mean. */
  readonly difference: number;
  readonly se: number;
  /** Null with `p`. */
  readonly t: number | null;
  readonly df: number;
  /** 95 %; null with `p`. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Two-sided; null where nothing varies. */
  readonly p: number | null;
}

function tested(difference: number, se: number, df: number): StudentTest {
  if (!(se > 0)) return { difference, se, t: null, df, lower: null, upper: null, p: null };
  const width = studentQuantile(0.975, df) * se;
  return {
    ...{ difference, se, t: difference / se, df },
    ...{ lower: difference - width, upper: difference + width },
    p: studentTwoSided(difference / se, df),
  };
}

/** Two means with their own variances (Welch 1947). @throws RangeError for fewer than two values in an arm. */
export function welchTest(a: ArrayLike<number>, b: ArrayLike<number>): StudentTest {
  const [va, vb] = [variance(a), variance(b)];
  if (va === null || vb === null) throw new RangeError('each arm needs at least two values');
  const [qa, qb] = [va / a.length, vb / b.length];
  const spread = qa + qb;
  const df =
    spread === 0
      ? a.length + b.length - 2
      : (spread * spread) / ((qa * qa) / (a.length - 1) + (qb * qb) / (b.length - 1));
  return tested(mean(a) - mean(b), Math.sqrt(spread), df);
}

/** Is the mean of these differences 0? @throws RangeError for fewer than two. */
export function pairedTest(differences: ArrayLike<number>): StudentTest {
  const spread = variance(differences);
  if (spread === null) throw new RangeError('at least two differences are needed');
  return tested(mean(differences), Math.sqrt(spread / differences.length), differences.length - 1);
}
