/** Norms and gains of channels. */
import type { NormOp } from '../../../compiler/tensor-ops/norms.ts';
import { fill, type Runners, sum, type View } from './view.ts';

const batchNormMomentum = 0.1;
const epsilon = 1e-5;
const square = (a: number) => a * a;

/** By op: how it is run. */
export const norms: Runners<NormOp['op']> = {
  norm(op, view) {
    const [x, gain, stats, out] = [view(op.x), view(op.gain), view(op.stats), view(op.out)];
    const bias = op.bias === null ? null : view(op.bias);
    const c = op.channels;
    for (let i = 0; i < x.rows; i++) {
      for (let g = 0; g < x.cols / c; g++) {
        const at = (k: number) => x.get(i, g * c + k);
        const mean = op.kind === 'layer' ? sum(c, at) / c : 0;
        const inverse = 1 / Math.sqrt(sum(c, (k) => (at(k) - mean) * (at(k) - mean)) / c + epsilon);
        stats.set(i, 2 * g, mean);
        stats.set(i, 2 * g + 1, inverse);
        for (let k = 0; k < c; k++)
          out.set(
            i,
            g * c + k,
            gain.get(0, k) * (at(k) - mean) * inverse + (bias === null ? 0 : bias.get(0, k)),
          );
      }
    }
  },
  normGrad(op, view) {
    const [x, gain, stats, dy, dx] = [view(op.x), view(op.gain), view(op.stats), view(op.dy), view(op.dx)];
    const c = op.channels;
    const groups = x.cols / c;
    const xhat = (i: number, g: number, k: number) =>
      (x.get(i, g * c + k) - stats.get(i, 2 * g)) * stats.get(i, 2 * g + 1);
    const overAll = (term: (i: number, g: number) => number) =>
      sum(x.rows, (i) => sum(groups, (g) => term(i, g)));
    fill(view(op.dgain), false, (_, k) => overAll((i, g) => dy.get(i, g * c + k) * xhat(i, g, k)));
    if (op.dbias !== null) fill(view(op.dbias), false, (_, k) => overAll((i, g) => dy.get(i, g * c + k)));
    for (let i = 0; i < x.rows; i++) {
      for (let g = 0; g < groups; g++) {
        const dhat = (k: number) => dy.get(i, g * c + k) * gain.get(0, k);
        const meanDhat = op.kind === 'layer' ? sum(c, dhat) / c : 0;
        const projection = sum(c, (k) => dhat(k) * xhat(i, g, k)) / c;
        for (let k = 0; k < c; k++) {
          const value = stats.get(i, 2 * g + 1) * (dhat(k) - meanDhat - xhat(i, g, k) * projection);
          dx.set(i, g * c + k, (op.accumulate ? dx.get(i, g * c + k) : 0) + value);
        }
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
  channelScale(op, view) {
    const [x, gain] = [view(op.x), view(op.gain)];
    fill(view(op.out), false, (i, j) => x.get(i, j) * gain.get(0, j % op.channels));
  },
  channelScaleGrad(op, view) {
    const [x, gain, dy] = [view(op.x), view(op.gain), view(op.dy)];
    const groups = x.cols / op.channels;
    fill(view(op.dgain), false, (_, k) =>
      sum(x.rows, (i) => sum(groups, (g) => dy.get(i, g * op.channels + k) * x.get(i, g * op.channels + k))),
    );
    fill(view(op.dx), op.accumulate, (i, j) => dy.get(i, j) * gain.get(0, j % op.channels));
  },
};
