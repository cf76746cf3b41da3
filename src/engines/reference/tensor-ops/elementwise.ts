/** Activations, sums and products, element by element. */
import type { ElementwiseOp } from '../../../compiler/tensor-ops/elementwise.ts';
import type { ActivationName } from '../../../genome/architecture/ops.ts';
import { cos, exp, log, sin, tanh } from '../../../numerics/elementary.ts';
import { fill, type Runners, sigmoid } from './view.ts';

const geluSlope = Math.sqrt(2 / Math.PI);
const geluInner = (x: number) => geluSlope * (x + 0.044715 * x * x * x);

/** Each activation with its derivative at x, where y is the activation there. */
const activations = {
  relu: [(x) => (x > 0 ? x : 0), (x) => (x > 0 ? 1 : 0)],
  leakyRelu: [(x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
  gelu: [
    (x) => 0.5 * x * (1 + tanh(geluInner(x))),
    (x) => {
      const t = tanh(geluInner(x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluSlope * (1 + 3 * 0.044715 * x * x);
    },
  ],
  silu: [(x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))],
  tanh: [(x) => tanh(x), (_x, y) => 1 - y * y],
  sigmoid: [sigmoid, (_x, y) => y * (1 - y)],
  softplus: [(x) => Math.max(x, 0) + log(1 + exp(-Math.abs(x))), (x) => sigmoid(x)],
  sin: [(x) => sin(x), (x) => cos(x)],
  abs: [(x) => Math.abs(x), (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  square: [(x) => x * x, (x) => 2 * x],
  identity: [(x) => x, () => 1],
} as const satisfies Record<
  ActivationName,
  readonly [(x: number) => number, (x: number, y: number) => number]
>;

/** By op: how it is run. */
export const elementwise: Runners<ElementwiseOp['op']> = {
  unary(op, view) {
    const [f] = activations[op.fn];
    const x = view(op.x);
    fill(view(op.out), false, (i, j) => f(x.get(i, j)));
  },
  unaryGrad(op, view) {
    const derivative: (x: number, y: number) => number = activations[op.fn][1];
    const [x, y, dy] = [view(op.x), view(op.y), view(op.dy)];
    fill(view(op.dx), op.accumulate, (i, j) => dy.get(i, j) * derivative(x.get(i, j), y.get(i, j)));
  },
  add(op, view) {
    const [a, b] = [view(op.a), view(op.b)];
    fill(view(op.out), false, (i, j) => a.get(i, j) + b.get(i, j));
  },
  multiply(op, view) {
    const [a, b] = [view(op.a), view(op.b)];
    fill(view(op.out), op.accumulate, (i, j) => a.get(i, j) * b.get(i, j));
  },
};
