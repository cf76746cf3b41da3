/** Losses, one for each example, and their gradients: those of the mean over the batch. */
import { sizeOfExpression } from '../../tasks/expression.ts';
import { type ObjectiveName, objectives } from '../../tasks/objectives.ts';
import { type Claims, type RecordsOf, type Size, type SizeOf, same, type TensorOpOf } from './record.ts';
import { padded } from './work.ts';

const value = { prediction: 'reads', target: 'reads', loss: 'writes' } as const;
const gradient = { prediction: 'reads', target: 'reads', dprediction: 'writes' } as const;
const operands = {
  softmaxCrossEntropy: { logits: 'reads', target: 'reads', loss: 'writes' },
  softmaxCrossEntropyGrad: { logits: 'reads', target: 'reads', dlogits: 'writes' },
  squaredError: value,
  squaredErrorGrad: gradient,
  logistic: value,
  logisticGrad: gradient,
  linearLoss: value,
  linearLossGrad: { target: 'reads', dprediction: 'writes' },
  objective: value,
  objectiveGrad: gradient,
} as const;
type Of<Name extends keyof typeof operands, Attributes = unknown> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes
>;

/** loss[i, 0] = -log softmax(logits[i])[target[i, 0]], in nats, stable for any finite logits. */
export type SoftmaxCrossEntropy = Of<'softmaxCrossEntropy'>;
/** dlogits = (softmax(logits) - onehot(target)) / rows. */
export type SoftmaxCrossEntropyGrad = Of<'softmaxCrossEntropyGrad'>;
/** loss[i, 0] = mean over columns of (prediction - target)^2. */
export type SquaredError = Of<'squaredError'>;
/** dprediction = 2 (prediction - target) / (rows * cols). */
export type SquaredErrorGrad = Of<'squaredErrorGrad'>;
/** loss[i, 0] = log(1 + exp(s prediction[i, 0])), s = 1 for label 0 and -1 for label 1; exact to rounding however small. */
export type Logistic = Of<'logistic'>;
/** dprediction = s sigmoid(s prediction) / rows. */
export type LogisticGrad = Of<'logisticGrad'>;
/** loss[i, 0] = sum over j of target[i, j] (prediction[i, j] - best[j]). */
export type LinearLoss = Of<'linearLoss', { best: readonly number[] }>;
/** dprediction = target / rows. */
export type LinearLossGrad = Of<'linearLossGrad'>;
/** loss[i, 0] = f(prediction[i]) + sum over j of target[i, j] prediction[i, j]. */
export type Objective = Of<'objective', { objective: ObjectiveName }>;
/** dprediction = (gradient of f at prediction[i] + target[i]) / rows. */
export type ObjectiveGrad = Of<'objectiveGrad', { objective: ObjectiveName }>;

/** The ops of this file. */
export type LossOp =
  | SoftmaxCrossEntropy
  | SoftmaxCrossEntropyGrad
  | SquaredError
  | SquaredErrorGrad
  | Logistic
  | LogisticGrad
  | LinearLoss
  | LinearLossGrad
  | Objective
  | ObjectiveGrad;

const columnOfLosses = (prediction: Size, loss: Size): Claims[number] => [
  'losses are a column',
  same(loss, { rows: prediction.rows, cols: 1 }),
];

/** Claims of a loss whose target is shaped like the prediction, and of the gradient of one. */
const valueFits = (
  { prediction, target, loss }: SquaredError | LinearLoss | Objective,
  size: SizeOf,
): Claims => [
  ['prediction and target agree', same(size(prediction), size(target))],
  columnOfLosses(size(prediction), size(loss)),
];
const gradientFits = (
  { prediction, target, dprediction }: SquaredErrorGrad | LogisticGrad | ObjectiveGrad,
  size: SizeOf,
): Claims => [['all three agree', [target, dprediction].every((id) => same(size(id), size(prediction)))]];

/** Their records. */
export const losses = {
  softmaxCrossEntropy: {
    operands: operands.softmaxCrossEntropy,
    claims: ({ logits, target, loss }, size) => [
      ['there is one label and one loss per example', same(size(target), size(loss))],
      columnOfLosses(size(logits), size(loss)),
    ],
    flops: ({ logits }, size) => 200 * size(logits).rows + 25 * padded(size(logits)),
    adjoint(tape, { logits, target }) {
      const into = tape.contribution(logits)!;
      tape.emit({ op: 'softmaxCrossEntropyGrad', logits, target, dlogits: into.gradient });
    },
  },
  softmaxCrossEntropyGrad: {
    operands: operands.softmaxCrossEntropyGrad,
    claims: ({ logits, target, dlogits }, size) => [
      ['there is one label per example', same(size(target), { rows: size(logits).rows, cols: 1 })],
      ['the gradient has the size of the logits', same(size(dlogits), size(logits))],
    ],
    flops: ({ logits }, size) => 20 * size(logits).rows + 4 * padded(size(logits)),
  },
  squaredError: {
    operands: operands.squaredError,
    claims: valueFits,
    flops: ({ prediction }, size) => 20 * size(prediction).rows + 3 * padded(size(prediction)),
    adjoint(tape, { prediction, target }) {
      const into = tape.contribution(prediction)!;
      tape.emit({ op: 'squaredErrorGrad', prediction, target, dprediction: into.gradient });
    },
  },
  squaredErrorGrad: {
    operands: operands.squaredErrorGrad,
    claims: gradientFits,
    flops: ({ prediction }, size) => 20 * size(prediction).rows + 3 * padded(size(prediction)),
  },
  logistic: {
    operands: operands.logistic,
    claims: ({ prediction, target, loss }, size) => [
      [
        'prediction, label and loss are columns',
        [prediction, target, loss].every((id) => size(id).cols === 1),
      ],
      ['all three agree', [target, loss].every((id) => same(size(id), size(prediction)))],
    ],
    flops: ({ prediction }, size) => 160 * size(prediction).rows,
    adjoint(tape, { prediction, target }) {
      const into = tape.contribution(prediction)!;
      tape.emit({ op: 'logisticGrad', prediction, target, dprediction: into.gradient });
    },
  },
  logisticGrad: {
    operands: operands.logisticGrad,
    claims: gradientFits,
    flops: ({ prediction }, size) => 160 * size(prediction).rows,
  },
  linearLoss: {
    operands: operands.linearLoss,
    claims: (op, size) => [
      ...valueFits(op, size),
      ['the best prediction has as many outputs', op.best.length === size(op.prediction).cols],
    ],
    flops: ({ prediction }, size) => 20 * size(prediction).rows + 3 * padded(size(prediction)),
    adjoint(tape, { prediction, target }) {
      const into = tape.contribution(prediction)!;
      tape.emit({ op: 'linearLossGrad', target, dprediction: into.gradient });
    },
  },
  linearLossGrad: {
    operands: operands.linearLossGrad,
    claims: ({ target, dprediction }, size) => [
      ['target and gradient agree', same(size(target), size(dprediction))],
    ],
    flops: ({ dprediction }, size) => padded(size(dprediction)),
  },
  objective: {
    operands: operands.objective,
    claims: valueFits,
    flops: ({ objective, prediction }, size) =>
      100 * size(prediction).rows * (1 + sizeOfExpression(objectives[objective].value)),
    adjoint(tape, { objective, prediction, target }) {
      const into = tape.contribution(prediction)!;
      tape.emit({ op: 'objectiveGrad', objective, prediction, target, dprediction: into.gradient });
    },
  },
  objectiveGrad: {
    operands: operands.objectiveGrad,
    claims: gradientFits,
    flops: ({ objective, prediction }, size) =>
      objectives[objective].gradient.reduce(
        (total, partial) => total + 100 * size(prediction).rows * (1 + sizeOfExpression(partial)),
        0,
      ),
  },
} as const satisfies RecordsOf<LossOp>;
