/** Dropout. */
import type { DropoutOp } from '../../../compiler/tensor-ops/dropout.ts';
import { type Emitters, keep, modeParameter, vectorsIn } from './emitter.ts';

/** By op: its code and what that needs. */
export const dropouts: Emitters<DropoutOp['op']> = {
  dropout: {
    kernels: () => ['dropout'],
    emit(place, { rate, x, draws, out }) {
      for (const arg of [...[x, draws, out].map((id) => place.address(id)), vectorsIn(place.tensor(x))])
        place.code.i32(arg);
      place.code
        .get(modeParameter)
        .f32(rate)
        .f32(1 / (1 - rate))
        .call(place.kernels('dropout'));
    },
  },
  dropoutGrad: {
    kernels: () => ['dropoutGrad'],
    emit(place, { rate, draws, dy, dx, accumulate }) {
      for (const arg of [
        ...[draws, dy, dx].map((id) => place.address(id)),
        vectorsIn(place.tensor(dx)),
        keep(accumulate),
      ])
        place.code.i32(arg);
      place.code
        .f32(rate)
        .f32(1 / (1 - rate))
        .call(place.kernels('dropoutGrad'));
    },
  },
};
