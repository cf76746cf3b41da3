/** How far a table of counts is from independence: Pearson's chi-square and Cramér's V, which is comparable between tables of any size. */
import { type AlleleTable, frequencies } from './alleles.ts';

/** Association of two sets of alleles in one table. */
export interface Contingency {
  readonly n: number;
  /** Pearson's; n times the sum over cells of (p_ij - p_i q_j)^2 / (p_i q_j). */
  readonly chiSquare: number;
  readonly df: number;
  /** sqrt(chi-square / (n (k - 1))), k the lesser number of alleles (Cramér 1946); null where one side has a single allele. */
  readonly v: number | null;
  /** V without what chance alone brings (Bergsma 2013); null with `v`, and where the correction leaves fewer than two alleles. */
  readonly correctedV: number | null;
}

/** Pearson's test and Cramér's V of a table. Alleles that nobody carries are left out. Throws a RangeError for negative counts, or nobody. */
export function contingency(table: AlleleTable): Contingency {
  const { n, cells, rows, columns } = frequencies(table);
  let phi2 = 0;
  cells.forEach((row, i) => {
    row.forEach((cell, j) => {
      const expected = rows[i]! * columns[j]!;
      phi2 += ((cell - expected) * (cell - expected)) / expected;
    });
  });
  const [r, c] = [rows.length, columns.length];
  const lesser = Math.min(r, c) - 1;
  return {
    n,
    chiSquare: n * phi2,
    df: (r - 1) * (c - 1),
    v: lesser > 0 ? Math.sqrt(phi2 / lesser) : null,
    correctedV: lesser > 0 && n > 1 ? corrected(phi2, r, c, n) : null,
  };
}

function corrected(phi2: number, rows: number, columns: number, n: number): number | null {
  const shrunk = (k: number) => k - ((k - 1) * (k - 1)) / (n - 1);
  const lesser = Math.min(shrunk(rows), shrunk(columns)) - 1;
  const excess = Math.max(0, phi2 - ((rows - 1) * (columns - 1)) / (n - 1));
  return lesser > 0 ? Math.sqrt(excess / lesser) : null;
}
