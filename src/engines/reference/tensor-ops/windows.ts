/** Patches, depthwise convolutions and pools, tap by tap. */
import type { WindowOp } from '../../../compiler/tensor-ops/windows.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../../genome/architecture/windows.ts';
import { addTo, clear, fill, type Runners, sum } from './view.ts';

/** visit(window, tap, position under it, or -1). */
function overTaps(windows: Windows, visit: (window: number, tap: number, position: number) => void): void {
  for (let window = 0; window < windowCount(windows); window++)
    for (let tap = 0; tap < tapCount(windows); tap++) visit(window, tap, positionUnder(windows, window, tap));
}

/** visit(row of the example, row of the window, column of the patch, column under it). */
function overPatches(
  windows: Windows,
  groups: number,
  examples: number,
  visit: (i: number, row: number, column: number, from: number | null) => void,
): void {
  const [, , channels] = windows.input;
  const width = channels / groups;
  for (let i = 0; i < examples; i++)
    overTaps(windows, (window, tap, position) => {
      for (let c = 0; c < channels; c++) {
        const column = (Math.floor(c / width) * tapCount(windows) + tap) * width + (c % width);
        const from = position === -1 ? null : position * channels + c;
        visit(i, i * windowCount(windows) + window, column, from);
      }
    });
}

/** By op: how it is run. */
export const windowed: Runners<WindowOp['op']> = {
  patches(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    overPatches(op.windows, op.groups, x.rows, (i, row, column, from) =>
      out.set(row, column, from === null ? 0 : x.get(i, from)),
    );
  },
  patchesGrad(op, view) {
    const [dout, dx] = [view(op.dout), view(op.dx)];
    if (!op.accumulate) clear(dx);
    overPatches(op.windows, op.groups, dx.rows, (i, row, column, from) => {
      if (from !== null) addTo(dx, i, from, dout.get(row, column));
    });
  },
  depthwise(op, view) {
    const [x, weight, out] = [view(op.x), view(op.weight), view(op.out)];
    const bias = op.bias === null ? null : view(op.bias);
    const [, , channels] = op.windows.input;
    fill(out, false, (_, j) => (bias === null ? 0 : bias.get(0, j % channels)));
    for (let i = 0; i < x.rows; i++)
      overTaps(op.windows, (window, tap, position) => {
        if (position === -1) return;
        for (let c = 0; c < channels; c++)
          addTo(
            out,
            i,
            window * channels + c,
            op.alpha * weight.get(tap, c) * x.get(i, position * channels + c),
          );
      });
  },
  depthwiseGrad(op, view) {
    const [x, weight, dy, dx, dweight] = [
      view(op.x),
      view(op.weight),
      view(op.dy),
      view(op.dx),
      view(op.dweight),
    ];
    const [, , channels] = op.windows.input;
    if (!op.accumulate) clear(dx);
    clear(dweight);
    for (let i = 0; i < x.rows; i++)
      overTaps(op.windows, (window, tap, position) => {
        if (position === -1) return;
        for (let c = 0; c < channels; c++) {
          const slope = op.alpha * dy.get(i, window * channels + c);
          addTo(dx, i, position * channels + c, slope * weight.get(tap, c));
          addTo(dweight, tap, c, slope * x.get(i, position * channels + c));
        }
      });
    if (op.dbias !== null)
      fill(view(op.dbias), false, (_, c) =>
        sum(dy.rows, (i) => sum(windowCount(op.windows), (window) => dy.get(i, window * channels + c))),
      );
  },
  pool(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    const [, , channels] = op.windows.input;
    const taps = tapCount(op.windows);
    fill(out, false, (i, j) => {
      const under = (tap: number) =>
        x.get(i, positionUnder(op.windows, Math.floor(j / channels), tap) * channels + (j % channels));
      return op.kind === 'mean'
        ? sum(taps, under) / taps
        : Math.max(...Array.from({ length: taps }, (_, tap) => under(tap)));
    });
  },
  poolGrad(op, view) {
    const [x, y, dy, dx] = [view(op.x), view(op.y), view(op.dy), view(op.dx)];
    const [, , channels] = op.windows.input;
    const taps = tapCount(op.windows);
    if (!op.accumulate) clear(dx);
    for (let i = 0; i < y.rows; i++)
      for (let j = 0; j < y.cols; j++) {
        const columns = Array.from(
          { length: taps },
          (_, tap) => positionUnder(op.windows, Math.floor(j / channels), tap) * channels + (j % channels),
        );
        if (op.kind === 'mean') for (const column of columns) addTo(dx, i, column, dy.get(i, j) / taps);
        else {
          const largest = columns.find((column) => x.get(i, column) === y.get(i, j));
          if (largest !== undefined) addTo(dx, i, largest, dy.get(i, j));
        }
      }
  },
};
