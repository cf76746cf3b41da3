/**
 * What making a program ready takes before its first step, in flop-equivalents (see cost.ts): compiling it and drawing its initial weights. Measured on `wasm`, from modules that V8 has not seen
 * before; docs/decisions/0220-work-is-weighed.md has the numbers.
 */
import type { TrainedNetwork } from './network.ts';
import type { Initializer, Update } from './program.ts';
import type { RuleCost } from './rule-cost.ts';
import type { Size } from './whole-ops.ts';

/** Of every program, however small. */
const workOfProgram = 4e7;
/** Of a tensor op: its record, its place, its call. */
const workOfTensorOp = 1e6;
/** Of a node of the rule, scheduled once, and of each time that it becomes code. */
const workOfNode = 2e5;
const workOfCode = 3e5;

/** Of an initial number, from a stream in plain JavaScript. */
const workOfDraw = 4000;
/** Of a multiplication and addition in a product of matrices there. */
const workOfProduct = 90;

/** Compiling the two passes, and drawing weights and constants. */
export function networkPreparation({
  tensors,
  parameters,
  constants,
  forward,
  backward,
}: TrainedNetwork): number {
  const drawn = [...parameters, ...constants].reduce(
    (total, { value, initializer }) => total + drawing(initializer, tensors[value]!),
    0,
  );
  const rotated = parameters.reduce((total, { value, rotation }) => {
    const { rows, cols } = tensors[value]!;
    return rotation === undefined ? total : total + workOfProduct * rows * cols * (rows + cols);
  }, 0);
  return workOfProgram + workOfTensorOp * (forward.length + backward.length) + drawn + rotated;
}

/** Orthogonal weights are made so by two rounds of Gram and Schmidt over the shorter side. */
function drawing({ scheme }: Initializer, { rows, cols }: Size): number {
  const [short, long] = [Math.min(rows, cols), Math.max(rows, cols)];
  const products = scheme === 'orthogonal' ? 2 * short * short * long : 0;
  return workOfDraw * rows * cols + workOfProduct * products;
}

/** Scheduling the rule, and compiling its loops. */
export const rulePreparation = (update: Update, { code }: Pick<RuleCost, 'code'>): number =>
  workOfNode * update.nodes.length + workOfCode * code;
