/** Norms and gains of channels. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { NormOp } from '../../../compiler/tensor-ops/norms.ts';
import {
  asRow,
  differentiated,
  get,
  grouped,
  type Pass,
  type Runners,
  recall,
  remember,
  set,
  type TfModule,
} from '../pass.ts';

const epsilon = 1e-5;
const momentum = 0.1;

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
  const variance = tf.mean(tf.square(tf.sub(x, asRow(tf, mean))), [0, 1]);
  if (pass.how.mode === 'train') {
    const n = x.size / channels;
    const seen = tf.stack([mean, tf.mul(variance, n / Math.max(n - 1, 1))]);
    const before = tf.mul(recall(pass.memory, running), 1 - momentum);
    remember(tf, pass.memory, running, tf.add(before, tf.mul(seen, momentum)));
  }
  return [mean, variance];
}

/** By op: how it is run. */
export const norms: Runners<NormOp['op']> = {
  norm(tf, pass, op) {
    const x = grouped(tf, get(pass, op.x), op.channels);
    const centred = op.kind === 'layer' ? tf.sub(x, tf.mean(x, 2, true)) : x;
    const variance = tf.mean(tf.square(centred), 2, true);
    const scaled = tf.mul(
      tf.div(centred, tf.sqrt(tf.add(variance, epsilon))),
      tf.reshape(get(pass, op.gain), [1, 1, op.channels]),
    );
    const out =
      op.bias === null ? scaled : tf.add(scaled, tf.reshape(get(pass, op.bias), [1, 1, op.channels]));
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
  normGrad: differentiated,
  batchNorm(tf, pass, op) {
    const x = grouped(tf, get(pass, op.x), op.channels);
    const [mean, variance] = statistics(tf, pass, op.running, x);
    const scaled = tf.mul(
      tf.div(tf.sub(x, asRow(tf, mean)), tf.sqrt(tf.add(asRow(tf, variance), epsilon))),
      asRow(tf, get(pass, op.gain)),
    );
    const out = tf.add(scaled, asRow(tf, get(pass, op.bias)));
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
  batchNormGrad: differentiated,
  channelScale(tf, pass, op) {
    const gain = tf.reshape(get(pass, op.gain), [1, 1, op.channels]);
    const out = tf.mul(grouped(tf, get(pass, op.x), op.channels), gain);
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
  channelScaleGrad: differentiated,
};
