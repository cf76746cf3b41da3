/** Ops over positions, batches and blocks as plain loops in float64. */
import type { PositionOpName } from '../../compiler/program.ts';
import { positionUnder, tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';
import { exp } from '../../numerics/elementary.ts';
import { fillNoise } from '../noise.ts';
import { addTo, fill, type Runners, sum, type View } from './view.ts';

const batchNormMomentum = 0.1;
const epsilon = 1e-5;
const square = (a: number) => a * a;

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

const clear = (view: View) => fill(view, false, () => 0);

/** The row of an embedding's table that x asks for. */
const tokenOf = (x: number, tokens: number) => (x > 0 ? Math.min(Math.floor(x), tokens - 1) : 0);

export const positionRunners: Runners<PositionOpName> = {
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
  reshape(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    fill(out, op.accumulate, (i, j) => {
      const index = i * out.cols + j;
      return x.get(Math.floor(index / x.cols), index % x.cols);
    });
  },
  addRow(op, view) {
    const [x, row] = [view(op.x), view(op.row)];
    fill(view(op.out), false, (i, j) => x.get(i, j) + row.get(0, j));
  },
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
  batchNorm(op, view, pass) {
    const [x, gain, bias, running, stats] = [op.x, op.gain, op.bias, op.running, op.stats].map(view) as [
      View,
      View,
      View,
      View,
      View,
    ];
    const c = op.channels;
    const groups = x.cols / c;
    const n = x.rows * groups;
    for (let k = 0; k < c; k++) {
      const mean =
        pass.mode === 'measure'
          ? running.get(0, k)
          : sum(x.rows, (i) => sum(groups, (g) => x.get(i, g * c + k))) / n;
      const squares = sum(x.rows, (i) => sum(groups, (g) => square(x.get(i, g * c + k) - mean)));
      const variance = pass.mode === 'measure' ? running.get(1, k) : squares / n;
      if (pass.mode === 'train') {
        const move = (row: number, to: number) =>
          running.set(row, k, (1 - batchNormMomentum) * running.get(row, k) + batchNormMomentum * to);
        move(0, mean);
        move(1, squares / Math.max(n - 1, 1));
      }
      stats.set(0, k, mean);
      stats.set(1, k, 1 / Math.sqrt(variance + epsilon));
    }
    fill(view(op.out), false, (i, j) => {
      const k = j % c;
      return gain.get(0, k) * (x.get(i, j) - stats.get(0, k)) * stats.get(1, k) + bias.get(0, k);
    });
  },
  batchNormGrad(op, view) {
    const [x, gain, stats, dy] = [view(op.x), view(op.gain), view(op.stats), view(op.dy)];
    const [dgain, dbias] = [view(op.dgain), view(op.dbias)];
    const c = op.channels;
    const groups = x.cols / c;
    const n = x.rows * groups;
    const xhat = (i: number, j: number) => (x.get(i, j) - stats.get(0, j % c)) * stats.get(1, j % c);
    const overAll = (term: (i: number, g: number) => number) =>
      sum(x.rows, (i) => sum(groups, (g) => term(i, g)));
    fill(dgain, false, (_, k) => overAll((i, g) => dy.get(i, g * c + k) * xhat(i, g * c + k)));
    fill(dbias, false, (_, k) => overAll((i, g) => dy.get(i, g * c + k)));
    fill(view(op.dx), op.accumulate, (i, j) => {
      const k = j % c;
      const centred = dy.get(i, j) - dbias.get(0, k) / n - (xhat(i, j) * dgain.get(0, k)) / n;
      return gain.get(0, k) * stats.get(1, k) * centred;
    });
  },
  dropout(op, view, pass) {
    const [x, draws] = [view(op.x), view(op.draws)];
    if (pass.mode === 'train') {
      const noise = new Float64Array(x.rows * x.cols);
      fillNoise('uniform', pass.noise('dropout'), pass.t, op.site, x, noise);
      fill(draws, false, (i, j) => noise[i * x.cols + j]!);
    }
    fill(view(op.out), false, (i, j) =>
      pass.mode === 'measure' ? x.get(i, j) : draws.get(i, j) >= op.rate ? x.get(i, j) / (1 - op.rate) : 0,
    );
  },
  dropoutGrad(op, view) {
    const [draws, dy] = [view(op.draws), view(op.dy)];
    fill(view(op.dx), op.accumulate, (i, j) =>
      draws.get(i, j) >= op.rate ? dy.get(i, j) / (1 - op.rate) : 0,
    );
  },
  softmax(op, view) {
    const [x, out] = [view(op.x), view(op.out)];
    const { columns, period } = op;
    fill(out, false, (i, j) => {
      const seen = period === 0 ? columns : (i % period) + 1;
      const first = j - (j % columns);
      if (j - first >= seen) return 0;
      const logits = Array.from({ length: seen }, (_, k) => x.get(i, first + k));
      const largest = Math.max(...logits);
      return exp(x.get(i, j) - largest) / sum(seen, (k) => exp(logits[k]! - largest));
    });
  },
  softmaxGrad(op, view) {
    const [y, dy] = [view(op.y), view(op.dy)];
    fill(view(op.dx), op.accumulate, (i, j) => {
      const first = j - (j % op.columns);
      const projection = sum(op.columns, (k) => y.get(i, first + k) * dy.get(i, first + k));
      return y.get(i, j) * (dy.get(i, j) - projection);
    });
  },
  embed(op, view) {
    const [x, table] = [view(op.x), view(op.table)];
    fill(view(op.out), false, (i, j) =>
      table.get(tokenOf(x.get(i, Math.floor(j / table.cols)), table.rows), j % table.cols),
    );
  },
  embedGrad(op, view) {
    const [x, dy, dtable] = [view(op.x), view(op.dy), view(op.dtable)];
    clear(dtable);
    for (let i = 0; i < dy.rows; i++)
      for (let j = 0; j < dy.cols; j++) {
        const token = tokenOf(x.get(i, Math.floor(j / dtable.cols)), dtable.rows);
        addTo(dtable, token, j % dtable.cols, dy.get(i, j));
      }
  },
};
