/** A covariance over groups, such as islands, taken apart: what is between their means, and what is within them. */

import { membersOf } from './lives.ts';
import { covariance, mean } from './moments.ts';

/** A covariance as the sum of what is between groups and what is within them. */
export interface CovariancePartition {
  readonly between: number;
  readonly within: number;
  /** Within each group, in order of first appearance, weighted by its share: they add up to `within`. */
  readonly byGroup: ReadonlyMap<number, number>;
}

/** Population moments, 1 / N, so that `between` and `within` add up to the covariance. */
export function partitionCovariance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  groups: ArrayLike<number>,
): CovariancePartition {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [between, within] = [0, 0];
  const byGroup = new Map<number, number>();
  for (const [group, rows] of membersOf(groups)) {
    const share = rows.length / a.length;
    const [of, and] = [rows.map((i) => a[i]!), rows.map((i) => b[i]!)];
    between += share * (mean(of) - meanA) * (mean(and) - meanB);
    const part = share * covariance(of, and);
    byGroup.set(group, part);
    within += part;
  }
  return { between, within, byGroup };
}
