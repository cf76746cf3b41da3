/**
 * Coordinates in which a Cox likelihood is well conditioned: covariates centred within strata, which changes no risk set's likelihood, and made orthogonal one
 * after the other. Columns that differ by little then keep the digits of their difference, which products of them would lose.
 */
import type { CoxLayout } from './partial-likelihood.ts';

export interface CoxBasis {
  /** The layout with orthogonal columns of unit variance in place of the covariates. */
  readonly layout: CoxLayout;
  /** Which covariates the columns are made of, in order; the others are combinations of earlier ones or constant in every stratum. */
  readonly columns: readonly number[];
  /** Coefficients of all p standardised covariates from those of the columns; 0 for covariates without a column. */
  readonly coefficients: (coordinates: ArrayLike<number>) => Float64Array;
}

/** Of a column of unit variance, what is left by earlier columns below which it counts as their combination. */
const tolerance = 1e-10;

/** Of these covariates, by Gram and Schmidt's method, each column twice. */
export function coxBasis(layout: CoxLayout, covariates: readonly number[]): CoxBasis {
  const { n, p, count, x } = layout;
  const total = count.reduce((sum, each) => sum + each, 0);
  const product = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, i) => sum + count[i]! * value * b[i]!, 0) / total;
  const found: { readonly column: Float64Array; readonly of: number; readonly made: Float64Array }[] = [];
  for (const a of covariates) {
    const column = centred(
      layout,
      Float64Array.from({ length: n }, (_, i) => x[i * p + a]!),
    );
    // The column as a combination of covariates.
    const made = new Float64Array(p);
    made[a] = 1;
    const before = Math.sqrt(product(column, column));
    for (let pass = 0; pass < 2; pass++)
      for (const earlier of found) {
        const along = product(column, earlier.column);
        for (let i = 0; i < n; i++) column[i]! -= along * earlier.column[i]!;
        for (let b = 0; b < p; b++) made[b]! -= along * earlier.made[b]!;
      }
    const left = Math.sqrt(product(column, column));
    if (before <= tolerance || left <= tolerance * before) continue;
    found.push({ column: column.map((each) => each / left), of: a, made: made.map((each) => each / left) });
  }
  const size = found.length;
  const basis = new Float64Array(n * size);
  found.forEach(({ column }, k) => {
    for (let i = 0; i < n; i++) basis[i * size + k] = column[i]!;
  });
  return {
    layout: { ...layout, p: size, x: basis },
    columns: found.map(({ of }) => of),
    coefficients: (coordinates) => {
      const beta = new Float64Array(p);
      found.forEach(({ made }, k) => {
        for (let a = 0; a < p; a++) beta[a]! += coordinates[k]! * made[a]!;
      });
      return beta;
    },
  };
}

/** In place, twice, as the first mean is known to rounding only. */
function centred({ strata, count }: CoxLayout, column: Float64Array): Float64Array {
  for (const { byExit } of strata)
    for (let pass = 0; pass < 2; pass++) {
      const weight = byExit.reduce((sum, i) => sum + count[i]!, 0);
      const mean = byExit.reduce((sum, i) => sum + count[i]! * column[i]!, 0) / weight;
      for (const i of byExit) column[i]! -= mean;
    }
  return column;
}
