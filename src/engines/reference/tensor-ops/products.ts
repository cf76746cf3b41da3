/** Products of matrices, whole and by blocks. */
import type { ProductOp } from '../../../compiler/tensor-ops/products.ts';
import { fill, type Runners, sum, type View } from './view.ts';

/** The block of x at block row e and block column g. */
function blockOf(x: View, rowBlocks: number, columnBlocks: number, e: number, g: number): View {
  const [rows, cols] = [x.rows / rowBlocks, x.cols / columnBlocks];
  return {
    rows,
    cols,
    get: (i, j) => x.get(e * rows + i, g * cols + j),
    set: (i, j, value) => x.set(e * rows + i, g * cols + j, value),
  };
}

/** By op: how it is run. */
export const products: Runners<ProductOp['op']> = {
  matmul(op, view) {
    const [a, b, out] = [view(op.a), view(op.b), view(op.out)];
    const bias = op.bias === null ? null : view(op.bias);
    const inner = op.transposeA ? a.rows : a.cols;
    const left = op.transposeA ? (i: number, k: number) => a.get(k, i) : a.get;
    const right = op.transposeB ? (k: number, j: number) => b.get(j, k) : b.get;
    fill(
      out,
      op.accumulate,
      (i, j) => (bias === null ? 0 : bias.get(0, j)) + op.alpha * sum(inner, (k) => left(i, k) * right(k, j)),
    );
  },
  blockMatmul(op, view) {
    for (let e = 0; e < op.rowBlocks; e++)
      for (let g = 0; g < op.columnBlocks; g++) {
        const [a, b, out] = [op.a, op.b, op.out].map((id) =>
          blockOf(view(id), op.rowBlocks, op.columnBlocks, e, g),
        ) as [View, View, View];
        const inner = op.transposeA ? a.rows : a.cols;
        const left = op.transposeA ? (i: number, k: number) => a.get(k, i) : a.get;
        const right = op.transposeB ? (k: number, j: number) => b.get(j, k) : b.get;
        fill(out, op.accumulate, (i, j) => op.alpha * sum(inner, (k) => left(i, k) * right(k, j)));
      }
  },
};
