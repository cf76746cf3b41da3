/** The softmax of attention, and embeddings of tokens. */
import type { SequenceOp } from '../../../compiler/tensor-ops/sequences.ts';
import { exp } from '../../../numerics/elementary.ts';
import { addTo, clear, fill, type Runners, sum } from './view.ts';

/** The row of an embedding's table that x asks for. */
const tokenOf = (x: number, tokens: number) => (x > 0 ? Math.min(Math.floor(x), tokens - 1) : 0);

/** By op: how it is run. */
export const sequences: Runners<SequenceOp['op']> = {
  softmax(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    const { columns, period } = op;
    fill(out, false, (i, j) => {
      const seen = period === 0 ? columns : (i % period) + 1;
      const first = j - (j % columns);
      if (j - first >= seen) return 0;
      const logits = Array.from({ length: seen }, (_, k) => x.get(i, first + k));
      const largest = Math.max(...logits);
      return exp(x.get(i, j) - largest) / sum(seen, (k) => exp(logits[k]! - largest));
    });
  },
  softmaxGrad(op, view) {
    const [y, dy] = [view(op.y), view(op.dy)];
    fill(view(op.dx), op.accumulate, (i, j) => {
      const first = j - (j % op.columns);
      const projection = sum(op.columns, (k) => y.get(i, first + k) * dy.get(i, first + k));
      return y.get(i, j) * (dy.get(i, j) - projection);
    });
  },
  embed(op, view) {
    const [x, table] = [view(op.x), view(op.table)];
    fill(view(op.out), false, (i, j) =>
      table.get(tokenOf(x.get(i, Math.floor(j / table.cols)), table.rows), j % table.cols),
    );
  },
  embedGrad(op, view) {
    const [x, dy, dtable] = [view(op.x), view(op.dy), view(op.dtable)];
    clear(dtable);
    for (let i = 0; i < dy.rows; i++)
      for (let j = 0; j < dy.cols; j++) {
        const token = tokenOf(x.get(i, Math.floor(j / dtable.cols)), dtable.rows);
        addTo(dtable, token, j % dtable.cols, dy.get(i, j));
      }
  },
};
