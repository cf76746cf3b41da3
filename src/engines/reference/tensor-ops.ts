/** Every tensor op as a plain loop in float64, as short as it can be read: the oracle for the other engines. */
import type { Program, TensorId, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { ActivationName } from '../../genome/architecture/ops.ts';
import { cos, exp, log, log1p, sin, tanh } from '../../numerics/elementary.ts';
import { evaluateExpression } from '../../tasks/expression.ts';
import { objectives } from '../../tasks/objectives.ts';
import type { ForwardPass } from '../engine.ts';
import { positionRunners } from './position-ops.ts';
import { fill, type Runners, sum, type View, viewOf } from './view.ts';

const geluSlope = Math.sqrt(2 / Math.PI);
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)));
const geluInner = (x: number) => geluSlope * (x + 0.044715 * x * x * x);

/** Each activation with its derivative at x, where y is the activation there. */
export const activations = {
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

export const normEpsilon = 1e-5;

/** log of the softmax of row i at column k. The largest logit goes first, so that large logits do not round the logarithm away. */
function logSoftmax(x: View, i: number, k: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < x.cols; j++) largest = Math.max(largest, x.get(i, j));
  return x.get(i, k) - largest - log(sum(x.cols, (j) => exp(x.get(i, j) - largest)));
}

const runners: Runners<TensorOpName> = {
  ...positionRunners,
  matmul(op, view) {
    const [a, b, out] = [view(op.a), view(op.b), view(op.out)];
    const bias = op.bias === null ? null : view(op.bias);
    const inner = op.transposeA ? a.rows : a.cols;
    const left = op.transposeA ? (i: number, k: number) => a.get(k, i) : a.get;
    const right = op.transposeB ? (k: number, j: number) => b.get(j, k) : b.get;
    fill(
      out,
      op.accumulate,
      (i, j) => (bias === null ? 0 : bias.get(0, j)) + op.alpha * sum(inner, (k) => left(i, k) * right(k, j)),
    );
  },
  columnSum(op, view) {
    const x = view(op.x);
    fill(view(op.out), false, (_, j) => sum(x.rows, (i) => x.get(i, j)));
  },
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
  copyColumns(op, view) {
    const [from, into] = [view(op.from), view(op.into)];
    for (let i = 0; i < into.rows; i++) {
      for (let j = 0; j < op.columns; j++)
        into.set(
          i,
          op.intoColumn + j,
          (op.accumulate ? into.get(i, op.intoColumn + j) : 0) + from.get(i, op.fromColumn + j),
        );
    }
  },
  norm(op, view) {
    const [x, gain, stats, out] = [view(op.x), view(op.gain), view(op.stats), view(op.out)];
    const bias = op.bias === null ? null : view(op.bias);
    const c = op.channels;
    for (let i = 0; i < x.rows; i++) {
      for (let g = 0; g < x.cols / c; g++) {
        const at = (k: number) => x.get(i, g * c + k);
        const mean = op.kind === 'layer' ? sum(c, at) / c : 0;
        const inverse = 1 / Math.sqrt(sum(c, (k) => (at(k) - mean) * (at(k) - mean)) / c + normEpsilon);
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
  softmaxCrossEntropy(op, view) {
    const [logits, target] = [view(op.logits), view(op.target)];
    fill(view(op.loss), false, (i) => -logSoftmax(logits, i, target.get(i, 0)));
  },
  softmaxCrossEntropyGrad(op, view) {
    const [logits, target] = [view(op.logits), view(op.target)];
    fill(
      view(op.dlogits),
      false,
      (i, j) => (exp(logSoftmax(logits, i, j)) - (target.get(i, 0) === j ? 1 : 0)) / logits.rows,
    );
  },
  squaredError(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    const error = (i: number, j: number) => p.get(i, j) - target.get(i, j);
    fill(view(op.loss), false, (i) => sum(p.cols, (j) => error(i, j) * error(i, j)) / p.cols);
  },
  squaredErrorGrad(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    fill(view(op.dprediction), false, (i, j) => (2 * (p.get(i, j) - target.get(i, j))) / (p.rows * p.cols));
  },
  logistic(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    fill(view(op.loss), false, (i) => {
      const z = (1 - 2 * target.get(i, 0)) * p.get(i, 0);
      return Math.max(z, 0) + log1p(exp(-Math.abs(z)));
    });
  },
  logisticGrad(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    fill(view(op.dprediction), false, (i) => {
      const sign = 1 - 2 * target.get(i, 0);
      return (sign * sigmoid(sign * p.get(i, 0))) / p.rows;
    });
  },
  linearLoss(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    fill(view(op.loss), false, (i) => sum(p.cols, (j) => target.get(i, j) * (p.get(i, j) - op.best[j]!)));
  },
  linearLossGrad(op, view) {
    const target = view(op.target);
    fill(view(op.dprediction), false, (i, j) => target.get(i, j) / target.rows);
  },
  objective(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    const { value } = objectives[op.objective];
    fill(
      view(op.loss),
      false,
      (i) =>
        evaluateExpression(value, (j) => p.get(i, j)) + sum(p.cols, (j) => target.get(i, j) * p.get(i, j)),
    );
  },
  objectiveGrad(op, view) {
    const [p, target] = [view(op.prediction), view(op.target)];
    const { gradient } = objectives[op.objective];
    fill(
      view(op.dprediction),
      false,
      (i, j) => (evaluateExpression(gradient[j]!, (k) => p.get(i, k)) + target.get(i, j)) / p.rows,
    );
  },
};

/** A program's op list made ready to run on an arena. */
export function tensorOpRunner(
  program: Program,
  arena: Float64Array,
): (ops: readonly TensorOp[], pass: ForwardPass) => void {
  const views = program.tensors.map((tensor) => viewOf(arena, tensor));
  const view = (id: TensorId) => views[id]!;
  return (ops, pass) => {
    for (const op of ops)
      (runners[op.op] as (op: TensorOp, view: (id: TensorId) => View, pass: ForwardPass) => void)(
        op,
        view,
        pass,
      );
  };
}
