/** Dropout. */
import type { DropoutOp } from '../../../compiler/tensor-ops/dropout.ts';
import { fillNoise } from '../../noise.ts';
import { differentiated, get, type Runners, recall, remember, set } from '../pass.ts';

/** By op: how it is run. */
export const dropouts: Runners<DropoutOp['op']> = {
  dropout(tf, pass, op) {
    const x = get(pass, op.x);
    const [rows, cols] = x.shape as [number, number];
    if (pass.how.mode === 'train') {
      const draws = new Float64Array(rows * cols);
      fillNoise('uniform', pass.how.noise('dropout'), pass.how.t, op.site, { rows, cols }, draws);
      remember(tf, pass.memory, op.draws, tf.tensor2d(Float32Array.from(draws), [rows, cols]));
    }
    const kept = () => tf.cast(tf.greaterEqual(recall(pass.memory, op.draws), op.rate), 'float32');
    set(pass, op.out, pass.how.mode === 'measure' ? x : tf.mul(x, tf.mul(kept(), 1 / (1 - op.rate))));
  },
  dropoutGrad: differentiated,
};
