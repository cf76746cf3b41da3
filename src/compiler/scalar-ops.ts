/** Pointwise update-rule ops on float64 scalars: what the op table promises, in code. Engines use these for scalars; `reference` uses them for everything. */
import { type RuleOpName, ruleOps } from '../genome/update-rule/ops.ts';
import { cos, exp, log, pow, tanh } from '../numerics/elementary.ts';

const smallestNormal = 1.1754943508222875e-38;
const clippedExp = (a: number) => exp(Math.min(Math.max(a, -87), 87));
const clippedLog = (a: number) => log(Math.max(Math.abs(a), smallestNormal));

type PointwiseOpName = {
  [Name in RuleOpName]: (typeof ruleOps)[Name]['kind'] extends 'pointwise' ? Name : never;
}[RuleOpName];

/** By op: its value. The third argument of `debias` is the step t, which its text does not name: (a, beta, t). */
export const scalarOps = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (a === 0 ? 0 : a / b),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  sign: (a) => (a > 0 ? 1 : a < 0 ? -1 : 0),
  square: (a) => a * a,
  sqrt: (a) => Math.sqrt(Math.abs(a)),
  exp: (a) => clippedExp(a),
  log: (a) => clippedLog(a),
  cos: (a) => cos(Math.min(Math.max(a, -8192), 8192)),
  tanh: (a) => tanh(a),
  pow: (a, b) =>
    b === 0
      ? 1
      : Number.isInteger(b) && Math.abs(a) >= smallestNormal
        ? clippedPower(a, b)
        : clippedExp(b * clippedLog(a)),
  maximum: (a, b) => (a > b ? a : b),
  minimum: (a, b) => (a < b ? a : b),
  clip: (a, low, high) => {
    const raised = a > low ? a : low;
    return raised < high ? raised : high;
  },
  less: (a, b) => (a < b ? 1 : 0),
  greater: (a, b) => (a > b ? 1 : 0),
  where: (c, a, b) => (c > 0 ? a : b),
  lerp: (a, b, beta) => beta * a + (1 - beta) * b,
  debias: (a, beta, t) => debiased(a, beta, t),
} as const satisfies Record<PointwiseOpName, (a: number, b: number, c: number) => number>;

/** Whether an op of update rules works element by element. */
export const isPointwiseOp = (op: RuleOpName): op is PointwiseOpName => ruleOps[op].kind === 'pointwise';

const largestExp = exp(87);

/** Integer powers by squaring, which keeps beta^t exact to rounding, within the range that exp's clipping allows. */
function clippedPower(a: number, n: number): number {
  return Math.min(Math.max(pow(a, n), 1 / largestExp), largestExp);
}

/** 1 - beta^t, or 1 where that is 0. */
export function debiasDivisor(beta: number, t: number): number {
  const divisor = 1 - (beta === 0 ? 0 : scalarOps.pow(beta, t));
  return divisor === 0 ? 1 : divisor;
}

function debiased(a: number, beta: number, t: number): number {
  return a === 0 ? 0 : a / debiasDivisor(beta, t);
}
