/** Tasks as a document names them: the closed list of names and the options of each. */
import { z } from 'zod';

const fraction = z.number().min(0).max(1);
const count = (otherwise: number, most = 1_000_000) => z.int().min(0).max(most).default(otherwise);
const path = z.string().min(1);

/** Which of the many draws of a generated task. */
const draw = z.int().min(0).max(1_000_000).default(0);
const published = draw.describe('0 gives the published data, other numbers other draws of them');
const generated = draw.describe('names the draw: other numbers are other tasks of the same kind');

const newExamples = {
  search: count(200, 100_000).describe('new examples that selection sees'),
  select: count(200, 100_000).describe('new examples to re-evaluate elites on'),
};

const splitCounts = (train: number) => ({
  train: z.int().min(1).max(1_000_000).default(train).describe('training examples'),
  search: count(500).describe('examples that selection sees'),
  select: count(500).describe('examples to re-evaluate elites on'),
  final: count(1000).describe('examples for claims'),
});

const mnist1dOptions = {
  seed: z.int().min(0).max(4294967295).default(42).describe('42 gives the published data'),
  search: count(500, 2000).describe(
    'examples that selection sees, from the end of the published training set',
  ),
  select: count(500, 1900).describe('examples to re-evaluate elites on'),
};

/** Shares of the rows of a file; what they leave over trains. */
const fileOptions = {
  search: fraction.default(0.15).describe('share of rows that selection sees'),
  select: fraction.default(0.1).describe('share of rows to re-evaluate elites on'),
  final: fraction.default(0.15).describe('share of rows kept for claims; none where test files are given'),
  splitSeed: z.string().default('split').describe('names the random stream that deals rows to splits'),
  head: z
    .enum(['linear', 'unbiased', 'none'])
    .default('linear')
    .describe(
      "how a prediction is read off: PyTorch's linear layer, the same without bias, or the output itself",
    ),
};

const targetKind = z
  .enum(['classification', 'binary', 'regression'])
  .default('classification')
  .describe('whether the target names a class, is one of two labels (logistic loss), or is a number');

/** The closed table of tasks with the options of each. Names stand in documents: permanent. */
export const taskSchemas = {
  mnist1d: z.strictObject({ name: z.literal('mnist1d'), ...mnist1dOptions }),
  'mnist1d-pair': z.strictObject({
    name: z.literal('mnist1d-pair'),
    classes: z
      .tuple([z.int().min(0).max(9), z.int().min(0).max(9)])
      .default([0, 1])
      .describe('the two classes to tell apart'),
    projected: z.int().min(1).max(40).default(16).describe('numbers that the 40 points are projected to'),
    draw: generated,
    ...mnist1dOptions,
  }),
  spirals: z.strictObject({
    name: z.literal('spirals'),
    arms: z.int().min(2).max(20).default(2).describe('spirals, each a class'),
    turns: z.number().min(0.1).max(10).default(1.5).describe('how often each winds round'),
    noise: z.number().min(0).max(1).default(0.05).describe('deviation of the points from their arm'),
    draw: generated,
    ...splitCounts(1000),
  }),
  'teacher-student': z.strictObject({
    name: z.literal('teacher-student'),
    features: z.int().min(1).max(1000).default(8).describe('numbers in an input'),
    hidden: z.int().min(1).max(1000).default(4).describe('hidden units of the teacher'),
    activation: z.enum(['tanh', 'relu']).default('tanh').describe('of the hidden units'),
    noise: z.number().min(0).max(10).default(0.1).describe('deviation of the noise on the target'),
    draw: generated,
    ...splitCounts(1000),
  }),
  scalar: z.strictObject({
    name: z.literal('scalar'),
    function: z
      .enum(['linear', 'two-layer'])
      .default('linear')
      .describe('ScalarLinearRegression or Scalar2LayerNNRegression'),
    features: z.int().min(1).max(100).default(4).describe('numbers in an input'),
    draw: generated,
    ...splitCounts(1000),
  }),
  tokens: z.strictObject({
    name: z.literal('tokens'),
    language: z
      .enum(['markov', 'induction', 'copy'])
      .default('markov')
      .describe('a Markov chain; what followed the last token before; the first token again'),
    alphabet: z.int().min(2).max(32).default(8).describe('different tokens'),
    length: z.int().min(4).max(256).default(16).describe('tokens in an input'),
    order: z.int().min(1).max(3).default(2).describe('tokens that the next one of a Markov chain depends on'),
    draw: generated,
    ...splitCounts(4000),
  }),
  imbalance: z.strictObject({
    name: z.literal('imbalance'),
    variant: z
      .enum(['groups', 'mixture'])
      .default('groups')
      .describe('random inputs to be learned by heart, or a mixture with rare classes'),
    groups: z
      .int()
      .min(1)
      .max(9)
      .default(5)
      .describe('m of the groups: m 2^m examples of (m + 1) 2^m features in 2^m - 1 classes'),
    classes: z.int().min(2).max(1000).default(100).describe('classes of the mixture'),
    exponent: z
      .number()
      .min(0)
      .max(2)
      .default(1)
      .describe('class k of the mixture has a share of 1 / k^exponent'),
    draw: generated,
  }),
  margin: z.strictObject({
    name: z.literal('margin'),
    margin: z
      .number()
      .min(0.001)
      .max(10)
      .default(0.1)
      .describe('distance of the support vectors from the plane; published are 0.01, 0.05, 0.1 and 0.5'),
    examples: z.int().min(10).max(100_000).default(1000).describe('examples, a fifth of them for `final`'),
    features: z.int().min(2).max(1000).default(20).describe('numbers in an input, the constant 1 aside'),
    draw: published,
    ...newExamples,
  }),
  kernel: z.strictObject({
    name: z.literal('kernel'),
    path: path.optional().describe('a LIBSVM file with two labels; without it a generated twin'),
    sigma: z
      .number()
      .min(1e-3)
      .max(1e3)
      .default(0.5)
      .describe('width of the kernel; published are mushrooms 0.5, ijcnn 0.05, rcv1 0.25, w8a 20'),
    rows: z
      .int()
      .min(10)
      .max(100_000)
      .default(1000)
      .describe('rows of the twin; of a file, at most so many are taken from its beginning'),
    search: count(100, 100_000).describe('examples that selection sees, from the end of the training rows'),
    select: count(100, 100_000).describe(
      'examples to re-evaluate elites on, from the end of the training rows',
    ),
    draw: draw.describe('names the draw of the twin'),
  }),
  'matrix-factorization': z.strictObject({
    name: z.literal('matrix-factorization'),
    draw: published,
    ...newExamples,
  }),
  'quadratic-blocks': z.strictObject({
    name: z.literal('quadratic-blocks'),
    spectrum: z
      .enum(['heterogeneous', 'homogeneous'])
      .default('heterogeneous')
      .describe('eigenvalues alike within each block, or the same mixture in every block'),
    rotated: z.boolean().default(false).describe('the same problem seen from randomly rotated axes'),
    draw: published,
  }),
  'quadratic-deep': z.strictObject({
    name: z.literal('quadratic-deep'),
    noise: z
      .number()
      .min(0)
      .max(100)
      .default(0.6)
      .describe('deviation of the data; 0 leaves the quadratic alone'),
    draw: published,
  }),
  objective: z.strictObject({
    name: z.literal('objective'),
    function: z
      .enum(['rosenbrock', 'beale', 'branin', 'himmelblau', 'rosenbrock10'])
      .default('rosenbrock')
      .describe('the function to minimise'),
    noise: z.number().min(0).max(1000).default(0).describe('deviation of the gradient noise; DeepOBS has 1'),
    examples: z.int().min(1).max(1_000_000).default(1000).describe('draws of the noise'),
    draw: generated,
  }),
  reddi: z.strictObject({
    name: z.literal('reddi'),
    stream: z
      .enum(['online', 'stochastic', 'theorem-1'])
      .default('online')
      .describe('slopes in a fixed cycle, at random places, or as in the theorem'),
    length: z.int().min(100).max(2_000_000).default(100_000).describe('slopes of the stochastic stream'),
    draw: generated,
  }),
  csv: z.strictObject({
    name: z.literal('csv'),
    path: path.describe('the file; its first line names the columns; gzipped or not'),
    test: path.optional().describe('a file with the same columns, for `final`'),
    target: z.string().optional().describe('the column to predict; default the last'),
    header: z
      .boolean()
      .optional()
      .describe(
        'false: no line of names, columns are c1, c2 ...; true: the first line is one, even of numbers',
      ),
    kind: targetKind,
    ...fileOptions,
  }),
  libsvm: z.strictObject({
    name: z.literal('libsvm'),
    path: path.describe('the file: lines of a label and index:value pairs; gzipped or not'),
    test: path.optional().describe('a file of the same form, for `final`'),
    kind: targetKind,
    ...fileOptions,
  }),
  idx: z.strictObject({
    name: z.literal('idx'),
    path: path.describe('the file of images or vectors, gzipped or not'),
    labels: path.describe('the file of labels, gzipped or not'),
    test: path.optional().describe('the file of test images, for `final`'),
    testLabels: path.optional().describe('the file of their labels'),
    ...fileOptions,
  }),
  cifar10: z.strictObject({
    name: z.literal('cifar10'),
    path: path.describe('the folder with data_batch_1.bin ... and test_batch.bin, which is `final`'),
    ...fileOptions,
  }),
} as const;

/** The name of a task, as documents spell it. */
export type TaskName = keyof typeof taskSchemas;

/** Names of all tasks, in the order of the table. */
export const taskNames = Object.keys(taskSchemas) as readonly TaskName[];

/** A task with its options, told apart by `name`. */
export const taskSchema = z.discriminatedUnion('name', [
  taskSchemas.mnist1d,
  taskSchemas['mnist1d-pair'],
  taskSchemas.spirals,
  taskSchemas['teacher-student'],
  taskSchemas.scalar,
  taskSchemas.tokens,
  taskSchemas.imbalance,
  taskSchemas.margin,
  taskSchemas.kernel,
  taskSchemas['matrix-factorization'],
  taskSchemas['quadratic-blocks'],
  taskSchemas['quadratic-deep'],
  taskSchemas.objective,
  taskSchemas.reddi,
  taskSchemas.csv,
  taskSchemas.libsvm,
  taskSchemas.idx,
  taskSchemas.cifar10,
]);

/** A task with all its options filled in. */
export type TaskSpec = z.output<typeof taskSchema>;
/** A task as people write it. */
export type TaskInput = z.input<typeof taskSchema>;

/** Whether a prediction can be right or wrong, so that it has an accuracy. */
export function hasAccuracy(spec: TaskSpec): boolean {
  switch (spec.name) {
    case 'teacher-student':
    case 'scalar':
    case 'matrix-factorization':
    case 'quadratic-blocks':
    case 'quadratic-deep':
    case 'objective':
    case 'reddi':
      return false;
    case 'csv':
    case 'libsvm':
      return spec.kind !== 'regression';
    default:
      return true;
  }
}

const contextsOf = ({ alphabet, order }: { readonly alphabet: number; readonly order: number }) =>
  new Array<number>(order).fill(alphabet).reduce((a, b) => a * b, 1);

/** Bounds that join several options of a task: the options concerned, what is wrong, what to do. */
export function taskBounds(
  spec: TaskSpec,
): { readonly key: string; readonly message: string; readonly hint: string }[] {
  if (spec.name === 'mnist1d-pair' && spec.classes[0] === spec.classes[1])
    return [{ key: 'classes', message: 'a class cannot be told from itself', hint: 'name two classes' }];
  if (spec.name === 'tokens' && spec.language === 'markov' && contextsOf(spec) > 4096)
    return [{ key: 'order', message: 'there are more than 4096 contexts', hint: 'lower order or alphabet' }];
  if (spec.name === 'kernel' && spec.path === undefined) {
    const train = spec.rows - Math.ceil(0.2 * spec.rows);
    if (train <= spec.search + spec.select)
      return [{ key: 'rows', message: `of ${spec.rows} rows none is left to train on`, hint: 'raise rows' }];
    if (train * spec.rows > 150_000_000)
      return [{ key: 'rows', message: 'the kernel of so many rows is too large', hint: 'lower rows' }];
  }
  return [];
}
