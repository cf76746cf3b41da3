/** Patches, depthwise convolutions and pools. Kernels that add get a cleared place first where they are to overwrite. */
import type { WindowOp } from '../../../compiler/tensor-ops/windows.ts';
import { tapCount, type Windows, windowCount } from '../../../genome/architecture/windows.ts';
import { offsetsUnder, patchRuns, runWords } from '../tables.ts';
import { call, clear, type Emitters } from './emitter.ts';

/** The last arguments of kernels over windows. */
const windowArguments = (windows: Windows, examples: number, table: number) => [
  examples,
  table,
  windowCount(windows),
  tapCount(windows),
  windows.input[2],
];

/** By op: its code and what that needs. */
export const windowed: Emitters<WindowOp['op']> = {
  patches: {
    kernels: () => ['copyRuns'],
    table: ({ windows, groups, out }, tensors) => patchRuns(windows, groups, tensors[out]!.stride, 'into'),
    emit(place, op) {
      const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
      const { address, values } = place.table(op);
      call(
        place,
        'copyRuns',
        place.address(op.x),
        4 * x.stride,
        place.address(op.out),
        4 * out.stride * windowCount(op.windows),
        x.rows,
        address,
        values.length / runWords,
      );
    },
  },
  patchesGrad: {
    kernels: () => ['clear', 'addRuns'],
    table: ({ windows, groups, dout }, tensors) => patchRuns(windows, groups, tensors[dout]!.stride, 'back'),
    emit(place, op) {
      const [dout, dx] = [place.tensor(op.dout), place.tensor(op.dx)];
      const { address, values } = place.table(op);
      if (!op.accumulate) clear(place, op.dx);
      call(
        place,
        'addRuns',
        place.address(op.dout),
        4 * dout.stride * windowCount(op.windows),
        place.address(op.dx),
        4 * dx.stride,
        dx.rows,
        address,
        values.length / runWords,
      );
    },
  },
  depthwise: {
    kernels: () => ['depthwise'],
    table: ({ windows }) => offsetsUnder(windows),
    emit(place, op) {
      const [x, weight, out] = [place.tensor(op.x), place.tensor(op.weight), place.tensor(op.out)];
      for (const arg of [
        place.address(op.x),
        4 * x.stride,
        place.address(op.weight),
        4 * weight.stride,
        place.address(op.bias),
        place.address(op.out),
        4 * out.stride,
        ...windowArguments(op.windows, x.rows, place.table(op).address),
      ])
        place.code.i32(arg);
      place.code.f32(op.alpha).call(place.kernels('depthwise'));
    },
  },
  depthwiseGrad: {
    kernels: () => ['clear', 'depthwiseGrad'],
    table: ({ windows }) => offsetsUnder(windows),
    emit(place, op) {
      const [x, weight, dy] = [place.tensor(op.x), place.tensor(op.weight), place.tensor(op.dy)];
      if (!op.accumulate) clear(place, op.dx);
      clear(place, op.dweight);
      if (op.dbias !== null) clear(place, op.dbias);
      for (const arg of [
        place.address(op.x),
        4 * x.stride,
        place.address(op.weight),
        4 * weight.stride,
        place.address(op.dy),
        4 * dy.stride,
        place.address(op.dx),
        place.address(op.dweight),
        place.address(op.dbias),
        ...windowArguments(op.windows, x.rows, place.table(op).address),
      ])
        place.code.i32(arg);
      place.code.f32(op.alpha).call(place.kernels('depthwiseGrad'));
    },
  },
  pool: {
    kernels: ({ kind }) => [`pool_${kind}`],
    table: ({ windows }) => offsetsUnder(windows),
    emit(place, op) {
      const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
      call(
        place,
        `pool_${op.kind}`,
        place.address(op.x),
        4 * x.stride,
        place.address(op.out),
        4 * out.stride,
        ...windowArguments(op.windows, x.rows, place.table(op).address),
      );
    },
  },
  poolGrad: {
    kernels: ({ kind }) => ['clear', `poolGrad_${kind}`],
    table: ({ windows }) => offsetsUnder(windows),
    emit(place, op) {
      const [x, y] = [place.tensor(op.x), place.tensor(op.y)];
      if (!op.accumulate) clear(place, op.dx);
      call(
        place,
        `poolGrad_${op.kind}`,
        place.address(op.x),
        4 * x.stride,
        place.address(op.y),
        place.address(op.dy),
        4 * y.stride,
        place.address(op.dx),
        ...windowArguments(op.windows, x.rows, place.table(op).address),
      );
    },
  },
};
