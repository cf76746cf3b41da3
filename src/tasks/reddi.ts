/**
 * The one-dimensional convex streams on which Adam does not converge (Reddi, Kale and Kumar 2018, "On the convergence of Adam and beyond"): losses g_t x over x in [-1, 1],
 * whose best fixed point is -1 though most slopes push towards +1. The loss is the regret g_t (x + 1), so that its mean is 0 at the best point.
 */
import { makeExamples, problemSplits, taskStream } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `reddi`: see its schema. */
export interface ReddiOptions {
  readonly stream: 'online' | 'stochastic' | 'theorem-1';
  readonly length: number;
  readonly draw: number;
}

const streams = {
  /** 1010 once in 101 steps, -10 else; walked in order. */
  online: () => ({ slopes: Float64Array.from({ length: 101 }, (_, i) => (i === 0 ? 1010 : -10)), start: 0 }),
  /** 1010 with probability 0.01, -10 else: 1 % of the slopes exactly, at random places, so that their mean is that of the distribution. */
  stochastic: ({ length, draw }) => {
    const order = taskStream('reddi', draw, 'train').permutation(length);
    return { slopes: Float64Array.from(order, (place) => (place < length / 100 ? 1010 : -10)), start: 0 };
  },
  /** Theorem 1: C, -1, -1 with C = 3, from x = 1. */
  'theorem-1': () => ({ slopes: Float64Array.of(3, -1, -1), start: 1 }),
} as const satisfies Record<
  ReddiOptions['stream'],
  (options: ReddiOptions) => { readonly slopes: Float64Array; readonly start: number }
>;

/** Held-out splits measure the regret at the mean slope. */
export function openReddi(options: ReddiOptions): Task {
  const { slopes, start } = streams[options.stream](options);
  const mean = slopes.reduce((a, b) => a + b) / slopes.length;
  const rows = (values: ArrayLike<number>) =>
    makeExamples(values.length, { inputs: 1, targets: 1 }, (input, target, i) => {
      input[0] = 1;
      target[0] = values[i]!;
    });
  return {
    name: 'reddi',
    signature: {
      input: [1, 1, 1],
      target: { kind: 'linear', best: [-1] },
      head: { kind: 'linear', bias: false, init: 'torch', start: [start] },
      box: [-1, 1],
    },
    splits: problemSplits(rows(slopes), rows([mean])),
    untrainedLoss: mean * (start + 1),
    floor: 0,
  };
}
