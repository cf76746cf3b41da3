/**
 * Deep matrix factorisation (Vaswani et al. 2019, "Painless stochastic gradient", after Recht's TwoLayerLinearNets): y = A x with A = diag(1 ... 1e-10) U, U uniform of
 * 10 x 6. The rank is the architecture's: a bare head is the true model, `rank-4` one of rank 4. Drawn by numpy's legacy generator and dealt by scikit-learn's
 * train_test_split, both as published.
 */
import { dot, drawSplits, makeExamples, meanSquare } from './generate.ts';
import { legacyRandom } from './numpy-legacy.ts';
import type { Task } from './task.ts';

const features = 6;
const outputs = 10;
const exampleCount = 1000;
const trainCount = 800;
const smallestScale = 1e-10;
const dealSeed = 9513451;

/** Options of the task `matrix-factorization`: see its schema. */
export interface MatrixFactorizationOptions {
  readonly draw: number;
  readonly search: number;
  readonly select: number;
}

/** Rows of A. */
export function trueModel(rand: () => number): Float64Array[] {
  return Array.from({ length: outputs }, (_, i) => {
    const scale = i === outputs - 1 ? smallestScale : 1 + (i * (smallestScale - 1)) / (outputs - 1);
    return Float64Array.from({ length: features }, () => scale * rand());
  });
}

/** `final` is the published test set; `search` and `select` are new examples of the same model. */
export function openMatrixFactorization({ draw, search, select }: MatrixFactorizationOptions): Task {
  const random = legacyRandom(42 + draw);
  const model = trueModel(random.rand);
  const columns = Array.from({ length: features }, () =>
    Float64Array.from({ length: exampleCount }, random.randn),
  );
  const width = { inputs: features, targets: outputs };
  const predict = (input: Float64Array, target: Float64Array) => {
    for (const [j, row] of model.entries()) target[j] = dot(row, input);
  };
  const order = legacyRandom(dealSeed).permutation(exampleCount);
  const testCount = exampleCount - trainCount;
  const published = (from: number, count: number) =>
    makeExamples(count, width, (input, target, i) => {
      for (const [j, column] of columns.entries()) input[j] = column[order[from + i]!]!;
      predict(input, target);
    });
  const fresh = drawSplits(
    'matrix-factorization',
    draw,
    { train: 0, search, select, final: 0 },
    width,
    (source) => (input, target) => {
      for (let j = 0; j < features; j++) input[j] = source.normal();
      predict(input, target);
    },
  );
  const train = published(testCount, trainCount);
  return {
    name: 'matrix-factorization',
    signature: {
      input: [1, 1, features],
      target: { kind: 'regression', outputs },
      head: { kind: 'linear', bias: false, init: 'torch' },
    },
    splits: { train, search: fresh.search, select: fresh.select, final: published(0, testCount) },
    untrainedLoss: meanSquare(train.targets),
    floor: 0,
  };
}
