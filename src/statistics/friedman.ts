/** Friedman's test (1937): do treatments rank alike in every block? */
import { averageRanks } from './correlation.ts';
import { chiSquareTail } from './distributions.ts';

/** Treatments ranked within blocks. */
export interface FriedmanTest {
  readonly blocks: number;
  readonly treatments: number;
  /** From 1, the mean over blocks of each treatment's rank; 1 belongs to the lowest value. */
  readonly meanRanks: readonly number[];
  readonly df: number;
  /** Null where all values of every block are equal. */
  readonly chiSquare: number | null;
  readonly p: number | null;
  /** Kendall's coefficient of concordance, chi-square / (blocks (treatments - 1)): 1 where all blocks rank alike. */
  readonly concordance: number | null;
}

/**
 * `values[block][treatment]`; ties share their mean rank and the statistic is corrected for them, as R's `friedman.test`. The chi-square distribution is an approximation for many blocks.
 * @throws RangeError for no block, fewer than two treatments, blocks of unequal length or numbers not finite.
 */
export function friedmanTest(values: readonly ArrayLike<number>[]): FriedmanTest {
  const [n, k] = [values.length, values[0]?.length ?? 0];
  if (n === 0 || k < 2) throw new RangeError('ranks need a block, and two treatments in it');
  const ranks = values.map((block) => {
    if (block.length !== k) throw new RangeError('every block needs all treatments');
    if (!Array.from(block).every(Number.isFinite)) throw new RangeError('values must be finite numbers');
    return averageRanks(block);
  });
  const meanRanks = Array.from({ length: k }, (_, j) => ranks.reduce((sum, block) => sum + block[j]!, 0) / n);
  const between = n * n * meanRanks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0);
  // The sum over blocks of squared deviations of ranks: n k (k^2 - 1) / 12 where nothing is tied.
  const within = ranks.reduce(
    (sum, block) => sum + block.reduce((s, rank) => s + (rank - (k + 1) / 2) ** 2, 0),
    0,
  );
  const chiSquare = within === 0 ? null : ((k - 1) * between) / within;
  return {
    ...{ blocks: n, treatments: k, meanRanks, df: k - 1, chiSquare },
    p: chiSquare === null ? null : chiSquareTail(chiSquare, k - 1),
    concordance: chiSquare === null ? null : chiSquare / (n * (k - 1)),
  };
}
