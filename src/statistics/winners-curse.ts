/** The winner's curse: the best of many noisy values is too good, and by how much is seen when the same are measured again. */
import { mean } from './moments.ts';

/** Of the best k by what was reported. */
export interface WinnersGap {
  readonly k: number;
  /** Means over the k. */
  readonly reported: number;
  readonly again: number;
  /** The first less the second. */
  readonly gap: number;
}

/**
 * `reported`: falling; `again`: the same measured anew, in the same order. Null where there are fewer than k.
 * @throws RangeError for k below 1, or values that do not correspond.
 */
export function winnersGap(
  reported: readonly number[],
  again: readonly number[],
  k: number,
): WinnersGap | null {
  if (k < 1 || reported.length !== again.length) throw new RangeError('k from 1 on, and as many of both');
  if (reported.length < k) return null;
  const [first, second] = [mean(reported.slice(0, k)), mean(again.slice(0, k))];
  return { k, reported: first, again: second, gap: first - second };
}
