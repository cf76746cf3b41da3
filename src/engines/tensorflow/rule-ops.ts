/**
 * Ops of update rules on float32 tensors. Semantics: src/genome/update-rule/ops.ts. An operand is a tensor, or a number where the value is a scalar: scalars are float64 and
 * stay in JavaScript. Shapes broadcast upward as TensorFlow's own: a row is [rows, 1], a column [1, cols].
 */
import type * as Tf from '@tensorflow/tfjs-core';
import { debiasDivisor, scalarOps } from '../../compiler/scalar-ops.ts';
import type { RuleOpName, ruleOps } from '../../genome/update-rule/ops.ts';

type TfModule = typeof Tf;

/** An argument: a float64 number, or a float32 tensor. */
export type Operand = number | Tf.Tensor;
type OpsOfKind<Kind> = {
  [Name in RuleOpName]: (typeof ruleOps)[Name]['kind'] extends Kind ? Name : never;
}[RuleOpName];

/** Ops that work element by element. */
export type PointwiseName = OpsOfKind<'pointwise'>;

/** Ops that reduce. */
export type ReductionName = OpsOfKind<'reduction'>;

/** At least one of the arguments is a tensor. */
type Pointwise = (tf: TfModule, args: readonly [Operand, Operand, Operand], t: number) => Tf.Tensor;

const smallestNormal = 1.1754943508222875e-38;
const largestPower = scalarOps.exp(87);

const times = (tf: TfModule, a: Operand, b: Operand): Operand =>
  typeof a === 'number' && typeof b === 'number' ? a * b : tf.mul(a, b);

const flag = (tf: TfModule, condition: Tf.Tensor) => tf.cast(condition, 'float32');

/** a / b, and 0 where a is 0; which division by a number other than 0 gives by itself. */
const quotient = (tf: TfModule, a: Operand, b: Operand) =>
  typeof b === 'number' && Math.abs(b) > 0 ? tf.div(a, b) : tf.where(tf.equal(a, 0), 0, tf.div(a, b));

const larger = (tf: TfModule, a: Operand, b: Operand) => tf.where(tf.greater(a, b), a, b);
const smaller = (tf: TfModule, a: Operand, b: Operand) => tf.where(tf.less(a, b), a, b);

/** The power of |a|, within the range that exp's clipping allows. */
const power = (tf: TfModule, a: Operand, b: Operand) =>
  tf.clipByValue(tf.pow(tf.maximum(tf.abs(a), smallestNormal), b), 1 / largestPower, largestPower);

/** By op: its value on tensors. Scalars alone go to `scalarOps`. */
export const pointwise = {
  add: (tf, [a, b]) => tf.add(a, b),
  sub: (tf, [a, b]) => tf.sub(a, b),
  mul: (tf, [a, b]) => tf.mul(a, b),
  div: (tf, [a, b]) => quotient(tf, a, b),
  neg: (tf, [a]) => tf.neg(a),
  abs: (tf, [a]) => tf.abs(a),
  sign: (tf, [a]) => tf.sub(flag(tf, tf.greater(a, 0)), flag(tf, tf.less(a, 0))),
  square: (tf, [a]) => tf.square(a),
  sqrt: (tf, [a]) => tf.sqrt(tf.abs(a)),
  exp: (tf, [a]) => tf.exp(tf.clipByValue(a, -87, 87)),
  log: (tf, [a]) => tf.log(tf.maximum(tf.abs(a), smallestNormal)),
  tanh: (tf, [a]) => tf.tanh(a),
  cos: (tf, [a]) => tf.cos(a),
  pow: (tf, [a, b]) => power(tf, a, b),
  maximum: (tf, [a, b]) => larger(tf, a, b),
  minimum: (tf, [a, b]) => smaller(tf, a, b),
  clip: (tf, [a, low, high]) => smaller(tf, larger(tf, a, low), high),
  less: (tf, [a, b]) => flag(tf, tf.less(a, b)),
  greater: (tf, [a, b]) => flag(tf, tf.greater(a, b)),
  where: (tf, [c, a, b]) => tf.where(tf.greater(c, 0), a, b),
  // 1 - beta is taken in float64 where beta is a scalar: float32 rounds it badly.
  lerp: (tf, [a, b, beta]) =>
    tf.add(times(tf, beta, a), times(tf, typeof beta === 'number' ? 1 - beta : tf.sub(1, beta), b)),
  debias(tf, [a, beta], t) {
    if (typeof beta === 'number') return quotient(tf, a, debiasDivisor(beta, t));
    const divisor = tf.sub(1, tf.where(tf.equal(beta, 0), 0, power(tf, beta, t)));
    return quotient(tf, a, tf.where(tf.equal(divisor, 0), 1, divisor));
  },
} as const satisfies Record<PointwiseName, Pointwise>;

/** One part of what is reduced: sums of products are kept as `scale * sum`, scaled by the largest factors, as squares of small float32 numbers would vanish. */
export interface Part {
  readonly scale: number;
  readonly sum: number;
  readonly count: number;
}

interface Reduction {
  /** Over axes of one tensor, keeping them as 1; for the scopes row and col. */
  along(tf: TfModule, a: Tf.Tensor, b: Tf.Tensor, axis: 0 | 1): Tf.Tensor;
  /** Over a whole tensor, and then over tensors; for the scopes tensor and all. */
  part(tf: TfModule, a: Tf.Tensor, b: Tf.Tensor): Part;
  join(parts: readonly Part[]): number;
}

const read = (x: Tf.Tensor): number => x.dataSync()[0]!;
const total = (parts: readonly Part[], of: (part: Part) => number) =>
  parts.reduce((sum, part) => sum + of(part), 0);
const productOf = ({ scale, sum }: Part) => scale * sum;
const countOf = ({ count }: Part) => count;

/** a divided by its largest size, which is 1 where a is 0 throughout. */
function unitsOf(tf: TfModule, a: Tf.Tensor, axis?: 0 | 1): readonly [units: Tf.Tensor, size: Tf.Tensor] {
  const largest = tf.max(tf.abs(a), axis, axis !== undefined);
  const size = tf.where(tf.equal(largest, 0), 1, largest);
  return [tf.div(a, size), size];
}

function products(tf: TfModule, a: Tf.Tensor, b: Tf.Tensor): Part {
  const [unitsA, sizeA] = unitsOf(tf, a);
  const [unitsB, sizeB] = a === b ? [unitsA, sizeA] : unitsOf(tf, b);
  return { scale: read(sizeA) * read(sizeB), sum: read(tf.sum(tf.mul(unitsA, unitsB))), count: a.size };
}

const squares = (tf: TfModule, a: Tf.Tensor) => products(tf, a, a);

/** size * sqrt(sum of squares of a / size), or the mean in the place of the sum. */
function rootAlong(tf: TfModule, a: Tf.Tensor, axis: 0 | 1, fold: 'sum' | 'mean'): Tf.Tensor {
  const [units, size] = unitsOf(tf, a, axis);
  return tf.mul(size, tf.sqrt(tf[fold](tf.square(units), axis, true)));
}

/** By op: its value over all elements that the scope joins. */
export const reductions = {
  mean: {
    along: (tf, a, _b, axis) => tf.mean(a, axis, true),
    part: (tf, a) => ({ scale: a.size, sum: read(tf.mean(a)), count: a.size }),
    join: (parts) => total(parts, productOf) / total(parts, countOf),
  },
  norm: {
    along: (tf, a, _b, axis) => rootAlong(tf, a, axis, 'sum'),
    part: squares,
    join: (parts) => Math.sqrt(total(parts, productOf)),
  },
  dot: {
    along: (tf, a, b, axis) => tf.sum(tf.mul(a, b), axis, true),
    part: products,
    join: (parts) => total(parts, productOf),
  },
  max: {
    along: (tf, a, _b, axis) => tf.max(a, axis, true),
    part: (tf, a) => ({ scale: 1, sum: read(tf.max(a)), count: a.size }),
    join: (parts) => parts.reduce((most, { sum }) => (sum > most ? sum : most), Number.NEGATIVE_INFINITY),
  },
  rms: {
    along: (tf, a, _b, axis) => rootAlong(tf, a, axis, 'mean'),
    part: squares,
    join: (parts) => Math.sqrt(total(parts, productOf) / total(parts, countOf)),
  },
} as const satisfies Record<ReductionName, Reduction>;
