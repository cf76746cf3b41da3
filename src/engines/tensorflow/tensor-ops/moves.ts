/** Reshapes, columns and rows. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { MoveOp } from '../../../compiler/tensor-ops/moves.ts';
import { differentiated, get, type Runners, set } from '../pass.ts';

/** By op: how it is run. */
export const moves: Runners<MoveOp['op']> = {
  reshape(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const x = tf.reshape(get(pass, op.x), [rows, cols]);
    set(pass, op.out, op.accumulate ? tf.add(get(pass, op.out), x) : x);
  },
  copyColumns(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.into]!;
    const before = pass.values[op.into] ?? tf.zeros([rows, cols]);
    const columns = (x: Tf.Tensor, from: number, count: number) => tf.slice(x, [0, from], [rows, count]);
    const piece = columns(get(pass, op.from), op.fromColumn, op.columns);
    const middle = op.accumulate ? tf.add(columns(before, op.intoColumn, op.columns), piece) : piece;
    const end = op.intoColumn + op.columns;
    const parts = [
      ...(op.intoColumn === 0 ? [] : [columns(before, 0, op.intoColumn)]),
      middle,
      ...(end === cols ? [] : [columns(before, end, cols - end)]),
    ];
    set(pass, op.into, parts.length === 1 ? middle : tf.concat(parts, 1));
  },
  addRow: (tf, pass, op) => set(pass, op.out, tf.add(get(pass, op.x), get(pass, op.row))),
  columnSum: differentiated,
};
