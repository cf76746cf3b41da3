/** Losses of each example, and the gradients of their mean. */
import type { LossOp } from '../../../compiler/tensor-ops/losses.ts';
import { exp, log, log1p } from '../../../numerics/elementary.ts';
import { evaluateExpression } from '../../../tasks/expression.ts';
import { objectives } from '../../../tasks/objectives.ts';
import { fill, type Runners, sigmoid, sum, type View } from './view.ts';

/** log of the softmax of row i at column k. The largest logit goes first, so that large logits do not round the logarithm away. */
function logSoftmax(x: View, i: number, k: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < x.cols; j++) largest = Math.max(largest, x.get(i, j));
  return x.get(i, k) - largest - log(sum(x.cols, (j) => exp(x.get(i, j) - largest)));
}

/** By op: how it is run. */
export const losses: Runners<LossOp['op']> = {
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
