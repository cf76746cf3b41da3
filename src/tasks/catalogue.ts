/** What is known about each task: where it is from, its usual budget, the best loss there is, and results to compare with. */
import type { TaskName } from '../search-space/task-schema.ts';
import type { Task } from './task.ts';

/** The training budget that a task's results are for; `full` is the whole training split. */
export interface Recipe {
  readonly steps: number;
  readonly batchSize: number | 'full';
  readonly order: 'shuffled' | 'sequential';
}

/** One result on a task. `by` is who found it: a publication, or a measurement of ours. */
export interface KnownResult {
  readonly how: string;
  readonly result: string;
  readonly by: string;
}

/** What is known of one task. */
export interface TaskFacts {
  readonly summary: string;
  /** Authors and year come first, then a comma. */
  readonly source: string;
  /** The best loss any predictor can expect, in words; null where nobody knows. */
  readonly floor: string | null;
  /** null where it depends on the file. */
  readonly recipe: Recipe | null;
  readonly results: readonly KnownResult[];
}

/** The budget of the search protocol for small tasks. */
const smallBudget: Recipe = { steps: 300, batchSize: 32, order: 'shuffled' };

const port = 'an independent float64 port';
const wasm = 'the wasm engine, one seed';
const vaswani = 'Vaswani et al. 2019, "Painless stochastic gradient", arXiv:1905.09997';
const deepobs = 'Schneider et al. 2019, "DeepOBS", arXiv:1903.05499';
const automlZero = 'Real et al. 2020, "AutoML-Zero", arXiv:2003.03384';
const kunstner =
  'Kunstner et al. 2024, "Heavy-tailed class imbalance and why Adam outperforms gradient descent on language models", arXiv:2402.19449';

/** The facts of every task. */
export const taskFacts = {
  mnist1d: {
    summary: 'ten classes of 40-point signals, generated as published',
    source: 'Greydanus and Kobak 2024, "Scaling down deep learning with MNIST-1D", arXiv:2011.14439',
    floor: null,
    recipe: { steps: 6000, batchSize: 100, order: 'sequential' },
    results: [
      { how: 'linear, Adam 1e-2', result: 'accuracy 31.5 %', by: 'the authors' },
      { how: 'mlp, Adam 1e-2', result: 'accuracy 65.1 %', by: 'the authors' },
      { how: 'CNN, Adam 1e-2', result: 'accuracy 92.3 %', by: 'the authors' },
      { how: 'GRU, Adam 1e-2', result: 'accuracy 89.1 %', by: 'the authors' },
      { how: 'people', result: 'accuracy 96 %', by: 'the authors' },
      { how: 'mlp, 2000 steps, Adam 1e-3', result: 'train loss 0.460, accuracy 59.5 %', by: port },
      { how: 'mlp, 2000 steps, SGD 1', result: 'train loss 0.0015, accuracy 69.3 %', by: port },
    ],
  },
  'mnist1d-pair': {
    summary: 'two classes of MNIST-1D, randomly projected to 16 numbers',
    source: `${automlZero}: a twin, without a download, of its projected binary tasks, which keep the pairs 05 09 18 29 35 36 38 46 89 for claims`,
    floor: null,
    recipe: smallBudget,
    results: [],
  },
  spirals: {
    summary: 'interleaved spirals in the plane, one class each',
    source: 'Lang and Witbrock 1988, "Learning to tell two spirals apart"',
    floor: '0 without noise',
    recipe: smallBudget,
    results: [],
  },
  'teacher-student': {
    summary: 'regression on a random network of one hidden layer, with noise',
    source: 'Saad and Solla 1995, "Exact solution for on-line learning in multilayer neural networks"',
    floor: 'noise^2',
    recipe: smallBudget,
    results: [],
  },
  scalar: {
    summary: 'regression on a linear function or on a network with two dead units',
    source: automlZero,
    floor: '0',
    recipe: smallBudget,
    results: [],
  },
  tokens: {
    summary: 'the next token of short sequences: a Markov chain, induction, or copying',
    source:
      'Olsson et al. 2022, "In-context learning and induction heads", arXiv:2209.11895, for induction; chains and copying are textbook',
    floor: 'entropy rate of the chain; 0 for induction and copy',
    recipe: smallBudget,
    results: [],
  },
  imbalance: {
    summary: 'classes with heavy-tailed frequencies, softmax regression, full batch',
    source: kunstner,
    floor: '0',
    recipe: { steps: 100, batchSize: 'full', order: 'sequential' },
    results: [
      {
        how: '7 groups, best of a grid of learning rates, 100 steps, Adam',
        result: 'train loss 0.206',
        by: port,
      },
      { how: 'the same, Adam without momentum', result: 'train loss 0.813', by: port },
      { how: 'the same, GD with momentum 0.9', result: 'train loss 0.616', by: port },
      { how: 'the same, GD', result: 'train loss 3.34', by: port },
    ],
  },
  margin: {
    summary: 'linearly separable points with a given margin, logistic loss, no bias',
    source: `${vaswani}; margins of Vaswani et al. 2020, arXiv:2006.06835`,
    floor: '0',
    recipe: { steps: 1600, batchSize: 100, order: 'shuffled' },
    results: [
      { how: 'Adam 1e-3', result: 'train loss 0.32', by: wasm },
      { how: 'Adam 10', result: 'train loss 4e-8', by: wasm },
      {
        how: 'Adam in general',
        result: 'wants learning rates from 1 to 1000',
        by: 'the grid of Vaswani et al. 2020',
      },
    ],
  },
  kernel: {
    summary: 'a linear model on radial basis functions of the training examples, logistic loss, no bias',
    source: vaswani,
    floor: '0 for the generated twin',
    recipe: { steps: 280, batchSize: 100, order: 'shuffled' },
    results: [
      {
        how: 'mushrooms, 2200 steps, SGD with Armijo line search',
        result: 'train loss 2e-5',
        by: 'read off the poster',
      },
      { how: 'mushrooms, 2200 steps, Adam', result: 'train loss about 0.5', by: 'read off the poster' },
      {
        how: 'ijcnn, 14000 steps, SGD with Armijo line search',
        result: 'train loss 8e-3',
        by: 'read off the poster',
      },
      { how: 'ijcnn, 14000 steps, Adam', result: 'train loss 0.2', by: 'read off the poster' },
    ],
  },
  'matrix-factorization': {
    summary:
      'y = A x with A of condition 1e10; networks rank-1, rank-4, rank-10, or linear for the true model',
    source: `${vaswani}, after Recht's TwoLayerLinearNets`,
    floor: '0; positive for networks of a rank below 6',
    recipe: { steps: 400, batchSize: 100, order: 'shuffled' },
    results: [
      { how: 'true model, Adam 1e-3', result: 'train loss 2.0e-1', by: port },
      { how: 'rank 10, Adam 1e-3', result: 'train loss 2.1e-3', by: port },
      { how: 'true model or rank 10, stochastic line search', result: 'train loss about 1e-16', by: port },
      { how: 'rank 10, Adam 1e-2', result: 'train loss 1e-18', by: port },
      {
        how: 'rank 1, Adam 1e-3',
        result: 'train loss about 0.5; the plateau is 0.07',
        by: 'read off the poster',
      },
      {
        how: 'rank 4, Adam 1e-3',
        result: 'train loss about 0.14; the plateau is 6e-3',
        by: 'read off the poster',
      },
    ],
  },
  'quadratic-blocks': {
    summary: 'a 9-dimensional quadratic of three dense blocks, alike or not in their eigenvalues',
    source: 'Zhang et al. 2024, "Why transformers need Adam: a Hessian perspective", arXiv:2402.16788',
    floor: '0',
    recipe: { steps: 100, batchSize: 'full', order: 'sequential' },
    results: [
      {
        how: 'heterogeneous, Adam without momentum, decayed',
        result: '2e-46 of the untrained loss',
        by: port,
      },
      { how: 'heterogeneous, GD', result: '4e-4 of the untrained loss', by: port },
      { how: 'heterogeneous, rotated, Adam without momentum', result: '5.5e-4 of it', by: port },
    ],
  },
  'quadratic-deep': {
    summary: 'a 100-dimensional noisy quadratic, randomly rotated, with the spectrum of a deep network',
    source: deepobs,
    floor: '0',
    recipe: { steps: 700, batchSize: 100, order: 'sequential' },
    results: [],
  },
  objective: {
    summary: 'a named function of a parameter vector, with or without noise',
    source: deepobs,
    floor: 'the minimum of the function',
    recipe: { steps: 1000, batchSize: 128, order: 'shuffled' },
    results: [],
  },
  reddi: {
    summary: 'one-dimensional linear losses on which Adam goes the wrong way; x is kept in [-1, 1]',
    source: 'Reddi et al. 2018, "On the convergence of Adam and beyond", arXiv:1904.09237',
    floor: '0, at x = -1',
    recipe: { steps: 1_000_000, batchSize: 1, order: 'sequential' },
    results: [
      { how: 'online, beta2 0.99, Adam', result: 'x = +1', by: 'the authors' },
      { how: 'online, beta2 0.99, amsgrad-torch', result: 'x = -0.780', by: port },
      { how: 'online, beta2 0.99, amsgrad-paper', result: 'x = -0.781', by: port },
      { how: 'online, beta2 0.99, amsgrad-optax', result: 'x = -0.100', by: port },
    ],
  },
  csv: {
    summary: 'a table of numbers with one column to predict',
    source: 'your file',
    floor: null,
    recipe: null,
    results: [],
  },
  libsvm: {
    summary: 'sparse rows with a label to predict',
    source: 'your file',
    floor: null,
    recipe: null,
    results: [],
  },
  idx: {
    summary: 'images or vectors of bytes with labels, such as MNIST and Fashion-MNIST as published',
    source: 'your files',
    floor: null,
    recipe: null,
    results: [],
  },
  cifar10: {
    summary: 'the images of CIFAR-10 in its binary version',
    source: 'Krizhevsky 2009, "Learning multiple layers of features from tiny images"; your files',
    floor: null,
    recipe: null,
    results: [],
  },
} as const satisfies Record<TaskName, TaskFacts>;

/** Examples in a batch of a recipe. */
export const recipeBatch = ({ batchSize }: Recipe, { splits }: Task): number =>
  batchSize === 'full' ? splits.train.count : Math.min(batchSize, splits.train.count);
