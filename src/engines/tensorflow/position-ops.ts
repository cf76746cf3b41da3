/** Forward ops over positions, batches and blocks, from gathers and products that TensorFlow can differentiate. */

import type * as Tf from '@tensorflow/tfjs-core';
import type { PositionOpName } from '../../compiler/program.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';
import { fillNoise } from '../noise.ts';
import {
  differentiated,
  get,
  grouped,
  type Pass,
  type Runner,
  recall,
  remember,
  set,
  type TfModule,
} from './pass.ts';

const epsilon = 1e-5;
const momentum = 0.1;
/** Below any score that matters. */
const veryLow = -1e30;

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

/** [rows, cols] as [row blocks, column blocks, rows of a block, columns of a block]. */
function blocksOf(tf: TfModule, x: Tf.Tensor, rowBlocks: number, columnBlocks: number): Tf.Tensor {
  const [rows, cols] = x.shape as [number, number];
  const cut = tf.reshape(x, [rowBlocks, rows / rowBlocks, columnBlocks, cols / columnBlocks]);
  return tf.transpose(cut, [0, 2, 1, 3]);
}

const row = (tf: TfModule, x: Tf.Tensor) => tf.reshape(x, [1, 1, x.size]);

/** Mean and variance of the pass, [channels] each; a training pass moves the running ones. */
function statistics(
  tf: TfModule,
  pass: Pass,
  running: number,
  x: Tf.Tensor,
): readonly [mean: Tf.Tensor, variance: Tf.Tensor] {
  const channels = x.shape[2]!;
  if (pass.how.mode === 'measure') {
    const [mean, variance] = tf.unstack(recall(pass.memory, running)) as [Tf.Tensor, Tf.Tensor];
    return [mean, variance];
  }
  const mean = tf.mean(x, [0, 1]);
  const variance = tf.mean(tf.square(tf.sub(x, row(tf, mean))), [0, 1]);
  if (pass.how.mode === 'train') {
    const n = x.size / channels;
    const seen = tf.stack([mean, tf.mul(variance, n / Math.max(n - 1, 1))]);
    const before = tf.mul(recall(pass.memory, running), 1 - momentum);
    remember(tf, pass.memory, running, tf.add(before, tf.mul(seen, momentum)));
  }
  return [mean, variance];
}

export const positionRunners = {
  blockMatmul(tf, pass, op) {
    const [a, b] = [op.a, op.b].map((id) => blocksOf(tf, get(pass, id), op.rowBlocks, op.columnBlocks)) as [
      Tf.Tensor,
      Tf.Tensor,
    ];
    const product = tf.matMul(a, b, op.transposeA, op.transposeB);
    const { rows, cols } = pass.program.tensors[op.out]!;
    const joined = tf.reshape(tf.transpose(product, [0, 2, 1, 3]), [rows, cols]);
    const scaled = op.alpha === 1 ? joined : tf.mul(joined, op.alpha);
    set(pass, op.out, op.accumulate ? tf.add(get(pass, op.out), scaled) : scaled);
  },
  reshape(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const x = tf.reshape(get(pass, op.x), [rows, cols]);
    set(pass, op.out, op.accumulate ? tf.add(get(pass, op.out), x) : x);
  },
  addRow: (tf, pass, op) => set(pass, op.out, tf.add(get(pass, op.x), get(pass, op.row))),
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
  depthwise(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.out]!;
    const channels = op.windows.input[2];
    const weight = tf.reshape(get(pass, op.weight), [1, 1, tapCount(op.windows), channels]);
    const sums = tf.sum(tf.mul(underTaps(tf, get(pass, op.x), op.windows), weight), 2);
    const scaled = tf.mul(sums, op.alpha);
    const out = op.bias === null ? scaled : tf.add(scaled, row(tf, get(pass, op.bias)));
    set(pass, op.out, tf.reshape(out, [rows, cols]));
  },
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
  batchNorm(tf, pass, op) {
    const x = grouped(tf, get(pass, op.x), op.channels);
    const [mean, variance] = statistics(tf, pass, op.running, x);
    const scaled = tf.mul(
      tf.div(tf.sub(x, row(tf, mean)), tf.sqrt(tf.add(row(tf, variance), epsilon))),
      row(tf, get(pass, op.gain)),
    );
    const out = tf.add(scaled, row(tf, get(pass, op.bias)));
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
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
  patchesGrad: differentiated,
  depthwiseGrad: differentiated,
  poolGrad: differentiated,
  batchNormGrad: differentiated,
  dropoutGrad: differentiated,
  softmaxGrad: differentiated,
  embedGrad: differentiated,
} as const satisfies {
  readonly [Name in PositionOpName]: Runner<Name>;
};
