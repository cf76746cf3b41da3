/** Ops that bring numbers elsewhere, or add up or repeat rows: reshapes, columns, rows. */
import { paddedColumns } from '../padding.ts';
import { elements, isRow, type RecordsOf, same, type TensorOpOf } from './record.ts';
import { passOn } from './tape.ts';
import { padded } from './work.ts';

const operands = {
  reshape: { x: 'reads', out: 'accumulates' },
  copyColumns: { from: 'reads', into: 'accumulates' },
  addRow: { x: 'reads', row: 'reads', out: 'writes' },
  columnSum: { x: 'reads', out: 'writes' },
} as const;
type Of<Name extends keyof typeof operands, Attributes = unknown> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes
>;

/** out (+)= x, the same elements in row-major order, cut into rows of another length; one length divides the other. */
export type Reshape = Of<'reshape'>;
/** into[:, intoColumn + j] (+)= from[:, fromColumn + j] for j < columns. Concatenation, its gradient, and the gradient of a sum. */
export type CopyColumns = Of<'copyColumns', { fromColumn: number; intoColumn: number; columns: number }>;
/** out[i, j] = x[i, j] + row[0, j]. */
export type AddRow = Of<'addRow'>;
/** out[0, j] = sum over i of x[i, j]. */
export type ColumnSum = Of<'columnSum'>;

/** The ops of this file. */
export type MoveOp = Reshape | CopyColumns | AddRow | ColumnSum;

/** Their records. */
export const moves = {
  reshape: {
    operands: operands.reshape,
    claims: ({ x, out }, size) => [
      ['the elements are as many', elements(size(x)) === elements(size(out))],
      [
        'one length of rows divides the other',
        Math.max(size(x).cols, size(out).cols) % Math.min(size(x).cols, size(out).cols) === 0,
      ],
    ],
    flops: ({ x, out }, size) => 60 * Math.max(size(x).rows, size(out).rows) + 3 * padded(size(out)),
    adjoint(tape, { x, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({ op: 'reshape', x: tape.gradient(out), out: into.gradient, accumulate: into.accumulate });
    },
    /** Runs of three words for each row of the finer side in one of the coarser. */
    room({ x, out }, size) {
      const rows = [size(x).rows, size(out).rows];
      return { kept: (3 * Math.max(...rows)) / Math.min(...rows) };
    },
    copies: ({ x, out, accumulate }) => (accumulate ? null : { from: x, into: out }),
  },
  copyColumns: {
    operands: operands.copyColumns,
    claims: ({ from, fromColumn, into, intoColumn, columns }, size) => [
      ['rows agree', size(from).rows === size(into).rows],
      ['the source has the columns', fromColumn >= 0 && fromColumn + columns <= size(from).cols],
      ['the target has the columns', intoColumn >= 0 && intoColumn + columns <= size(into).cols],
    ],
    flops: ({ into, columns }, size) => size(into).rows * (20 + 3 * paddedColumns(columns)),
    adjoint(tape, { from, fromColumn, into: out, intoColumn, columns }) {
      const into = tape.contribution(from);
      if (into !== null)
        tape.emit({
          op: 'copyColumns',
          from: tape.gradient(out),
          fromColumn: intoColumn,
          into: into.gradient,
          intoColumn: fromColumn,
          columns,
          accumulate: into.accumulate,
        });
    },
    copies({ from, into, columns, accumulate }, size) {
      const isWhole = [from, into].every((id) => size(id).cols === columns);
      return isWhole && !accumulate ? { from, into } : null;
    },
  },
  addRow: {
    operands: operands.addRow,
    claims: ({ x, row, out }, size) => [
      ['input and output agree', same(size(x), size(out))],
      ['the row has one number per column', isRow(size(row), size(x).cols)],
    ],
    flops: ({ out }, size) => 3 * padded(size(out)),
    adjoint(tape, { x, row, out }) {
      const dy = tape.gradient(out);
      const into = tape.contribution(row);
      if (into !== null) tape.emit({ op: 'columnSum', x: dy, out: into.gradient });
      passOn(tape, dy, x);
    },
  },
  columnSum: {
    operands: operands.columnSum,
    claims: ({ x, out }, size) => [['there is one sum per column', isRow(size(out), size(x).cols)]],
    flops: ({ x }, size) => 3 * padded(size(x)),
  },
} as const satisfies RecordsOf<MoveOp>;
