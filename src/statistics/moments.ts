/** Mean, variance and covariance of samples, and Student's tests on them. */
import { studentQuantile, studentTwoSided } from './distributions.ts';

/** The arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** With n - 1; null for fewer than two values. In two passes. */
export function variance(values: ArrayLike<number>): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) * (values[i]! - centre);
  return sum / (values.length - 1);
}

/** With 1 / N, in two passes. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [centreA, centreB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - centreA) * (b[i]! - centreB);
  return sum / a.length;
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
