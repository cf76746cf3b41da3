/** Products of matrices, whole and by blocks. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { ProductOp } from '../../../compiler/tensor-ops/products.ts';
import { get, type Runners, set, type TfModule } from '../pass.ts';

/** [rows, cols] as [row blocks, column blocks, rows of a block, columns of a block]. */
function blocksOf(tf: TfModule, x: Tf.Tensor, rowBlocks: number, columnBlocks: number): Tf.Tensor {
  const [rows, cols] = x.shape as [number, number];
  const cut = tf.reshape(x, [rowBlocks, rows / rowBlocks, columnBlocks, cols / columnBlocks]);
  return tf.transpose(cut, [0, 2, 1, 3]);
}

/** By op: how it is run. */
export const products: Runners<ProductOp['op']> = {
  matmul(tf, pass, op) {
    const product = tf.matMul(get(pass, op.a), get(pass, op.b), op.transposeA, op.transposeB);
    const scaled = op.alpha === 1 ? product : tf.mul(product, op.alpha);
    const under = op.accumulate ? get(pass, op.out) : op.bias === null ? null : get(pass, op.bias);
    set(pass, op.out, under === null ? scaled : tf.add(scaled, under));
  },
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
};
