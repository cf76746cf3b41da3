/** Who carries what: counts and frequencies of the alleles of two chromosomes. */

/** Counts by allele of the first (rows) and second (columns) chromosome. */
export type AlleleTable = readonly ArrayLike<number>[];

/** The table of two parallel lists of labels, rows and columns in the order of labels (numbers by value), so that signs do not depend on who is counted first. */
export function alleleTable<A, B>(first: readonly A[], second: readonly B[]): number[][] {
  if (first.length !== second.length) throw new RangeError('both chromosomes need one label per individual');
  const [rows, columns] = [placesOf(first), placesOf(second)];
  const table = Array.from(rows, () => new Array<number>(columns.size).fill(0));
  first.forEach((label, i) => {
    table[rows.get(label)!]![columns.get(second[i]!)!]! += 1;
  });
  return table;
}

function placesOf<L>(labels: readonly L[]): Map<L, number> {
  const sorted = [...new Set(labels)].sort((a, b) =>
    String(a).localeCompare(String(b), 'en', { numeric: true }),
  );
  return new Map(sorted.map((label, place) => [label, place]));
}

/** A table of counts as proportions: `rows`, `columns` and all `cells` each sum to 1; `n` is how many were counted. */
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
