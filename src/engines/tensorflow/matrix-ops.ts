/** Matrix ops of update rules on one tensor: products by TensorFlow, eigenvalues in float64 on the host. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { MatrixOpName } from '../../genome/update-rule/ops.ts';
import { eigenbasis, inverseRoot } from '../rules/eigen-ops.ts';
import { newtonSchulz } from '../rules/newton-schulz.ts';
import { reductions } from './rule-ops.ts';

type TfModule = typeof Tf;

/** X = a X + (b A + c A A) X with A = X X', on the shorter side. */
function orthogonalized(tf: TfModule, matrix: Tf.Tensor): Tf.Tensor {
  const [rows, cols] = matrix.shape as [number, number];
  if (rows > cols) return tf.transpose(orthogonalized(tf, tf.transpose(matrix)));
  const { a, b, c, steps, epsilon } = newtonSchulz;
  const norm = reductions.norm.join([reductions.norm.part(tf, matrix)]);
  let x = tf.div(matrix, norm + epsilon);
  for (let step = 0; step < steps; step++) {
    const square = tf.matMul(x, x, false, true);
    const polynomial = tf.add(tf.mul(square, b), tf.mul(tf.matMul(square, square), c));
    x = tf.add(tf.mul(x, a), tf.matMul(polynomial, x));
  }
  return x;
}

function onHost(tf: TfModule, matrix: Tf.Tensor, f: (values: Float64Array, n: number) => Float64Array) {
  const [rows, cols] = matrix.shape as [number, number];
  const values = f(Float64Array.from(matrix.dataSync()), rows);
  return tf.tensor2d(Float32Array.from(values), [rows, cols]);
}

/** `b` is the second matrix, `p` the second argument where that is a number. */
export const matrixOps = {
  matmul: (tf, a, b) => tf.matMul(a, b!),
  transpose: (tf, a) => tf.transpose(a),
  orthogonalize: (tf, a) => orthogonalized(tf, a),
  inverseRoot: (tf, a, _b, p) => onHost(tf, a, (values, n) => inverseRoot(values, n, p)),
  eigenbasis: (tf, a) => onHost(tf, a, eigenbasis),
} as const satisfies Record<
  MatrixOpName,
  (tf: TfModule, a: Tf.Tensor, b: Tf.Tensor | undefined, p: number) => Tf.Tensor
>;
