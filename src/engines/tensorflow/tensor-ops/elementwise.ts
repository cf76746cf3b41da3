/** Activations, sums and products, element by element. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { ElementwiseOp } from '../../../compiler/tensor-ops/elementwise.ts';
import type { ActivationName } from '../../../genome/architecture/ops.ts';
import { differentiated, get, type Runners, set, type TfModule } from '../pass.ts';

const geluSlope = 0.7978845608028654; // sqrt(2 / pi)

const activations = {
  relu: (tf, x) => tf.relu(x),
  leakyRelu: (tf, x) => tf.leakyRelu(x, 0.01),
  gelu: (tf, x) => {
    const inner = tf.mul(geluSlope, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  },
  silu: (tf, x) => tf.mul(x, tf.sigmoid(x)),
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  softplus: (tf, x) => tf.softplus(x),
  sin: (tf, x) => tf.sin(x),
  // The derivative at 0 is 0 here; that of TensorFlow.js's own abs is -1.
  abs: (tf, x) => tf.mul(x, tf.sign(x)),
  square: (tf, x) => tf.square(x),
  identity: (_tf, x) => x,
} as const satisfies Record<ActivationName, (tf: TfModule, x: Tf.Tensor) => Tf.Tensor>;

/** By op: how it is run. */
export const elementwise: Runners<ElementwiseOp['op']> = {
  unary: (tf, pass, op) => set(pass, op.out, activations[op.fn](tf, get(pass, op.x))),
  unaryGrad: differentiated,
  add: (tf, pass, op) => set(pass, op.out, tf.add(get(pass, op.a), get(pass, op.b))),
  multiply(tf, pass, op) {
    const product = tf.mul(get(pass, op.a), get(pass, op.b));
    set(pass, op.out, op.accumulate ? tf.add(get(pass, op.out), product) : product);
  },
};
