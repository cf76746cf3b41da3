/**
 * The transplant test: architectures of run i under rules of run j, all n x n pairs. In y_ij = mu + A_i + O_j + delta [i = j] + e_ij delta is how much better a pair is for having evolved in one run,
 * beyond good architectures and good rules; the least-squares estimate is the mean of the diagonal less that of all else, as rows and columns cancel in it.
 */
import type { Random } from '../random/stream.ts';
import { additiveFit, sumOfSquares, type Table } from './additive-fit.ts';
import { studentQuantile } from './distributions.ts';
import { exactRelabellingTest, type PermutationTest, relabellingTest, type Side } from './permutation.ts';

/** What own pairs have over those of two runs. */
export interface PairingEffect {
  readonly runs: number;
  /** In the units of the scores. */
  readonly delta: number;
  /** Of least squares; null with `lower` and `upper` for two runs, which leave no degree of freedom. */
  readonly se: number | null;
  /** (n - 1)^2 - 1. */
  readonly df: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Variance of the row effects, with n - 1: between the runs' architectures. */
  readonly rowVariance: number;
  /** delta^2 / rowVariance; null where rows do not differ. */
  readonly shareOfRowVariance: number | null;
  /** delta in standard deviations between rows, with its sign; null as above. */
  readonly inRowDeviations: number | null;
  /** Over the ways to pair rows with columns: of all n! up to `enumerated` runs, else drawn. */
  readonly permutation: PermutationTest;
}

/** Side: 'greater' (the default) asks whether own pairs are better. */
export interface PairingOptions {
  readonly side?: Side;
  /** Draws where there are too many pairings to enumerate; default 9,999. */
  readonly draws?: number;
  /** Up to how many runs all pairings are counted; default 8, at most 9. */
  readonly enumerated?: number;
  /** Of the limits by Student's t; default 0.95. */
  readonly level?: number;
}

/** `table[i][j]`: score of the architectures of run i with the rules of run j; higher is better. @throws RangeError for fewer than two runs, a table that is not square, or scores not finite. */
export function pairingEffect(
  table: Table,
  random: Random,
  { side = 'greater', draws = 9999, enumerated = 8, level = 0.95 }: PairingOptions = {},
): PairingEffect {
  const n = table.length;
  if (table.some((row) => row.length !== n)) throw new RangeError('every run needs a row and a column');
  const fit = additiveFit(table);
  // Rows and columns cancel in every pairing.
  const { interaction } = fit;
  const deltaOf = (columns: ArrayLike<number>) =>
    interaction.reduce((sum, row, i) => sum + row[columns[i]!]!, 0) / (n - 1);
  const scale = interaction.flat().reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const options = { side, scale, draws };
  const permutation =
    n <= enumerated
      ? exactRelabellingTest(n, deltaOf, options)
      : relabellingTest(n, deltaOf, random, options);
  const delta = permutation.observed;
  const rowVariance = sumOfSquares(fit.rows) / (n - 1);
  return {
    ...{ runs: n, delta, ...limitsOf(delta, interaction, level), rowVariance, permutation },
    shareOfRowVariance: rowVariance === 0 ? null : (delta * delta) / rowVariance,
    inRowDeviations: rowVariance === 0 ? null : delta / Math.sqrt(rowVariance),
  };
}

/** By least squares: the diagonal, less its mean row and column, has n - 1 as its sum of squares. */
function limitsOf(delta: number, interaction: Table, level: number) {
  const n = interaction.length;
  const df = (n - 1) * (n - 1) - 1;
  if (df === 0) return { se: null, df, lower: null, upper: null };
  const residuals = interaction.flatMap((row, i) =>
    row.map((each, j) => each - delta * ((i === j ? 1 : 0) - 1 / n)),
  );
  const se = Math.sqrt(sumOfSquares(residuals) / df / (n - 1));
  const width = studentQuantile((1 + level) / 2, df) * se;
  return { se, df, lower: delta - width, upper: delta + width };
}
