/** The slope of a straight line through points, by least squares, with or without an intercept for each of several groups. */
import { membersOf } from './lives.ts';
import { finite, mean } from './moments.ts';

/** A slope with its error. */
export interface Slope {
  /** Change of y for a change of x by 1. */
  readonly value: number;
  /** Null without a degree of freedom. */
  readonly se: number | null;
  /** Points less groups less 1. */
  readonly df: number;
}

/**
 * As R's `lm(y ~ x)`, and with groups `lm(y ~ x + factor(group))`, whose slope is that within groups. Null where x does not vary (within groups). @throws RangeError for no points, arrays of
 * unequal length or numbers not finite.
 */
export function slopeOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  groups: readonly unknown[] = Array.from(x, () => 0),
): Slope | null {
  if (x.length !== y.length || groups.length !== x.length)
    throw new RangeError('x, y and groups must be of one length');
  const members = [...membersOf(groups).values()];
  const [dx, dy] = [centred(finite(x, 'x'), members), centred(finite(y, 'y'), members)];
  const spread = dx.reduce((sum, each) => sum + each * each, 0);
  if (spread === 0) return null;
  const value = dx.reduce((sum, each, i) => sum + each * dy[i]!, 0) / spread;
  const df = x.length - members.length - 1;
  const residual = dy.reduce((sum, each, i) => sum + (each - value * dx[i]!) ** 2, 0);
  return { value, se: df > 0 ? Math.sqrt(residual / df / spread) : null, df };
}

/** Less the mean of the group. */
function centred(values: Float64Array, members: readonly (readonly number[])[]): Float64Array {
  const result = new Float64Array(values.length);
  for (const rows of members) {
    // About the first: a group of equal values is then exactly 0.
    const first = values[rows[0]!]!;
    const centre = mean(rows.map((row) => values[row]! - first));
    for (const row of rows) result[row] = values[row]! - first - centre;
  }
  return result;
}
