/** Reshapes, columns and rows. */
import type { MoveOp, Reshape } from '../../../compiler/tensor-ops/moves.ts';
import type { FusedOp } from '../fused-ops.ts';
import { reshapeRuns, runWords } from '../tables.ts';
import { call, type Emitters, isInPlace, keep } from './emitter.ts';

/** The same numbers in rows of another length. */
export const isReshape = (op: FusedOp): op is Reshape => op.op === 'reshape';

/** By op: its code and what that needs. */
export const moves: Emitters<MoveOp['op']> = {
  reshape: {
    kernels: ({ accumulate }) => [accumulate ? 'addRuns' : 'copyRuns'],
    table: ({ x, out }, tensors) => reshapeRuns(tensors[x]!, tensors[out]!),
    emit(place, op) {
      const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
      if (isInPlace(place, op)) return;
      const { address, values } = place.table(op);
      const examples = Math.min(x.rows, out.rows);
      call(
        place,
        op.accumulate ? 'addRuns' : 'copyRuns',
        place.address(op.x),
        (4 * x.stride * x.rows) / examples,
        place.address(op.out),
        (4 * out.stride * out.rows) / examples,
        examples,
        address,
        values.length / runWords,
      );
    },
  },
  copyColumns: {
    kernels: () => ['copyColumns'],
    emit(place, op) {
      if (isInPlace(place, op)) return;
      const { from, fromColumn, into, intoColumn, columns, accumulate } = op;
      const [f, t] = [place.tensor(from), place.tensor(into)];
      call(
        place,
        'copyColumns',
        place.address(from) + 4 * fromColumn,
        4 * f.stride,
        place.address(into) + 4 * intoColumn,
        4 * t.stride,
        t.rows,
        columns,
        keep(accumulate),
      );
    },
  },
  addRow: {
    kernels: () => ['addRow'],
    emit(place, { x, row, out }) {
      const t = place.tensor(x);
      call(place, 'addRow', place.address(x), place.address(row), place.address(out), t.rows, t.stride / 4);
    },
  },
  columnSum: {
    kernels: () => ['columnSum'],
    emit(place, { x, out }) {
      const t = place.tensor(x);
      call(place, 'columnSum', place.address(x), 4 * t.stride, place.address(out), t.rows, t.stride / 4);
    },
  },
};
