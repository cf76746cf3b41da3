/** Matrix ops that every engine does in float64 on the host: they rest on eigenvalues, whose small differences float32 would drown. */
import { scalarOps } from '../../compiler/scalar-ops.ts';
import { symmetricEigen } from '../../numerics/symmetric-eigen.ts';

/** Eigenvalues below this share of the largest are replaced by it: float32 cannot tell them from 0. */
const leastShare = 1e-6;

/** A to the power -1/p for symmetric A, n x n: 0 where no eigenvalue is positive, the identity where p is 0. */
export function inverseRoot(a: Float64Array, n: number, p: number): Float64Array {
  const { values, vectors } = symmetricEigen(a, n);
  const largest = n === 0 ? 0 : values[0]!;
  if (largest <= 0) return new Float64Array(n * n);
  const powers = values.map((value) =>
    scalarOps.pow(Math.max(value, leastShare * largest), p === 0 ? 0 : -1 / p),
  );
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += vectors[i * n + k]! * powers[k]! * vectors[j * n + k]!;
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
  return out;
}

/** Orthonormal eigenvectors of a symmetric n x n matrix, as columns of a row-major one, by falling eigenvalue. */
export const eigenbasis = (a: Float64Array, n: number): Float64Array => symmetricEigen(a, n).vectors;
