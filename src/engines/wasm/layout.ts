/** Where everything of one program lies in linear memory, in bytes: the arena, update states, results of reductions, noise, scratch. */

import { paddedColumns } from '../../compiler/memory.ts';
import type { Program, TensorOp } from '../../compiler/program.ts';
import { ruleOps } from '../../genome/update-rule/ops.ts';
import type { ValueShape } from '../../genome/update-rule/update-rule.ts';
import { panelColumns } from './gemm.ts';
import { softmaxRows } from './softmax-kernel.ts';
import { type Table, tableOf } from './tables.ts';

/** Words of a tensor descriptor, in order: all in bytes but rows and cols. */
export const descriptorWords = [
  'element',
  'rows',
  'cols',
  'stride',
  'rowBase',
  'colBase',
  'tensorBase',
] as const;
export const descriptorBytes = 32;

export interface Layout {
  readonly arena: number;
  readonly descriptors: number;
  readonly rowIndices: number;
  /** What one op needs besides its operands. */
  readonly scratch: number;
  /** By op, for ops that read one. */
  readonly tables: ReadonlyMap<TensorOp, Table>;
  /** By state slot. Column states have a second buffer behind the first, `colBytes` on. */
  readonly states: readonly number[];
  /** By node: results of reductions that are kept in memory (row, col, tensor). */
  readonly results: ReadonlyMap<number, number>;
  /** By node: noise, in the layout of the parameter region. */
  readonly noise: ReadonlyMap<number, number>;
  readonly colBytes: number;
  readonly end: number;
}

const align = (address: number) => Math.ceil(address / 16) * 16;

/** Numbers: the panel of a matrix product, with a block made aside where there are blocks, or a block of the softmax's rows with their padding. */
function scratchOf(op: TensorOp, tensors: Program['tensors']): number {
  if (op.op === 'matmul') return panelColumns * tensors[op.a]![op.transposeA ? 'rows' : 'cols'];
  if (op.op === 'blockMatmul') {
    const [a, out] = [tensors[op.a]!, tensors[op.out]!];
    const inner = op.transposeA ? a.rows / op.rowBlocks : a.cols / op.columnBlocks;
    return panelColumns * inner + (out.rows / op.rowBlocks) * paddedColumns(out.cols / op.columnBlocks);
  }
  return op.op === 'softmaxCrossEntropy' ? softmaxRows * tensors[op.logits]!.stride : 0;
}

export function planLayout(program: Program, base: number): Layout {
  const { tensors, parameters, update } = program;
  const sizes = parameters.map(({ value }) => tensors[value]!);
  const rows = sizes.reduce((total, size) => total + size.rows, 0);
  const colBytes = 4 * sizes.reduce((total, size) => total + size.stride, 0);
  const bytesOf: Record<ValueShape, number> = {
    all: 8,
    tensor: 8 * sizes.length,
    row: 8 * rows,
    col: colBytes,
    full: 4 * program.parameterLength,
  };
  let end = align(base);
  const reserve = (bytes: number) => {
    const address = end;
    end = align(end + bytes);
    return address;
  };
  const arena = reserve(4 * program.arenaLength);
  const descriptors = reserve(descriptorBytes * sizes.length);
  const rowIndices = reserve(4 * program.batchSize);
  const scratch = reserve(
    4 *
      [...program.forward, ...program.backward].reduce(
        (most, op) => Math.max(most, scratchOf(op, tensors)),
        0,
      ),
  );
  const tables = new Map<TensorOp, Table>();
  for (const op of [...program.forward, ...program.backward]) {
    const values = tableOf(op, tensors);
    if (values !== null) tables.set(op, { address: reserve(4 * values.length), values });
  }
  const states = update.states.map(({ shape }) => reserve(shape === 'col' ? 2 * colBytes : bytesOf[shape]));
  const results = new Map<number, number>();
  const noise = new Map<number, number>();
  for (const [index, node] of update.nodes.entries()) {
    if (node.kind !== 'op') continue;
    const { kind } = ruleOps[node.op];
    if (kind === 'noise') noise.set(index, reserve(bytesOf.full));
    if (kind === 'reduction' && node.over !== 'all') results.set(index, reserve(bytesOf[node.over!]));
  }
  return { arena, descriptors, rowIndices, scratch, tables, states, results, noise, colBytes, end };
}

/** One descriptor per parameter tensor, as 32-bit words. */
export function descriptorTable(program: Program): Int32Array {
  const table = new Int32Array((descriptorBytes / 4) * program.parameters.length);
  let rowBase = 0;
  let colBase = 0;
  for (const [p, { value }] of program.parameters.entries()) {
    const { rows, cols, stride, offset } = program.tensors[value]!;
    table.set([4 * offset, rows, cols, 4 * stride, rowBase, colBase, 8 * p], (descriptorBytes / 4) * p);
    rowBase += 8 * rows;
    colBase += 4 * stride;
  }
  return table;
}
