/** Rows for people: aligned columns, numbers to the right, no frame. And the same rows as CSV. */
import stringWidth from 'string-width';
import { type Cell, csvLine } from '../interchange/csv.ts';

export type { Cell } from '../interchange/csv.ts';

/** Between columns. */
const gap = '  ';

/** A table as text. `null` shows as an empty cell: a number that is not defined is not printed as one. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map(
    (_, column) =>
      rows.some((row) => isNumber(row[column])) &&
      rows.every((row) => row[column] == null || isNumber(row[column])),
  );
  const texts = [head, ...rows.map((row) => row.map(cellText))].map(cellsOf);
  const widths = head.map((_, column) =>
    texts.reduce(
      (most, cells) => cells[column]!.reduce((width, { columns }) => Math.max(width, columns), most),
      0,
    ),
  );
  return texts.flatMap((cells) => linesOf(cells, widths, numeric)).join('\n');
}

/** One line of a cell, and how many columns of a terminal it takes. */
interface Piece {
  readonly text: string;
  readonly columns: number;
}

/** The lines of each cell of a row. */
const cellsOf = (row: readonly string[]): Piece[][] =>
  row.map((cell) => cell.split('\n').map((text) => ({ text, columns: stringWidth(text) })));

/** A row takes as many lines as its longest cell. */
function linesOf(
  cells: readonly (readonly Piece[])[],
  widths: readonly number[],
  numeric: readonly boolean[],
): string[] {
  const height = cells.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((pieces, column) => {
        const { text, columns } = pieces[line] ?? { text: '', columns: 0 };
        const space = ' '.repeat(widths[column]! - columns);
        return numeric[column]! ? space + text : text + space;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** RFC 4180. */
export function renderCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map(csvLine).join('\n');
}

const isNumber = (cell: Cell | undefined) => typeof cell === 'number' || typeof cell === 'bigint';

function cellText(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'number' ? formatNumber(cell) : String(cell);
}

/** Integers whole, others to four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
