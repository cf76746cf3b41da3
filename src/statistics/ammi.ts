/**
 * AMMI: additive main effects and multiplicative interaction (Gauch 1988). What rows and columns leave of a two-way table is a sum of products of a row score and a column score, the most important
 * first: which architectures go with which rules. For display.
 */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { additiveFit, sumOfSquares, type Table } from './additive-fit.ts';
import { fisherTail } from './distributions.ts';

/** One product of scores. */
export interface AmmiAxis {
  readonly singularValue: number;
  /** Of the interaction's sum of squares; null where there is none. */
  readonly share: number | null;
  /** I + J - 1 - 2 k for the k-th axis (Gollob 1968); over all axes they add up to (I - 1) (J - 1). */
  readonly df: number;
  /** Row score times column score is the axis's part of the interaction: each has the root of the singular value in it. The row score of largest size is positive. */
  readonly rowScores: readonly number[];
  readonly columnScores: readonly number[];
  /** Gollob's test against the error of cell means; it is liberal for later axes. Null without an error. */
  readonly test: { readonly f: number; readonly p: number } | null;
}

/** An additive fit, and the axes of what it leaves. */
export interface Ammi {
  readonly grand: number;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Of the table of cell means: the sum over axes of the squared singular values. */
  readonly interactionSumOfSquares: number;
  /** min(I, J) - 1 of them, by falling share. */
  readonly axes: readonly AmmiAxis[];
}

/** The error of single scores, from replicates: MS_e and its degrees of freedom in `twoWayAnalysis`, and scores per cell. */
export interface CellError {
  readonly meanSquare: number;
  readonly df: number;
  readonly replicates: number;
}

/** @throws RangeError for fewer than two rows or columns, rows of unequal length, numbers not finite, or an error that is not positive. */
export function ammi(table: Table, error: CellError | null = null): Ammi {
  if (error !== null && !(error.meanSquare > 0 && error.df > 0 && error.replicates > 0))
    throw new RangeError('an error must be positive');
  const { grand, rows, columns, interaction } = additiveFit(table);
  const interactionSumOfSquares = sumOfSquares(interaction.flat());
  const svd = new SingularValueDecomposition(new Matrix(interaction.map((row) => [...row])), {
    autoTranspose: true,
  });
  // They come in falling order; the last is 0, as the rows of the interaction add up to 0.
  const axes = svd.diagonal.slice(0, -1).map((singularValue, k): AmmiAxis => {
    const square = singularValue * singularValue;
    const df = rows.length + columns.length - 1 - 2 * (k + 1);
    const scores = scoresOf(
      svd.leftSingularVectors.getColumn(k),
      svd.rightSingularVectors.getColumn(k),
      Math.sqrt(singularValue),
    );
    const share = interactionSumOfSquares === 0 ? null : square / interactionSumOfSquares;
    return { singularValue, share, df, ...scores, test: testOf(square, df, error) };
  });
  return { grand, rows, columns, interactionSumOfSquares, axes };
}

/** Singular vectors times the root of their value. Both may be turned over together: the sign is chosen. */
function scoresOf(left: readonly number[], right: readonly number[], root: number) {
  const largest = left.reduce((most, each) => (Math.abs(each) > Math.abs(most) + 1e-12 ? each : most), 0);
  const signed = (each: number) => (largest < 0 ? -root : root) * each;
  return { rowScores: left.map(signed), columnScores: right.map(signed) };
}

function testOf(square: number, df: number, error: CellError | null): AmmiAxis['test'] {
  if (error === null) return null;
  const f = (error.replicates * square) / df / error.meanSquare;
  return { f, p: fisherTail(f, df, error.df) };
}
