/** Tables of a genome that kernels over positions read: where windows lie, in bytes within an example's row. */
import type { Tensor } from '../../compiler/program.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';

/** A table where it lies in memory. */
export interface Table {
  readonly address: number;
  readonly values: Int32Array;
}

/** Words of a run: from, into, count. */
export const runWords = 3;

/** Collects runs of numbers to copy. A run that continues the one before, on both sides, is merged with it. */
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

/** What a reshape copies in one row of the coarser side. Rows of the finer side lie in one row of it. */
export function reshapeRuns(x: Tensor, out: Tensor): Int32Array {
  const runs = createRuns();
  const fine = x.rows > out.rows ? x : out;
  for (let row = 0; row < fine.rows / Math.min(x.rows, out.rows); row++) {
    const [apart, joined] = [row * fine.stride, row * fine.cols];
    if (fine === x) runs.add(apart, joined, fine.cols);
    else runs.add(joined, apart, fine.cols);
  }
  return runs.table();
}

/** What lies under the windows of one example and its place in their patches, whose rows are `stride` apart; `back` goes from the patches. */
export function patchRuns(
  windows: Windows,
  groups: number,
  stride: number,
  way: 'into' | 'back',
): Int32Array {
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
        if (way === 'back') runs.add(inPatch, inExample, width);
        else runs.add(inExample, inPatch, width);
      }
  return runs.table();
}

/** Byte offset in an example's row of what lies under each tap of each window, -1 for padding. */
export function offsetsUnder(windows: Windows): Int32Array {
  const taps = tapCount(windows);
  return Int32Array.from({ length: windowCount(windows) * taps }, (_, i) => {
    const position = positionUnder(windows, Math.floor(i / taps), i % taps);
    return position === -1 ? -1 : 4 * position * windows.input[2];
  });
}
