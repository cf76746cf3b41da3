/** Who carries what: counts and frequencies of the alleles of two chromosomes. */

/** Counts by allele of the first (rows) and second (columns) chromosome. */
export type AlleleTable = readonly ArrayLike<number>[];

/** The table of two parallel lists of labels, rows and columns in order of first appearance. */
export function alleleTable<A, B>(first: readonly A[], second: readonly B[]): number[][] {
  if (first.length !== second.length) throw new RangeError('both chromosomes need one label per individual');
  const columns = new Map<B, number>();
  for (const label of second) if (!columns.has(label)) columns.set(label, columns.size);
  const rows = new Map<A, number[]>();
  first.forEach((label, i) => {
    const row = rows.get(label) ?? new Array<number>(columns.size).fill(0);
    row[columns.get(second[i]!)!]! += 1;
    rows.set(label, row);
  });
  return [...rows.values()];
}

export interface Frequencies {
  readonly n: number;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly cells: readonly Float64Array[];
}

/** Alleles that nobody carries are left out. @throws RangeError for negative counts, or nobody. */
export function frequencies(table: AlleleTable): Frequencies {
  const width = table.reduce((most, row) => Math.max(most, row.length), 0);
  const counts = table.map((row) => Float64Array.from({ length: width }, (_, j) => row[j] ?? 0));
  if (!counts.every((row) => row.every((count) => count >= 0 && Number.isFinite(count))))
    throw new RangeError('counts must be finite and not negative');
  const kept = counts.filter((row) => row.some((count) => count > 0));
  const present = Array.from({ length: width }, (_, j) => j).filter((j) => kept.some((row) => row[j]! > 0));
  const n = kept.reduce((sum, row) => row.reduce((all, count) => all + count, sum), 0);
  if (n === 0) throw new RangeError('nobody carries anything: there is nothing to associate');
  const cells = kept.map((row) => Float64Array.from(present, (j) => row[j]! / n));
  return {
    n,
    cells,
    rows: Float64Array.from(cells, (row) => row.reduce((sum, p) => sum + p, 0)),
    columns: Float64Array.from(present, (_, j) => cells.reduce((sum, row) => sum + row[j]!, 0)),
  };
}
