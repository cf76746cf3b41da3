/** Tables of a genome that kernels over positions read: where windows lie, in bytes within an example's row. */
import type { Tensor, TensorOp } from '../../compiler/program.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';

export interface Table {
  readonly address: number;
  readonly values: Int32Array;
}

/** Words of a run: from, into, count. */
export const runWords = 3;

export function tableOf(op: TensorOp, tensors: readonly Tensor[]): Int32Array | null {
  switch (op.op) {
    case 'reshape':
      return reshapeRuns(tensors[op.x]!, tensors[op.out]!);
    case 'patches':
      return patchRuns(op.windows, op.groups, tensors[op.out]!.stride, false);
    case 'patchesGrad':
      return patchRuns(op.windows, op.groups, tensors[op.dout]!.stride, true);
    case 'depthwise':
    case 'depthwiseGrad':
    case 'pool':
    case 'poolGrad':
      return offsetsUnder(op.windows);
    default:
      return null;
  }
}

/** Runs of numbers; one that goes on where the last one ended, on both sides, is part of it. */
function createRuns() {
  const runs: [from: number, into: number, count: number][] = [];
  return {
    add(from: number, into: number, count: number) {
      const last = runs.at(-1);
      if (last !== undefined && last[0] + last[2] === from && last[1] + last[2] === into) last[2] += count;
      else runs.push([from, into, count]);
    },
    table: () => Int32Array.from(runs.flatMap(([from, into, count]) => [4 * from, 4 * into, count])),
  };
}

/** Rows of the finer side lie in one row of the coarser. */
function reshapeRuns(x: Tensor, out: Tensor): Int32Array {
  const runs = createRuns();
  const fine = x.rows > out.rows ? x : out;
  for (let row = 0; row < fine.rows / Math.min(x.rows, out.rows); row++) {
    const [apart, joined] = [row * fine.stride, row * fine.cols];
    if (fine === x) runs.add(apart, joined, fine.cols);
    else runs.add(joined, apart, fine.cols);
  }
  return runs.table();
}

function patchRuns(windows: Windows, groups: number, stride: number, back: boolean): Int32Array {
  const runs = createRuns();
  const [, , channels] = windows.input;
  const [taps, width] = [tapCount(windows), channels / groups];
  for (let window = 0; window < windowCount(windows); window++)
    for (let group = 0; group < groups; group++)
      for (let tap = 0; tap < taps; tap++) {
        const position = positionUnder(windows, window, tap);
        if (position === -1) continue;
        const inExample = position * channels + group * width;
        const inPatch = window * stride + (group * taps + tap) * width;
        if (back) runs.add(inPatch, inExample, width);
        else runs.add(inExample, inPatch, width);
      }
  return runs.table();
}

function offsetsUnder(windows: Windows): Int32Array {
  const taps = tapCount(windows);
  return Int32Array.from({ length: windowCount(windows) * taps }, (_, i) => {
    const position = positionUnder(windows, Math.floor(i / taps), i % taps);
    return position === -1 ? -1 : 4 * position * windows.input[2];
  });
}
