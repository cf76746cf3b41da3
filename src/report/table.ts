/** Rows for people: aligned columns, numbers to the right, no frame. And the same rows as CSV. */
import Table from 'cli-table3';

export type Cell = string | number | bigint | null;

const plain = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table as text. `null` shows as an empty cell: a number that is not defined is not printed as one. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map(
    (_, column) =>
      rows.some((row) => isNumber(row[column])) &&
      rows.every((row) => row[column] == null || isNumber(row[column])),
  );
  const table = new Table({
    head: [...head],
    chars: plain,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: numeric.map((is) => (is ? 'right' : 'left')),
  });
  for (const row of rows) table.push(row.map(cellText));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** RFC 4180. */
export function renderCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\n');
}

const isNumber = (cell: Cell | undefined) => typeof cell === 'number' || typeof cell === 'bigint';

function cellText(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'number' ? formatNumber(cell) : String(cell);
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Integers whole, others to four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
