/** Small symmetric matrices as rows of Float64Array: built from a spectrum and an orthogonal basis. */
import { dot } from './generate.ts';

/** Rows of one length. */
export type Matrix = readonly Float64Array[];

/** Rows orthonormalised in order, twice for orthogonality to rounding (Gram and Schmidt; Giraud et al. 2005). */
export function orthonormalRows(rows: Matrix): Matrix {
  const basis: Float64Array[] = [];
  for (const row of rows) {
    const vector = row.slice();
    for (let round = 0; round < 2; round++)
      for (const other of basis) {
        const share = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i]! -= share * other[i]!;
      }
    const norm = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((x) => x / norm));
  }
  return basis;
}

/** Columns as rows. */
export const transpose = (m: Matrix): Matrix =>
  Array.from({ length: m[0]!.length }, (_, j) => Float64Array.from(m, (row) => row[j]!));

/** sum over k of values[k] b_k b_k', b_k the rows of the basis. */
export function fromSpectrum(values: readonly number[], basis: Matrix): Matrix {
  const n = basis[0]!.length;
  return Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_, j) =>
      values.reduce((sum, value, k) => sum + value * basis[k]![i]! * basis[k]![j]!, 0),
    ),
  );
}

/** M v. */
export const times = (m: Matrix, v: Float64Array): Float64Array => Float64Array.from(m, (row) => dot(row, v));

/** v' M v / 2. */
export const quadratic = (m: Matrix, v: Float64Array): number => 0.5 * dot(v, times(m, v));

/** Blocks along the diagonal, zeros elsewhere. */
export function blockDiagonal(blocks: readonly Matrix[]): Matrix {
  const size = blocks.reduce((total, block) => total + block.length, 0);
  let from = 0;
  return blocks.flatMap((block) => {
    const rows = block.map((row) => {
      const out = new Float64Array(size);
      out.set(row, from);
      return out;
    });
    from += block.length;
    return rows;
  });
}
