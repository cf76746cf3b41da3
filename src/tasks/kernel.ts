/**
 * Kernel classification (Vaswani et al. 2019): a linear model without bias on the radial basis functions exp(-d^2 / (2 sigma^2)) of an example's distances d to the training
 * examples, logistic loss. On a LIBSVM file, as published, or on a generated twin.
 */
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { exp, log } from '../numerics/elementary.ts';
import { bytesOf } from './bytes.ts';
import type { Rows } from './deal.ts';
import { makeExamples, taskStream } from './generate.ts';
import { encodeLabels } from './labels.ts';
import { denseIssue, readLibsvm, rowsOfSparse } from './libsvm.ts';
import { overlapIssues } from './overlap.ts';
import { carve } from './splits.ts';
import type { Examples, Task } from './task.ts';

/** Options of the task `kernel`: see its schema. */
export interface KernelOptions {
  readonly path?: string | undefined;
  readonly sigma: number;
  readonly rows: number;
  readonly search: number;
  readonly select: number;
  readonly draw: number;
}

/** The kernel matrix is the largest thing a task holds. */
const maxNumbers = 150_000_000;

/** Issues: all that `readLibsvm` and `encodeLabels` refuse; too few rows for the splits, or too many for the kernel. */
export async function openKernel(options: KernelOptions): Promise<Result<Task>> {
  if (options.path === undefined) return ok(kernelTask(twin(options), options, true));
  const read = await fileRows(options.path, options.rows);
  if (!read.ok) return read;
  const { rows, notes } = read.value;
  const numbers = rows.count * trainCountOf(rows.count);
  if (numbers > maxNumbers)
    return fail([
      {
        code: 'kernel-too-large',
        path: options.path,
        message: `the kernel of ${rows.count} rows has ${numbers} numbers, and ${maxNumbers} are kept`,
        hint: 'take fewer rows: --set task.rows=10000',
      },
    ]);
  if (trainCountOf(rows.count) <= options.search + options.select)
    return fail([
      {
        code: 'task-too-small',
        path: options.path,
        message: `${rows.count} rows leave none to train on besides ${options.search} for search and ${options.select} for select`,
        hint: 'lower task.search and task.select',
      },
    ]);
  const task = kernelTask(rows, options, false);
  return ok({ ...task, notes: [...notes, ...overlapIssues(task.splits, options.path, undefined).notes] });
}

const trainCountOf = (count: number) => count - Math.ceil(0.2 * count);

interface FileRows {
  readonly rows: Rows;
  readonly notes: readonly Issue[];
}

async function fileRows(path: string, most: number): Promise<Result<FileRows>> {
  const sparse = await readLibsvm(bytesOf(path), path);
  if (!sparse.ok) return sparse;
  const { labels, lines, features } = sparse.value;
  const wide = denseIssue(sparse.value, features, path);
  if (wide !== null) return fail([wide]);
  const encoded = encodeLabels('binary', { path, labels: labels.slice(0, most), lines }, null);
  if (!encoded.ok) return encoded;
  const { values, notes } = encoded.value;
  return ok({ rows: rowsOfSparse(sparse.value, values, features), notes });
}

const twinFeatures = 4;
const twinCentres = 40;

/** Points of the unit cube, labelled by the sign of a random combination of the same kernels: separable in the feature space. */
function twin({ rows: count, sigma, draw }: KernelOptions): Rows {
  const random = taskStream('kernel', draw, 'twin');
  const point = () => Float64Array.from({ length: twinFeatures }, random.uniform);
  const centres = Array.from({ length: twinCentres }, point);
  const weights = centres.map(random.normal);
  const points = Array.from({ length: count }, point);
  const width = 2 * sigma * sigma;
  return {
    count,
    width: { inputs: twinFeatures, targets: 1 },
    copy(row, input, target) {
      input.set(points[row]!);
      const height = centres.reduce(
        (sum, centre, k) => sum + weights[k]! * exp(-squaredDistance(centre, input) / width),
        0,
      );
      target[0] = height > 0 ? 1 : 0;
    },
  };
}

/** The first 80 % train, `search` and `select` taken from their end; the rest is `final`: unshuffled, as published. */
function kernelTask(rows: Rows, { sigma, search, select }: KernelOptions, isSeparable: boolean): Task {
  const trainCount = trainCountOf(rows.count);
  const ranges = carve(trainCount, { search, select });
  const points = makeExamples(rows.count, rows.width, (input, target, i) => rows.copy(i, input, target));
  const features = rows.width.inputs;
  const pointAt = (i: number) => points.inputs.subarray(i * features, (i + 1) * features);
  const kernels = ranges.train[1];
  const split = (from: number, to: number): Examples =>
    makeExamples(to - from, { inputs: kernels, targets: 1 }, (input, target, i) => {
      for (let j = 0; j < kernels; j++)
        input[j] = exp(-squaredDistance(pointAt(from + i), pointAt(j)) / (2 * sigma * sigma));
      target[0] = points.targets[from + i]!;
    });
  return {
    name: 'kernel',
    signature: {
      input: [1, 1, kernels],
      target: { kind: 'binary' },
      head: { kind: 'linear', bias: false, init: 'torch' },
    },
    splits: {
      train: split(...ranges.train),
      search: split(...ranges.search),
      select: split(...ranges.select),
      final: split(trainCount, rows.count),
    },
    untrainedLoss: log(2),
    ...(isSeparable ? { floor: 0 } : {}),
  };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return sum;
}
