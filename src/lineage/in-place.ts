/** Writing to the file that the path leads to, and to no other: what goes into a file that was removed is lost without a word from the system. */
import type { Lineage } from './open.ts';
import { WriteFailure, watchingWrites } from './write-failure.ts';

/**
 * Writes, if the path still leads to the file that was opened, before and after.
 * @throws WriteFailure where it does not, and for trouble with the disk; `lastTold` is the last birth that is safe.
 */
export function inPlace<T>(lineage: Lineage, lastTold: number | null, act: () => T): T {
  const check = () => {
    if (!lineage.isInPlace()) throw new WriteFailure(lineage.path, lastTold, 'lost');
  };
  check();
  const result = watchingWrites(lineage.path, lastTold, act);
  check();
  return result;
}
