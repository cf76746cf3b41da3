/** The mean of replicates with its interval by Student's t: the plainest statement about runs. */
import { studentQuantile } from './distributions.ts';
import { mean, pairedTest } from './moments.ts';

/** A mean with the limits of Student's interval. */
export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
  /** Two-sided, of mean 0; null where nothing varies. */
  readonly p: number | null;
}

/** Null for fewer than two values. */
export function meanInterval(values: ArrayLike<number>, level = 0.95): MeanInterval | null {
  if (values.length < 2) return null;
  const { se, df, p } = pairedTest(values);
  const centre = mean(values);
  const width = studentQuantile((1 + level) / 2, df) * se;
  return { n: values.length, mean: centre, se, lower: centre - width, upper: centre + width, p };
}
