/** Patches, depthwise convolutions and pools, from gathers that TensorFlow can differentiate. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { WindowOp } from '../../../compiler/tensor-ops/windows.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../../genome/architecture/windows.ts';
import { asRow, differentiated, get, type Runners, set, type TfModule } from '../pass.ts';

/** What lies under the taps of all windows: [rows, windows, taps, channels], 0 on padding. */
function underTaps(tf: TfModule, x: Tf.Tensor, windows: Windows): Tf.Tensor {
  const [rows, columns] = x.shape as [number, number];
  const [, , channels] = windows.input;
  const shape = [windowCount(windows), tapCount(windows), channels] as const;
  const indices = Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => {
    const tap = Math.floor(i / channels);
    const position = positionUnder(windows, Math.floor(tap / shape[1]), tap % shape[1]);
    return position === -1 ? columns : position * channels + (i % channels);
  });
  const padded = tf.concat([x, tf.zeros([rows, 1])], 1);
  return tf.reshape(tf.gather(padded, tf.tensor1d(indices, 'int32'), 1), [rows, ...shape]);
}

/** By op: how it is run. */
export const windowed: Runners<WindowOp['op']> = {
  patches(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const [taps, channels] = [tapCount(op.windows), op.windows.input[2]];
    const under = tf.reshape(underTaps(tf, get(pass, op.x), op.windows), [
      rows,
      taps,
      op.groups,
      channels / op.groups,
    ]);
    set(pass, op.out, tf.reshape(tf.transpose(under, [0, 2, 1, 3]), [rows, cols]));
  },
  patchesGrad: differentiated,
  depthwise(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const channels = op.windows.input[2];
    const weight = tf.reshape(get(pass, op.weight), [1, 1, tapCount(op.windows), channels]);
    const sums = tf.sum(tf.mul(underTaps(tf, get(pass, op.x), op.windows), weight), 2);
    const scaled = tf.mul(sums, op.alpha);
    const out = op.bias === null ? scaled : tf.add(scaled, asRow(tf, get(pass, op.bias)));
    set(pass, op.out, tf.reshape(out, [rows, cols]));
  },
  depthwiseGrad: differentiated,
  // TensorFlow.js hands the gradient of a maximum to all that are equal to it; here it goes to the first.
  pool(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const under = underTaps(tf, get(pass, op.x), op.windows);
    const taps = tf.transpose(under, [0, 1, 3, 2]);
    const chosen = () => tf.oneHot(tf.argMax(taps, 3), tapCount(op.windows));
    const isMean = op.kind === 'mean' || tapCount(op.windows) === 1;
    const out = isMean ? tf.mean(under, 2) : tf.sum(tf.mul(taps, chosen()), 3);
    set(pass, op.out, tf.reshape(out, [rows, cols]));
  },
  poolGrad: differentiated,
};
