/** The eigendecomposition by what defines it: V diag(values) V' = A and V'V = I, for matrices of every rank. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/numerics/symmetric-eigen.ts';
import { stream } from '../../src/random/stream.ts';

/** B B' with B n x rank: symmetric, positive semi-definite, of that rank. */
function gram(n: number, rank: number, seed: number): Float64Array {
  const random = stream(`eigen/${n}/${rank}/${seed}`);
  const b = Float64Array.from({ length: n * rank }, () => random.normal());
  return Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += b[Math.floor(at / n) * rank + k]! * b[(at % n) * rank + k]!;
    return sum;
  });
}

describe('symmetricEigen', () => {
  it('rebuilds the matrix from orthonormal vectors and values in falling order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 0, max: 24 }),
        fc.nat(),
        (n, rank, seed) => {
          const a = gram(n, Math.min(n, rank), seed);
          const { values, vectors } = symmetricEigen(a, n);
          const scale = Math.max(1, ...a.map(Math.abs));
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              let rebuilt = 0;
              let inner = 0;
              for (let k = 0; k < n; k++) {
                rebuilt += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
                inner += vectors[k * n + i]! * vectors[k * n + j]!;
              }
              expect(Math.abs(rebuilt - a[i * n + j]!) / scale).toBeLessThan(1e-13 * n);
              expect(Math.abs(inner - (i === j ? 1 : 0))).toBeLessThan(1e-13 * n);
            }
            if (i > 0) expect(values[i]!).toBeLessThanOrEqual(values[i - 1]!);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('knows matrices whose answer is plain', () => {
    expect(symmetricEigen(Float64Array.of(2, 0, 0, 0, 5, 0, 0, 0, -1), 3).values).toEqual(
      Float64Array.of(5, 2, -1),
    );
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    for (const x of vectors) expect(Math.abs(x)).toBeCloseTo(Math.SQRT1_2, 14);
  });

  it('answers NaN with NaN and ends', () => {
    expect(symmetricEigen(Float64Array.of(1, 0, 0, Number.NaN), 2).values).toEqual(
      Float64Array.of(Number.NaN, Number.NaN),
    );
  });
});
