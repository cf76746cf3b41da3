/** Symmetric positive matrices, scaled to unit diagonal before they are taken apart, so that units do not decide about rank. */
import {
  EigenvalueDecomposition,
  inverse,
  LuDecomposition,
  Matrix,
  QrDecomposition,
  SingularValueDecomposition,
} from 'ml-matrix';

/** Rows of equal length, as many as columns. */
export type SquareMatrix = readonly (readonly number[])[];

function scaled(matrix: SquareMatrix): { readonly unit: Matrix; readonly scale: readonly number[] } {
  // A variance that rounding has made negative is none.
  const scale = matrix.map((row, i) => (row[i]! > 0 ? Math.sqrt(row[i]!) : Number.POSITIVE_INFINITY));
  return { unit: new Matrix(matrix.map((row, i) => row.map((v, j) => v / (scale[i]! * scale[j]!)))), scale };
}

/** x with A x = b; where A is singular, the shortest of the nearest, in units of A's diagonal. */
export function solveSymmetric(matrix: SquareMatrix, b: ArrayLike<number>): number[] {
  if (matrix.length === 0) return [];
  const { unit, scale } = scaled(matrix);
  const column = Matrix.columnVector(scale.map((each, i) => b[i]! / each));
  const lu = new LuDecomposition(unit);
  const solved = lu.isSingular() ? new SingularValueDecomposition(unit).solve(column) : lu.solve(column);
  return solved.to1DArray().map((value, i) => value / scale[i]!);
}

/** The inverse of a symmetric matrix; its pseudo-inverse where it has not full rank. */
export function inverseSymmetric(matrix: SquareMatrix): number[][] {
  if (matrix.length === 0) return [];
  const { unit, scale } = scaled(matrix);
  return inverse(unit)
    .to2DArray()
    .map((row, i) => row.map((value, j) => value / (scale[i]! * scale[j]!)));
}

/** Columns that are no combination of earlier ones. `floor`: a diagonal at or below it is a column of zeros. */
export function independentColumns(matrix: SquareMatrix, floor: number, tolerance = 1e-10): number[] {
  const present = matrix.flatMap((row, i) => (row[i]! > floor ? [i] : []));
  if (present.length === 0) return [];
  const { unit } = scaled(submatrix(matrix, present));
  const triangular = new QrDecomposition(unit).upperTriangularMatrix;
  return present.filter((_, i) => Math.abs(triangular.get(i, i)) > tolerance);
}

/** An orthogonal basis of what A takes to 0: eigenvectors whose eigenvalue is at or below a floor. */
export function nullVectors(matrix: SquareMatrix, floor: number): Float64Array[] {
  if (matrix.length === 0) return [];
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    new Matrix(matrix.map((row) => [...row])),
    { assumeSymmetric: true },
  );
  return realEigenvalues.flatMap((each, k) =>
    each <= floor ? [Float64Array.from(eigenvectorMatrix.getColumn(k))] : [],
  );
}

/** The rows and columns of these indices, in their order. */
export const submatrix = (matrix: SquareMatrix, kept: readonly number[]): number[][] =>
  kept.map((i) => kept.map((j) => matrix[i]![j]!));

/** A B A for symmetric A and B. */
export function sandwich(a: SquareMatrix, b: SquareMatrix): number[][] {
  if (a.length === 0) return [];
  const bread = new Matrix(a.map((row) => [...row]));
  return bread
    .mmul(new Matrix(b.map((row) => [...row])))
    .mmul(bread)
    .to2DArray();
}
