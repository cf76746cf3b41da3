/** Heavy-tailed class imbalance (Kunstner et al. 2024, "Heavy-tailed class imbalance and why Adam outperforms gradient descent on language models"), in two variants. */
import { log, pow } from '../numerics/elementary.ts';
import { drawSplits, makeExamples, problemSplits, taskStream } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `imbalance`: see its schema. */
export interface ImbalanceOptions {
  readonly variant: 'groups' | 'mixture';
  readonly groups: number;
  readonly classes: number;
  readonly exponent: number;
  readonly draw: number;
}

const openers = {
  groups: openGroups,
  mixture: openMixture,
} as const satisfies Record<ImbalanceOptions['variant'], (options: ImbalanceOptions) => Task>;

/** The task in the variant that is asked for. */
export const openImbalance = (options: ImbalanceOptions): Task => openers[options.variant](options);

/** The class of each example: group i has 2^i classes of 2^(m - i) examples. */
export function groupLabels(m: number): number[] {
  const labels: number[] = [];
  let label = 0;
  for (let i = 0; i < m; i++)
    for (let c = 0; c < 1 << i; c++, label++) labels.push(...new Array<number>(1 << (m - i)).fill(label));
  return labels;
}

/** Inputs are uniform and independent of the labels, in more dimensions than there are examples: what is measured is how fast the training set is learned by heart. */
function openGroups({ groups, draw }: ImbalanceOptions): Task {
  const labels = groupLabels(groups);
  const features = (groups + 1) << groups;
  const random = taskStream('imbalance', draw, 'groups');
  const train = makeExamples(labels.length, { inputs: features, targets: 1 }, (input, target, i) => {
    for (let j = 0; j < features; j++) input[j] = random.uniform();
    target[0] = labels[i]!;
  });
  const classes = (1 << groups) - 1;
  return {
    name: 'imbalance',
    signature: { input: [1, 1, features], target: { kind: 'classification', classes } },
    splits: problemSplits(train),
    untrainedLoss: log(classes),
    floor: 0,
  };
}

const smallestClass = 10;
const deviation = 0.1;

/** Class k has a share of 1 / k^exponent, the rarest 10 training examples; x = e_k + N(0, 0.1^2). Neighbours are seven deviations apart. */
function openMixture({ classes, exponent, draw }: ImbalanceOptions): Task {
  const sizes = Array.from({ length: classes }, (_, k) =>
    Math.round(smallestClass * pow(classes / (k + 1), exponent)),
  );
  const labels = sizes.flatMap((size, k) => new Array<number>(size).fill(k));
  const width = { inputs: classes, targets: 1 };
  const held = Math.ceil(labels.length / 4);
  const splits = drawSplits(
    'imbalance',
    draw,
    { train: labels.length, search: held, select: held, final: held },
    width,
    (random) => {
      const order = random.permutation(labels.length);
      return (input, target, i) => {
        const label = labels[order[i]!]!;
        for (let j = 0; j < classes; j++) input[j] = (j === label ? 1 : 0) + deviation * random.normal();
        target[0] = label;
      };
    },
  );
  return {
    name: 'imbalance',
    signature: { input: [1, 1, classes], target: { kind: 'classification', classes } },
    splits,
    untrainedLoss: log(classes),
    floor: 0,
  };
}
