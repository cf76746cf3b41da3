/** Reshapes, columns and rows. */
import type { MoveOp } from '../../../compiler/tensor-ops/moves.ts';
import { fill, type Runners, sum } from './view.ts';

/** By op: how it is run. */
export const moves: Runners<MoveOp['op']> = {
  reshape(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    fill(out, op.accumulate, (i, j) => {
      const index = i * out.cols + j;
      return x.get(Math.floor(index / x.cols), index % x.cols);
    });
  },
  copyColumns(op, view) {
    const [from, into] = [view(op.from), view(op.into)];
    for (let i = 0; i < into.rows; i++) {
      for (let j = 0; j < op.columns; j++)
        into.set(
          i,
          op.intoColumn + j,
          (op.accumulate ? into.get(i, op.intoColumn + j) : 0) + from.get(i, op.fromColumn + j),
        );
    }
  },
  addRow(op, view) {
    const [x, row] = [view(op.x), view(op.row)];
    fill(view(op.out), false, (i, j) => x.get(i, j) + row.get(0, j));
  },
  columnSum(op, view) {
    const x = view(op.x);
    fill(view(op.out), false, (_, j) => sum(x.rows, (i) => x.get(i, j)));
  },
};
