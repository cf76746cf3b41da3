/** Two classes of MNIST-1D, projected to few numbers: the twin, without a download, of AutoML-Zero's projected binary classification (Real et al. 2020). */
import { log } from '../numerics/elementary.ts';
import { dot, makeExamples, taskStream } from './generate.ts';
import { type Mnist1dOptions, openMnist1d } from './mnist1d.ts';
import { standardise } from './standardise.ts';
import type { Examples, Task } from './task.ts';

/** Options of the task `mnist1d-pair`: see its schema. */
export interface Mnist1dPairOptions extends Mnist1dOptions {
  readonly classes: readonly [number, number];
  readonly projected: number;
  readonly draw: number;
}

/** Splits are those of mnist1d; the projection is standard normal, unscaled, and features are standardised by the training split. */
export function openMnist1dPair(options: Mnist1dPairOptions): Task {
  const { classes, projected, draw } = options;
  const { splits } = openMnist1d(options);
  const features = splits.train.inputs.length / splits.train.count;
  const random = taskStream('mnist1d-pair', draw, 'projection');
  const projection = Array.from({ length: projected }, () =>
    Float64Array.from({ length: features }, random.normal),
  );
  const project = ({ inputs, targets }: Examples): Examples => {
    const rows = [...targets.keys()].filter((i) => classes.includes(targets[i]!));
    return makeExamples(rows.length, { inputs: projected, targets: 1 }, (input, target, i) => {
      const row = inputs.subarray(rows[i]! * features, (rows[i]! + 1) * features);
      for (const [j, direction] of projection.entries()) input[j] = dot(direction, row);
      target[0] = targets[rows[i]!] === classes[1] ? 1 : 0;
    });
  };
  return {
    name: 'mnist1d-pair',
    signature: { input: [1, 1, projected], target: { kind: 'binary' } },
    splits: standardise(
      {
        train: project(splits.train),
        search: project(splits.search),
        select: project(splits.select),
        final: project(splits.final),
      },
      projected,
    ).splits,
    untrainedLoss: log(2),
  };
}
