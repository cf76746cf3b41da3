/** The two regression tasks that AutoML-Zero generates (Real et al. 2020): a linear function, and a network of one hidden layer; standard normal inputs, no noise. */
import { type Counts, dot, drawSplits, taskStream, variance } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `scalar`: see its schema. */
export interface ScalarOptions extends Counts {
  readonly function: 'linear' | 'two-layer';
  readonly features: number;
  readonly draw: number;
}

const isZeroed = (unit: number) => unit === 0 || unit === 2;

const functions = {
  /** w . x, w standard normal. */
  linear: (features, normal) => {
    const weights = Float64Array.from({ length: features }, normal);
    return (x) => dot(weights, x);
  },
  /** w2 . relu(W1 x), all weights standard normal; rows 0 and 2 of W1 and entries 0 and 2 of w2 are 0. */
  'two-layer': (features, normal) => {
    const hidden = Array.from({ length: features }, (_, i) =>
      Float64Array.from({ length: features }, normal).map((w) => (isZeroed(i) ? 0 : w)),
    );
    const out = Float64Array.from({ length: features }, normal).map((w, i) => (isZeroed(i) ? 0 : w));
    return (x) =>
      dot(
        out,
        Float64Array.from(hidden, (row) => Math.max(0, dot(row, x))),
      );
  },
} as const satisfies Record<
  ScalarOptions['function'],
  (features: number, normal: () => number) => (x: Float64Array) => number
>;

/** Every split from the same function, with inputs of its own. */
export function openScalar(options: ScalarOptions): Task {
  const { features, draw } = options;
  const label = functions[options.function](features, taskStream('scalar', draw, options.function).normal);
  const splits = drawSplits(
    'scalar',
    draw,
    options,
    { inputs: features, targets: 1 },
    (random) => (input, target) => {
      for (let j = 0; j < features; j++) input[j] = random.normal();
      target[0] = label(input);
    },
  );
  return {
    name: 'scalar',
    signature: { input: [1, 1, features], target: { kind: 'regression', outputs: 1 } },
    splits,
    untrainedLoss: variance(splits.train.targets),
    floor: 0,
  };
}
