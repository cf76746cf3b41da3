/**
 * The forward list as TensorFlow ops, each written so that TensorFlow can differentiate it: gradients are its own, and our backward list is not read. A tensor is a matrix
 * without padding; nothing is overwritten, a later value of the same tensor takes the place of the earlier.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { ActivationName } from '../../genome/architecture/ops.ts';
import type { Expression } from '../../tasks/expression.ts';
import { objectives } from '../../tasks/objectives.ts';
import type { ForwardPass } from '../engine.ts';
import {
  differentiated,
  get,
  grouped,
  type Memory,
  type Pass,
  type Runner,
  recall,
  set,
  type TfModule,
} from './pass.ts';
import { positionRunners } from './position-ops.ts';

const normEpsilon = 1e-5;
const geluSlope = 0.7978845608028654; // sqrt(2 / pi)

const activations = {
  relu: (tf, x) => tf.relu(x),
  leakyRelu: (tf, x) => tf.leakyRelu(x, 0.01),
  gelu: (tf, x) => {
    const inner = tf.mul(geluSlope, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  },
  silu: (tf, x) => tf.mul(x, tf.sigmoid(x)),
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  softplus: (tf, x) => tf.softplus(x),
  sin: (tf, x) => tf.sin(x),
  // The derivative at 0 is 0 here; that of TensorFlow.js's own abs is -1.
  abs: (tf, x) => tf.mul(x, tf.sign(x)),
  square: (tf, x) => tf.square(x),
  identity: (_tf, x) => x,
} as const satisfies Record<ActivationName, (tf: TfModule, x: Tf.Tensor) => Tf.Tensor>;

const runners = {
  ...positionRunners,
  matmul(tf, pass, op) {
    const product = tf.matMul(get(pass, op.a), get(pass, op.b), op.transposeA, op.transposeB);
    const scaled = op.alpha === 1 ? product : tf.mul(product, op.alpha);
    const under = op.accumulate ? get(pass, op.out) : op.bias === null ? null : get(pass, op.bias);
    set(pass, op.out, under === null ? scaled : tf.add(scaled, under));
  },
  unary: (tf, pass, op) => set(pass, op.out, activations[op.fn](tf, get(pass, op.x))),
  add: (tf, pass, op) => set(pass, op.out, tf.add(get(pass, op.a), get(pass, op.b))),
  multiply(tf, pass, op) {
    const product = tf.mul(get(pass, op.a), get(pass, op.b));
    set(pass, op.out, op.accumulate ? tf.add(get(pass, op.out), product) : product);
  },
  copyColumns(tf, pass, op) {
    const { rows, cols } = pass.program.tensors[op.into]!;
    const before = pass.values[op.into] ?? tf.zeros([rows, cols]);
    const columns = (x: Tf.Tensor, from: number, count: number) => tf.slice(x, [0, from], [rows, count]);
    const piece = columns(get(pass, op.from), op.fromColumn, op.columns);
    const middle = op.accumulate ? tf.add(columns(before, op.intoColumn, op.columns), piece) : piece;
    const end = op.intoColumn + op.columns;
    const parts = [
      ...(op.intoColumn === 0 ? [] : [columns(before, 0, op.intoColumn)]),
      middle,
      ...(end === cols ? [] : [columns(before, end, cols - end)]),
    ];
    set(pass, op.into, parts.length === 1 ? middle : tf.concat(parts, 1));
  },
  norm(tf, pass, op) {
    const x = grouped(tf, get(pass, op.x), op.channels);
    const centred = op.kind === 'layer' ? tf.sub(x, tf.mean(x, 2, true)) : x;
    const variance = tf.mean(tf.square(centred), 2, true);
    const scaled = tf.mul(
      tf.div(centred, tf.sqrt(tf.add(variance, normEpsilon))),
      tf.reshape(get(pass, op.gain), [1, 1, op.channels]),
    );
    const out =
      op.bias === null ? scaled : tf.add(scaled, tf.reshape(get(pass, op.bias), [1, 1, op.channels]));
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
  channelScale(tf, pass, op) {
    const gain = tf.reshape(get(pass, op.gain), [1, 1, op.channels]);
    const out = tf.mul(grouped(tf, get(pass, op.x), op.channels), gain);
    set(pass, op.out, tf.reshape(out, get(pass, op.x).shape));
  },
  softmaxCrossEntropy(tf, pass, op) {
    const logits = get(pass, op.logits);
    const classes = tf.cast(tf.reshape(get(pass, op.target), [-1]), 'int32');
    const chosen = tf.oneHot(classes, logits.shape[1]!);
    set(pass, op.loss, tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), chosen), 1, true)));
  },
  squaredError: (tf, pass, op) =>
    set(pass, op.loss, tf.mean(tf.square(tf.sub(get(pass, op.prediction), get(pass, op.target))), 1, true)),
  // log(1 + exp(s z)) with s = 1 for label 0 and -1 for label 1.
  logistic(tf, pass, op) {
    const sign = tf.sub(1, tf.mul(2, get(pass, op.target)));
    set(pass, op.loss, tf.softplus(tf.mul(sign, get(pass, op.prediction))));
  },
  linearLoss(tf, pass, op) {
    const regret = tf.sub(get(pass, op.prediction), tf.tensor2d([...op.best], [1, op.best.length]));
    set(pass, op.loss, tf.sum(tf.mul(get(pass, op.target), regret), 1, true));
  },
  objective(tf, pass, op) {
    const prediction = get(pass, op.prediction);
    const rows = prediction.shape[0]!;
    const value = formula(tf, objectives[op.objective].value, (index) =>
      tf.slice(prediction, [0, index], [rows, 1]),
    );
    const noise = tf.sum(tf.mul(get(pass, op.target), prediction), 1, true);
    set(pass, op.loss, tf.add(value, noise));
  },
  logisticGrad: differentiated,
  linearLossGrad: differentiated,
  objectiveGrad: differentiated,
  columnSum: differentiated,
  unaryGrad: differentiated,
  normGrad: differentiated,
  channelScaleGrad: differentiated,
  softmaxCrossEntropyGrad: differentiated,
  squaredErrorGrad: differentiated,
} as const satisfies { readonly [Name in TensorOpName]: Runner<Name> };

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

export interface Batch {
  readonly input: Tf.Tensor;
  readonly target: Tf.Tensor;
}

export interface ForwardValues {
  /** Mean over the batch, a scalar. */
  readonly loss: Tf.Scalar;
  /** [batch, 1]. */
  readonly losses: Tf.Tensor;
  readonly outputs: Tf.Tensor;
}

/** The whole forward list at these parameters. Call it inside `tf.tidy` or under a gradient. */
export function runForward(
  tf: TfModule,
  program: Program,
  parameters: readonly Tf.Tensor[],
  { input, target }: Batch,
  how: ForwardPass,
  memory: Memory,
): ForwardValues {
  const pass: Pass = { program, values: [], how, memory };
  set(pass, program.input, input);
  set(pass, program.target, target);
  for (const [p, { value }] of program.parameters.entries()) set(pass, value, parameters[p]!);
  for (const { value } of program.constants) set(pass, value, recall(memory, value));
  for (const op of program.forward)
    (runners[op.op] as (tf: TfModule, pass: Pass, op: TensorOp) => void)(tf, pass, op);
  const losses = get(pass, program.loss);
  return { loss: tf.mean(losses) as Tf.Scalar, losses, outputs: get(pass, program.output) };
}
