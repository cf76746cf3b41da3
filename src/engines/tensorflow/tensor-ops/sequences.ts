/** The softmax of attention, and embeddings of tokens. */
import type { SequenceOp } from '../../../compiler/tensor-ops/sequences.ts';
import { differentiated, get, grouped, type Runners, set } from '../pass.ts';

/** Below any score that matters. */
const veryLow = -1e30;

/** By op: how it is run. */
export const sequences: Runners<SequenceOp['op']> = {
  softmax(tf, pass, op) {
    const x = get(pass, op.x);
    const scores = grouped(tf, x, op.columns);
    const visible = () => {
      const [rows, groups] = scores.shape as [number, number];
      const seen = (i: number, j: number) => (j <= i % op.period ? 1 : 0);
      const mask = Int32Array.from({ length: rows * op.columns }, (_, k) =>
        seen(Math.floor(k / op.columns), k % op.columns),
      );
      const one = tf.reshape(tf.tensor1d(mask, 'int32'), [rows, 1, op.columns]);
      return tf.cast(tf.tile(one, [1, groups, 1]), 'bool');
    };
    const seen = op.period === 0 ? scores : tf.where(visible(), scores, tf.fill(scores.shape, veryLow));
    set(pass, op.out, tf.reshape(tf.softmax(seen), x.shape));
  },
  softmaxGrad: differentiated,
  embed(tf, pass, op) {
    const [x, table] = [get(pass, op.x), get(pass, op.table)];
    // Read out and put back: no gradient passes to what chose a token, and TensorFlow.js would ask for one.
    const last = table.shape[0]! - 1;
    const tokens = Int32Array.from(x.dataSync(), (value) =>
      value > 0 ? Math.min(Math.floor(value), last) : 0,
    );
    const { rows, cols } = pass.program.tensors[op.out]!;
    set(pass, op.out, tf.reshape(tf.gather(table, tf.tensor1d(tokens, 'int32')), [rows, cols]));
  },
  embedGrad: differentiated,
};
