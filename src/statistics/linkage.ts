/**
 * Linkage disequilibrium of two chromosomes: which architecture goes with which update rule more often than by chance. Within one population it describes;
 * a p-value of it would take shared ancestry for a cause. Compare runs, or replays with shuffled fitness.
 */
import { type AlleleTable, frequencies } from './alleles.ts';

/** How far two loci of two alleles each are from being independent. */
export interface LinkageDisequilibrium {
  readonly n: number;
  /** D = P(first alleles together) - the product of their frequencies, of the first row and column (Lewontin and Kojima 1960). */
  readonly d: number;
  /** D over its greatest possible absolute value given the frequencies, sign kept (Lewontin 1964). */
  readonly dPrime: number;
  /** Correlation of the alleles and its square; n r^2 is Pearson's chi-square (Hill and Robertson 1968). */
  readonly r: number;
  readonly r2: number;
}

/** Of two alleles at each; null where one chromosome has a single allele. @throws RangeError for more than two alleles. */
export function linkageDisequilibrium(table: AlleleTable): LinkageDisequilibrium | null {
  const { n, cells, rows, columns } = frequencies(table);
  if (rows.length > 2 || columns.length > 2)
    throw new RangeError('more than two alleles: use the multi-allelic D prime');
  if (rows.length < 2 || columns.length < 2) return null;
  const [p, q] = [rows[0]!, columns[0]!];
  // By the product of diagonals: no loss where D is small.
  const d = cells[0]![0]! * cells[1]![1]! - cells[0]![1]! * cells[1]![0]!;
  const r = d / Math.sqrt(p * (1 - p) * q * (1 - q));
  return { n, d, dPrime: Math.max(-1, Math.min(1, d / greatest(d, p, q))), r, r2: r * r };
}

/** The greatest |D| of this sign. */
const greatest = (d: number, p: number, q: number): number =>
  d < 0 ? Math.min(p * q, (1 - p) * (1 - q)) : Math.min(p * (1 - q), (1 - p) * q);

/** Sum over pairs of alleles of p_i q_j |D'_ij| (Hedrick 1987), from 0 to 1; null where one chromosome has a single allele. */
export function multiallelicDPrime(table: AlleleTable): number | null {
  const { cells, rows, columns } = frequencies(table);
  if (rows.length < 2 || columns.length < 2) return null;
  let sum = 0;
  cells.forEach((row, i) => {
    row.forEach((cell, j) => {
      const [p, q] = [rows[i]!, columns[j]!];
      const d = cell - p * q;
      sum += p * q * Math.abs(d / greatest(d, p, q));
    });
  });
  return Math.min(1, sum);
}
