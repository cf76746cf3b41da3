/** All parameters laid end to end in one row, [1, n], and back: what an op of TensorFlow costs is mostly its dispatch, and one row takes one. */
import type * as Tf from '@tensorflow/tfjs-core';

/** Rows and columns of a parameter. */
export interface Size {
  readonly rows: number;
  readonly cols: number;
}

/** How parameters are laid end to end, `length` numbers in all. */
export interface RowLayout {
  readonly length: number;
  join(tensors: readonly Tf.Tensor[]): Tf.Tensor;
  split(row: Tf.Tensor): Tf.Tensor[];
}

/** The layout of parameters of these sizes, in their order. */
export function createRowLayout(tf: typeof Tf, sizes: readonly Size[]): RowLayout {
  const starts = [0];
  for (const { rows, cols } of sizes) starts.push(starts.at(-1)! + rows * cols);
  return {
    length: starts.at(-1)!,
    join: (tensors) =>
      tf.concat(
        tensors.map((x) => tf.reshape(x, [1, -1])),
        1,
      ),
    split: (row) =>
      sizes.map(({ rows, cols }, p) =>
        tf.reshape(tf.slice(row, [0, starts[p]!], [1, rows * cols]), [rows, cols]),
      ),
  };
}
