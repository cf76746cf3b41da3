/** Rows for people: aligned columns, numbers to the right, no frame. And the same rows as CSV. */
import stringWidth from 'string-width';
import { type Cell, csvLine } from '../interchange/csv.ts';

export type { Cell } from '../interchange/csv.ts';

/** Between columns. */
const gap = '  ';

/** A table as text. `null` shows as an empty cell: a number that is not defined is not printed as one. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [...tableLines(head, rows, rows.length)].join('\n');
}

/** Rows whose texts decide how wide the columns of a long table are. */
const leadingRows = 1000;

/** The lines of a table of any length. Its first rows decide how wide the columns are and which are of numbers; a later cell that is wider moves what is behind it. */
export function* tableLines(
  head: readonly string[],
  rows: Iterable<readonly Cell[]>,
  leading = leadingRows,
): Generator<string> {
  const iterator = rows[Symbol.iterator]();
  const first: (readonly Cell[])[] = [];
  let next = iterator.next();
  for (; next.done !== true && first.length < leading; next = iterator.next()) first.push(next.value);
  const numeric = head.map(
    (_, column) =>
      first.some((row) => isNumber(row[column])) &&
      first.every((row) => row[column] == null || isNumber(row[column])),
  );
  const texts = [head, ...first.map((row) => row.map(cellText))].map(cellsOf);
  const widths = head.map((_, column) =>
    texts.reduce(
      (most, cells) => cells[column]!.reduce((width, { columns }) => Math.max(width, columns), most),
      0,
    ),
  );
  for (const cells of texts) yield* linesOf(cells, widths, numeric);
  for (; next.done !== true; next = iterator.next())
    yield* linesOf(cellsOf(next.value.map(cellText)), widths, numeric);
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
        const space = ' '.repeat(Math.max(0, widths[column]! - columns));
        return numeric[column]! ? space + text : text + space;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Rows in the format asked for, line by line. */
export const rowLines = (
  format: 'table' | 'csv',
  head: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Generator<string> => (format === 'table' ? tableLines(head, rows) : csvLines(head, rows));

function* csvLines(head: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield csvLine(head);
  for (const row of rows) yield csvLine(row);
}

/** RFC 4180. */
export function renderCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map(csvLine).join('\n');
}

const isNumber = (cell: Cell | undefined) => typeof cell === 'number' || typeof cell === 'bigint';

function cellText(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'number' ? formatNumber(cell) : visible(String(cell));
}

/** What moves a terminal's cursor or changes its colours is shown as JSON writes it; lines of a cell remain lines. */
const visible = (text: string): string =>
  text.replace(/(?!\n)\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Integers whole, others to four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
