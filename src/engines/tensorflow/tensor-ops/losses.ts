/** Losses of each example. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { LossOp } from '../../../compiler/tensor-ops/losses.ts';
import type { Expression } from '../../../tasks/expression.ts';
import { objectives } from '../../../tasks/objectives.ts';
import { differentiated, get, type Runners, set, type TfModule } from '../pass.ts';

/** A formula over columns; TensorFlow differentiates it, and its own symbolic gradient is not used. */
function formula(tf: TfModule, e: Expression, column: (index: number) => Tf.Tensor): Tf.Tensor {
  const value = (part: Expression) => formula(tf, part, column);
  switch (e.kind) {
    case 'constant':
      return tf.scalar(e.value);
    case 'variable':
      return column(e.index);
    case 'add':
      return tf.add(value(e.a), value(e.b));
    case 'subtract':
      return tf.sub(value(e.a), value(e.b));
    case 'multiply':
      return tf.mul(value(e.a), value(e.b));
    case 'sin':
      return tf.sin(value(e.a));
    case 'cos':
      return tf.cos(value(e.a));
  }
}

/** By op: how it is run. */
export const losses: Runners<LossOp['op']> = {
  softmaxCrossEntropy(tf, pass, op) {
    const logits = get(pass, op.logits);
    const classes = tf.cast(tf.reshape(get(pass, op.target), [-1]), 'int32');
    const chosen = tf.oneHot(classes, logits.shape[1]!);
    set(pass, op.loss, tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), chosen), 1, true)));
  },
  softmaxCrossEntropyGrad: differentiated,
  squaredError: (tf, pass, op) =>
    set(pass, op.loss, tf.mean(tf.square(tf.sub(get(pass, op.prediction), get(pass, op.target))), 1, true)),
  squaredErrorGrad: differentiated,
  // log(1 + exp(s z)) with s = 1 for label 0 and -1 for label 1.
  logistic(tf, pass, op) {
    const sign = tf.sub(1, tf.mul(2, get(pass, op.target)));
    set(pass, op.loss, tf.softplus(tf.mul(sign, get(pass, op.prediction))));
  },
  logisticGrad: differentiated,
  linearLoss(tf, pass, op) {
    const regret = tf.sub(get(pass, op.prediction), tf.tensor2d([...op.best], [1, op.best.length]));
    set(pass, op.loss, tf.sum(tf.mul(get(pass, op.target), regret), 1, true));
  },
  linearLossGrad: differentiated,
  objective(tf, pass, op) {
    const prediction = get(pass, op.prediction);
    const rows = prediction.shape[0]!;
    const value = formula(tf, objectives[op.objective].value, (index) =>
      tf.slice(prediction, [0, index], [rows, 1]),
    );
    const noise = tf.sum(tf.mul(get(pass, op.target), prediction), 1, true);
    set(pass, op.loss, tf.add(value, noise));
  },
  objectiveGrad: differentiated,
};
