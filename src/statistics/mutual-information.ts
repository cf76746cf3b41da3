/** What one chromosome tells about the other, in nats, and how much of that is chance (Shannon 1948; Miller 1955). */
import { log } from '../numerics/elementary.ts';
import { type AlleleTable, frequencies } from './alleles.ts';

/** Entropies and mutual information of two sets of alleles, in nats. */
export interface Information {
  readonly n: number;
  /** Entropies and mutual information in nats, plug-in. */
  readonly first: number;
  readonly second: number;
  readonly mutual: number;
  /** G = 2 n MI, on `df` degrees of freedom where individuals are independent, which the living of one run are not. */
  readonly g: number;
  readonly df: number;
  /** How much of `mutual` chance alone brings: (occupied cells - rows - columns + 1) / (2 n) (Miller 1955). */
  readonly bias: number;
  /** `mutual` less `bias`; may be negative. */
  readonly corrected: number;
  /** MI over the lesser entropy, and over the geometric mean of both; null where an entropy is 0. */
  readonly normalizedByLesser: number | null;
  readonly normalizedByRoot: number | null;
}

/** Of a table of counts. Throws a RangeError for negative counts, or nobody. */
export function mutualInformation(table: AlleleTable): Information {
  const { n, cells, rows, columns } = frequencies(table);
  const [first, second] = [entropy(rows), entropy(columns)];
  let mutual = 0;
  let occupied = 0;
  cells.forEach((row, i) => {
    row.forEach((cell, j) => {
      if (cell === 0) return;
      occupied += 1;
      mutual += cell * log(cell / (rows[i]! * columns[j]!));
    });
  });
  const bias = (occupied - rows.length - columns.length + 1) / (2 * n);
  const lesser = Math.min(first, second);
  return {
    ...{ n, first, second, mutual, bias },
    g: 2 * n * mutual,
    df: (rows.length - 1) * (columns.length - 1),
    corrected: mutual - bias,
    normalizedByLesser: lesser > 0 ? mutual / lesser : null,
    normalizedByRoot: lesser > 0 ? mutual / Math.sqrt(first * second) : null,
  };
}

const entropy = (shares: Float64Array): number =>
  -shares.reduce((sum, p) => sum + (p > 0 ? p * log(p) : 0), 0);
