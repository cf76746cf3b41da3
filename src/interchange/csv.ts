/** Rows as CSV, RFC 4180. */

/** `null` is an empty cell. */
export type Cell = string | number | bigint | null;

/** One row without its line end; cells are quoted where they hold commas, quotes or line ends. */
export const csvLine = (row: readonly Cell[]): string => row.map(csvCell).join(',');

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
