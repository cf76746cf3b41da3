/** A two-way table taken apart: y_ij = grand + row_i + column_j + interaction_ij, each kind of effect with sum 0. */

/** Rows of equal length. */
export type Table = readonly (readonly number[])[];

/** Effects of a two-way table, by least squares. */
export interface AdditiveFit {
  readonly grand: number;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** What rows and columns leave. */
  readonly interaction: Table;
}

/** Relative to the largest deviation in a table: an effect below it is what rounding leaves of 0. */
const rounding = 1e-13;

/** @throws RangeError for fewer than two rows or columns, rows of unequal length, or numbers not finite. */
export function additiveFit(table: Table): AdditiveFit {
  const [height, width] = [table.length, table[0]?.length ?? 0];
  if (height < 2 || width < 2) throw new RangeError('a two-way table needs two rows and two columns');
  if (table.some((row) => row.length !== width)) throw new RangeError('rows must be of one length');
  if (!table.every((row) => row.every(Number.isFinite))) throw new RangeError('cells must be finite numbers');
  // About one cell: tables far from 0 keep their digits.
  const origin = table[0]![0]!;
  const moved = table.map((row) => row.map((value) => value - origin));
  const scale = moved.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const settled = (effect: number) => (Math.abs(effect) <= rounding * scale ? 0 : effect);
  const average = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const rowMeans = moved.map(average);
  const columnMeans = moved[0]!.map((_, j) => average(moved.map((row) => row[j]!)));
  const grand = average(rowMeans);
  return {
    grand: origin + grand,
    rows: rowMeans.map((each) => settled(each - grand)),
    columns: columnMeans.map((each) => settled(each - grand)),
    interaction: moved.map((row, i) =>
      row.map((value, j) => settled(value - rowMeans[i]! - columnMeans[j]! + grand)),
    ),
  };
}

/** The sum of the squares of some effects. */
export const sumOfSquares = (effects: readonly number[]): number =>
  effects.reduce((sum, each) => sum + each * each, 0);
