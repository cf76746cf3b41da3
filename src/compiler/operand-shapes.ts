/** What the sizes of an op's operands must be to each other: one rule per tensor op, in one table. */
import type { UnplacedTensor } from './network.ts';
import { positionShapes } from './position-shapes.ts';
import type { TensorId, TensorOp, TensorOpName } from './program.ts';

export type Size = Pick<UnplacedTensor, 'rows' | 'cols'>;
type SizeOf = (id: TensorId) => Size;

/** Claims of one op: what should hold, and whether it does. */
export type Claims = readonly (readonly [claim: string, holds: boolean])[];

export type Rules = {
  readonly [Name in TensorOpName]: (op: Extract<TensorOp, { op: Name }>, size: SizeOf) => Claims;
};

const same = (a: Size, b: Size) => a.rows === b.rows && a.cols === b.cols;
const isColumn = ({ cols }: Size) => cols === 1;
const isVector = ({ rows, cols }: Size, length: number) => rows === 1 && cols === length;
const turned = ({ rows, cols }: Size, transposed: boolean): Size =>
  transposed ? { rows: cols, cols: rows } : { rows, cols };

/** Claims of the ops that work on groups of `channels` columns with one gain each. */
const grouped = (channels: number, x: Size, gain: Size): Claims => [
  ['channels divide the columns', x.cols % channels === 0],
  ['there is one gain per channel', isVector(gain, channels)],
];

const rules = {
  ...positionShapes,
  matmul({ a, b, out, transposeA, transposeB, bias }, size) {
    const [left, right, product] = [turned(size(a), transposeA), turned(size(b), transposeB), size(out)];
    return [
      ['the inner sizes agree', left.cols === right.rows],
      ['the product has the outer sizes', same(product, { rows: left.rows, cols: right.cols })],
      ['the bias has one number per column', bias === null || isVector(size(bias), product.cols)],
      ['one operand at most is transposed', !(transposeA && transposeB)],
    ];
  },
  columnSum: ({ x, out }, size) => [['there is one sum per column', isVector(size(out), size(x).cols)]],
  unary: ({ x, out }, size) => [['input and output agree', same(size(x), size(out))]],
  unaryGrad: ({ x, y, dy, dx }, size) => [
    ['all four agree', [y, dy, dx].every((id) => same(size(id), size(x)))],
  ],
  add: ({ a, b, out }, size) => [['all three agree', [a, b].every((id) => same(size(id), size(out)))]],
  multiply: ({ a, b, out }, size) => [['all three agree', [a, b].every((id) => same(size(id), size(out)))]],
  copyColumns: ({ from, fromColumn, into, intoColumn, columns }, size) => [
    ['rows agree', size(from).rows === size(into).rows],
    ['the source has the columns', fromColumn >= 0 && fromColumn + columns <= size(from).cols],
    ['the target has the columns', intoColumn >= 0 && intoColumn + columns <= size(into).cols],
  ],
  norm: ({ channels, x, gain, bias, stats, out }, size) => [
    ...grouped(channels, size(x), size(gain)),
    ['there is one bias per channel', bias === null || isVector(size(bias), channels)],
    [
      'there are two statistics per group',
      same(size(stats), { rows: size(x).rows, cols: (2 * size(x).cols) / channels }),
    ],
    ['input and output agree', same(size(x), size(out))],
  ],
  normGrad: ({ channels, x, gain, dy, dx, dgain, dbias }, size) => [
    ...grouped(channels, size(x), size(gain)),
    ['gradients have the sizes of their values', same(size(dgain), size(gain)) && same(size(dx), size(x))],
    ['the bias has a gradient per channel', dbias === null || isVector(size(dbias), channels)],
    ['the incoming gradient has the size of the output', same(size(dy), size(x))],
  ],
  channelScale: ({ channels, x, gain, out }, size) => [
    ...grouped(channels, size(x), size(gain)),
    ['input and output agree', same(size(x), size(out))],
  ],
  channelScaleGrad: ({ channels, x, gain, dy, dx, dgain }, size) => [
    ...grouped(channels, size(x), size(gain)),
    ['gradients have the sizes of their values', same(size(dgain), size(gain)) && same(size(dx), size(x))],
    ['the incoming gradient has the size of the output', same(size(dy), size(x))],
  ],
  softmaxCrossEntropy: ({ logits, target, loss }, size) => [
    ['there is one label and one loss per example', same(size(target), size(loss))],
    ['losses are a column', same(size(loss), { rows: size(logits).rows, cols: 1 })],
  ],
  softmaxCrossEntropyGrad: ({ logits, target, dlogits }, size) => [
    ['there is one label per example', same(size(target), { rows: size(logits).rows, cols: 1 })],
    ['the gradient has the size of the logits', same(size(dlogits), size(logits))],
  ],
  squaredError: ({ prediction, target, loss }, size) => [
    ['prediction and target agree', same(size(prediction), size(target))],
    ['losses are a column', same(size(loss), { rows: size(prediction).rows, cols: 1 })],
  ],
  squaredErrorGrad: ({ prediction, target, dprediction }, size) => [
    ['all three agree', same(size(prediction), size(target)) && same(size(prediction), size(dprediction))],
  ],
  logistic: ({ prediction, target, loss }, size) => [
    ['prediction, label and loss are columns', [prediction, target, loss].every((id) => isColumn(size(id)))],
    ['all three agree', same(size(prediction), size(target)) && same(size(prediction), size(loss))],
  ],
  logisticGrad: ({ prediction, target, dprediction }, size) => [
    ['all three agree', same(size(prediction), size(target)) && same(size(prediction), size(dprediction))],
  ],
  linearLoss: ({ best, prediction, target, loss }, size) => [
    ['prediction and target agree', same(size(prediction), size(target))],
    ['the best prediction has as many outputs', best.length === size(prediction).cols],
    ['losses are a column', same(size(loss), { rows: size(prediction).rows, cols: 1 })],
  ],
  linearLossGrad: ({ target, dprediction }, size) => [
    ['target and gradient agree', same(size(target), size(dprediction))],
  ],
  objective: ({ prediction, target, loss }, size) => [
    ['prediction and target agree', same(size(prediction), size(target))],
    ['losses are a column', same(size(loss), { rows: size(prediction).rows, cols: 1 })],
  ],
  objectiveGrad: ({ prediction, target, dprediction }, size) => [
    ['all three agree', same(size(prediction), size(target)) && same(size(prediction), size(dprediction))],
  ],
} as const satisfies Rules;

/** The first claim that does not hold, or null. */
export function operandShapes(op: TensorOp, size: SizeOf): string | null {
  const claims = (rules as Rules)[op.op] as (op: TensorOp, size: SizeOf) => Claims;
  const broken = claims(op, size).find(([, holds]) => !holds);
  return broken === undefined ? null : `it does not hold that ${broken[0]}`;
}
