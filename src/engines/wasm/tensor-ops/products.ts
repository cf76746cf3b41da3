/** Products of matrices, whole and by blocks. Their scratch is the panel of the product, and for blocks one block made aside. */
import { paddedColumns } from '../../../compiler/memory.ts';
import type { ProductOp } from '../../../compiler/tensor-ops/products.ts';
import type { FusedMatmul, FusedOp } from '../fused-ops.ts';
import { panelColumns } from '../gemm.ts';
import { type Emitters, keep } from './emitter.ts';

/** out = a b, of whole matrices: what can do a rectifier besides. */
export const isProduct = (op: FusedOp): op is FusedMatmul => op.op === 'matmul';

/** No product has both operands transposed. */
const gemmFor = (op: FusedMatmul) =>
  op.rectified
    ? 'fused_nn'
    : op.gate !== undefined
      ? 'fused_nt'
      : op.transposeA
        ? 'gemm_tn'
        : op.transposeB
          ? 'gemm_nt'
          : 'gemm_nn';

const blocksFor = (op: { readonly transposeA: boolean; readonly transposeB: boolean }) =>
  op.transposeA ? 'blocks_tn' : op.transposeB ? 'blocks_nt' : 'blocks_nn';

/** By op: its code and what that needs. */
export const products: Emitters<ProductOp['op']> = {
  matmul: {
    kernels: (op) => [gemmFor(op)],
    scratch: ({ a, transposeA }, tensors) => panelColumns * tensors[a]![transposeA ? 'rows' : 'cols'],
    emit(place, op) {
      const { code, kernels, scratch, tensor, address } = place;
      const [a, b, out] = [tensor(op.a), tensor(op.b), tensor(op.out)];
      const init = op.accumulate ? [address(op.out), 4 * out.stride] : [address(op.bias), 0];
      for (const arg of [
        address(op.a),
        4 * a.stride,
        address(op.b),
        4 * b.stride,
        address(op.out),
        4 * out.stride,
        ...init,
        out.rows,
        out.cols,
        op.transposeA ? a.rows : a.cols,
        scratch,
      ])
        code.i32(arg);
      code.f32(op.alpha);
      if (op.rectified) code.i32(1);
      else if (op.gate !== undefined) code.i32(address(op.gate) - address(op.out));
      code.call(kernels(gemmFor(op)));
    },
  },
  blockMatmul: {
    kernels: (op) => [blocksFor(op)],
    scratch(op, tensors) {
      const [a, out] = [tensors[op.a]!, tensors[op.out]!];
      const inner = op.transposeA ? a.rows / op.rowBlocks : a.cols / op.columnBlocks;
      return panelColumns * inner + (out.rows / op.rowBlocks) * paddedColumns(out.cols / op.columnBlocks);
    },
    emit(place, op) {
      const [a, out] = [place.tensor(op.a), place.tensor(op.out)];
      const { rowBlocks, columnBlocks } = op;
      for (const id of [op.a, op.b, op.out]) {
        const { rows, cols, stride } = place.tensor(id);
        for (const arg of [
          place.address(id),
          4 * stride,
          (4 * stride * rows) / rowBlocks,
          (4 * cols) / columnBlocks,
        ])
          place.code.i32(arg);
      }
      const n = out.cols / columnBlocks;
      for (const arg of [
        out.rows / rowBlocks,
        n,
        op.transposeA ? a.rows / rowBlocks : a.cols / columnBlocks,
        rowBlocks,
        columnBlocks,
        place.scratch,
        columnBlocks === 1 || n % 4 === 0 ? 1 : 0,
        keep(op.accumulate),
      ])
        place.code.i32(arg);
      place.code.f32(op.alpha).call(place.kernels(blocksFor(op)));
    },
  },
};
