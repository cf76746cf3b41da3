/** Ops for sequences: the softmax of attention, and embeddings of tokens. */
import { type RecordsOf, type Size, same, type TensorOpOf } from './record.ts';
import { overGroups, padded } from './work.ts';

const operands = {
  softmax: { x: 'reads', out: 'writes' },
  softmaxGrad: { y: 'reads', dy: 'reads', dx: 'accumulates' },
  embed: { x: 'selects', table: 'reads', out: 'writes' },
  embedGrad: { x: 'selects', dy: 'reads', dtable: 'writes' },
} as const;
type Of<Name extends keyof typeof operands, Attributes = unknown> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes
>;

/**
 * Softmax over each group of `columns` consecutive columns. `period` 0: over all of them. Else row i sees only the first (i mod period) + 1 of them, the others become 0: with period the
 * number of positions this is the causal mask.
 */
export type Softmax = Of<'softmax', { columns: number; period: number }>;
/** dx (+)= y * (dy - sum over the group of y dy). */
export type SoftmaxGrad = Of<'softmaxGrad', { columns: number }>;
/** The row of `table` [tokens, units] for each element of x in turn: token floor(x), clipped to the table, 0 for NaN. */
export type Embed = Of<'embed'>;
/** dtable[token] = sum of dy over all places of the token. */
export type EmbedGrad = Of<'embedGrad'>;

/** The ops of this file. */
export type SequenceOp = Softmax | SoftmaxGrad | Embed | EmbedGrad;

const holdsRows = (out: Size, x: Size, table: Size): boolean =>
  same(out, { rows: x.rows, cols: x.cols * table.cols });

/** Their records. */
export const sequences = {
  softmax: {
    operands: operands.softmax,
    claims: ({ columns, x, out }, size) => [
      ['groups divide the columns', size(x).cols % columns === 0],
      ['input and output agree', same(size(x), size(out))],
    ],
    flops: ({ columns, x }, size) => overGroups(size(x), columns, { each: 100, lane: 40 }),
    adjoint(tape, { columns, x, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({
          op: 'softmaxGrad',
          columns,
          y: out,
          dy: tape.gradient(out),
          dx: into.gradient,
          accumulate: into.accumulate,
        });
    },
  },
  softmaxGrad: {
    operands: operands.softmaxGrad,
    claims: ({ columns, y, dy, dx }, size) => [
      ['groups divide the columns', size(y).cols % columns === 0],
      ['all three agree', [dy, dx].every((id) => same(size(id), size(y)))],
    ],
    flops: ({ columns, dy }, size) => overGroups(size(dy), columns, { each: 60, lane: 12 }),
  },
  embed: {
    operands: operands.embed,
    claims: ({ x, table, out }, size) => [
      ['there is one row of the table per element', holdsRows(size(out), size(x), size(table))],
    ],
    flops: ({ table, out }, size) => overGroups(size(out), size(table).cols, { each: 60, lane: 3 }),
    adjoint: (tape, { x, table, out }) =>
      tape.emit({
        op: 'embedGrad',
        x,
        dy: tape.gradient(out),
        dtable: tape.contribution(table)!.gradient,
      }),
  },
  embedGrad: {
    operands: operands.embedGrad,
    claims: ({ x, dy, dtable }, size) => [
      ['there is one row of the table per element', holdsRows(size(dy), size(x), size(dtable))],
    ],
    flops: ({ dtable, dy }, size) =>
      overGroups(size(dy), size(dtable).cols, { each: 60, lane: 3 }) + padded(size(dtable)),
  },
} as const satisfies RecordsOf<SequenceOp>;
