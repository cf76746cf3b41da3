/**
 * Linearly separable data with a given margin (Vaswani et al. 2019; settings of Vaswani et al. 2020, "Adaptive gradient methods converge faster with
 * over-parameterization"): two support vectors, and points pushed along the normal until they lie beyond the margin. A column of ones stands for the bias.
 */
import { log } from '../numerics/elementary.ts';
import { dot, type FillExample, makeExamples, rowsOf, taskStream } from './generate.ts';
import { legacyRandom } from './numpy-legacy.ts';
import type { Task } from './task.ts';

/** Options of the task `margin`: see its schema. */
export interface MarginOptions {
  readonly margin: number;
  readonly examples: number;
  readonly features: number;
  readonly draw: number;
  readonly search: number;
  readonly select: number;
}

interface Source {
  /** Standard normal. */
  normal(): number;
  /** A fair coin. */
  isPositive(): boolean;
}

/** The first 80 % train and the rest are `final`, unshuffled as published, so that both support vectors train. `search` and `select` are new points. */
export function openMargin({ margin, examples, features, draw, search, select }: MarginOptions): Task {
  const random = legacyRandom(42 + draw);
  const source: Source = { normal: random.randn, isPositive: () => random.randint(2) === 1 };
  const raw = Float64Array.from({ length: features }, source.normal);
  const norm = Math.sqrt(dot(raw, raw));
  const normal = raw.map((x) => x / norm);
  const plane = Float64Array.from({ length: features }, (_, i) => (i < features - 1 ? source.normal() : 0));
  plane[features - 1] = -dot(plane, normal) / normal[features - 1]!;

  const point =
    (from: Source): FillExample =>
    (input, target) => {
      const isPositive = from.isPositive();
      const sign = isPositive ? 1 : -1;
      const x = input.subarray(1);
      for (let j = 0; j < features; j++) x[j] = Math.sqrt(margin) * from.normal();
      while (sign * dot(x, normal) <= margin)
        for (let j = 0; j < features; j++) x[j]! += sign * Math.sqrt(margin) * normal[j]!;
      input[0] = 1;
      target[0] = isPositive ? 1 : 0;
    };
  const support: FillExample = (input, target, i) => {
    input[0] = 1;
    for (let j = 0; j < features; j++) input[1 + j] = plane[j]! + (i === 0 ? -1 : 1) * margin * normal[j]!;
    target[0] = i;
  };
  const width = { inputs: features + 1, targets: 1 };
  const drawn = makeExamples(examples - 2, width, point(source));
  const order = random.permutation(examples - 2);
  const all = makeExamples(examples, width, (input, target, i) => {
    if (i < 2) return support(input, target, i);
    input.set(rowsOf(drawn, order[i - 2]!, order[i - 2]! + 1).inputs);
    target[0] = drawn.targets[order[i - 2]!]!;
  });
  const fresh = (split: 'search' | 'select', count: number) => {
    const stream = taskStream('margin', draw, split);
    const from: Source = { normal: stream.normal, isPositive: () => stream.below(2) === 1 };
    return makeExamples(count, width, point(from));
  };
  const trainCount = examples - Math.ceil(0.2 * examples);
  return {
    name: 'margin',
    signature: {
      input: [1, 1, features + 1],
      target: { kind: 'binary' },
      head: { kind: 'linear', bias: false, init: 'torch' },
    },
    splits: {
      train: rowsOf(all, 0, trainCount),
      search: fresh('search', search),
      select: fresh('select', select),
      final: rowsOf(all, trainCount, examples),
    },
    untrainedLoss: log(2),
    floor: 0,
  };
}
