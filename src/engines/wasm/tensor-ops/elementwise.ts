/** Activations, sums and products, element by element. */
import type { ElementwiseOp, UnaryGrad } from '../../../compiler/tensor-ops/elementwise.ts';
import { partedActivations } from '../activation-kernels.ts';
import type { FusedOp, FusedUnary } from '../fused-ops.ts';
import { call, type Emitters, keep, vectorsIn } from './emitter.ts';

const unaryFor = ({ fn, slope }: FusedUnary) => (slope === undefined ? `unary_${fn}` : `unarySlope_${fn}`);

/** y = f(x), whatever f. */
export const isActivation = (op: FusedOp): op is FusedUnary => op.op === 'unary';

/** y = relu(x). */
export const isRectifier = (op: FusedOp): op is FusedUnary => isActivation(op) && op.fn === 'relu';

/** dx = dy relu'(x). */
export const isRectifierGrad = (op: FusedOp): op is UnaryGrad => op.op === 'unaryGrad' && op.fn === 'relu';

/** dx = dy f'(x) of an f whose slope costs little beside its value. */
export const hasCheapSlope = (op: FusedOp): op is UnaryGrad =>
  op.op === 'unaryGrad' && partedActivations.has(op.fn);

/** By op: its code and what that needs. */
export const elementwise: Emitters<ElementwiseOp['op']> = {
  unary: {
    kernels: (op) => [unaryFor(op)],
    emit(place, op) {
      const ids = op.slope === undefined ? [op.x, op.out] : [op.x, op.out, op.slope];
      call(place, unaryFor(op), ...ids.map((id) => place.address(id)), vectorsIn(place.tensor(op.x)));
    },
  },
  unaryGrad: {
    kernels: ({ fn }) => [`unaryGrad_${fn}`],
    emit: (place, { fn, x, y, dy, dx, accumulate }) =>
      call(
        place,
        `unaryGrad_${fn}`,
        place.address(x),
        place.address(y),
        place.address(dy),
        place.address(dx),
        vectorsIn(place.tensor(x)),
        keep(accumulate),
      ),
  },
  add: {
    kernels: () => ['add'],
    emit: (place, { a, b, out }) =>
      call(
        place,
        'add',
        place.address(a),
        place.address(b),
        place.address(out),
        vectorsIn(place.tensor(out)),
      ),
  },
  multiply: {
    kernels: () => ['multiply'],
    emit: (place, { a, b, out, accumulate }) =>
      call(
        place,
        'multiply',
        place.address(a),
        place.address(b),
        place.address(out),
        vectorsIn(place.tensor(out)),
        keep(accumulate),
      ),
  },
};
