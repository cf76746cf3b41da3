/** u' V^- u for a score u and its variance V, which may be singular: the chi-square of a score test and its degrees of freedom. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** A vector's squared length in units of its variance. */
export interface QuadraticForm {
  readonly value: number;
  /** Rank of the variance. */
  readonly df: number;
}

/** Relative to the largest eigenvalue, below which a direction has no variance. */
const tolerance = 1e-10;

/** By eigenvalues of V scaled to unit diagonal, so that units do not decide about rank. */
export function quadraticForm(
  score: readonly number[],
  variance: readonly (readonly number[])[],
): QuadraticForm {
  const scale = score.map((_, i) => Math.sqrt(variance[i]![i]!));
  const kept = score.flatMap((_, i) => (scale[i]! > 0 ? [i] : []));
  if (kept.length === 0) return { value: 0, df: 0 };
  const correlation = new Matrix(
    kept.map((i) => kept.map((j) => variance[i]![j]! / (scale[i]! * scale[j]!))),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlation, {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  let value = 0;
  let df = 0;
  realEigenvalues.forEach((eigenvalue, k) => {
    if (eigenvalue <= tolerance * largest) return;
    const along = kept.reduce(
      (sum, i, row) => sum + (eigenvectorMatrix.get(row, k) * score[i]!) / scale[i]!,
      0,
    );
    value += (along * along) / eigenvalue;
    df += 1;
  });
  return { value, df };
}
