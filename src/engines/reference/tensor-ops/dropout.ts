/** Dropout. */
import type { DropoutOp } from '../../../compiler/tensor-ops/dropout.ts';
import { fillNoise } from '../../noise.ts';
import { fill, type Runners } from './view.ts';

/** By op: how it is run. */
export const dropouts: Runners<DropoutOp['op']> = {
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
};
