/**
 * Quadratics 0.5 w' H w as least squares: the squared error of a linear predictor whose examples are the rows of sqrt(n / 2) H^(1/2), n of them. The batch of all n
 * rows gives the quadratic exactly; the head's weight is w.
 */
import { cos, sin } from '../numerics/elementary.ts';
import { dot, makeExamples, problemSplits, taskStream } from './generate.ts';
import { type LegacyRandom, legacyRandom } from './numpy-legacy.ts';
import {
  blockDiagonal,
  fromSpectrum,
  type Matrix,
  orthonormalRows,
  quadratic,
  times,
  transpose,
} from './symmetric.ts';
import type { Examples, Task, TaskSignature } from './task.ts';

/** Options of the task `quadratic-blocks`: see its schema. */
export interface QuadraticBlocksOptions {
  readonly spectrum: 'heterogeneous' | 'homogeneous';
  readonly rotated: boolean;
  readonly draw: number;
}

const eigenvalues = {
  heterogeneous: [
    [1, 2, 3],
    [99, 100, 101],
    [4998, 4999, 5000],
  ],
  homogeneous: [
    [1, 99, 4998],
    [2, 100, 4999],
    [3, 101, 5000],
  ],
} as const satisfies Record<QuadraticBlocksOptions['spectrum'], readonly (readonly number[])[]>;

/** The bases of the three blocks, their vectors as rows: those of numpy's QR of randn(3, 3), up to a sign that the matrix does not see. */
function blockBases(draw: number): Matrix[] {
  const random = legacyRandom(2 * draw);
  return eigenvalues.heterogeneous.map((block) =>
    orthonormalRows(transpose(block.map(() => Float64Array.from(block, random.randn)))),
  );
}

/** A matrix with the spectrum of H, each eigenvalue through f. */
function blocks(
  spectrum: QuadraticBlocksOptions['spectrum'],
  draw: number,
  f: (value: number) => number,
): Matrix {
  const bases = blockBases(draw);
  return blockDiagonal(eigenvalues[spectrum].map((values, b) => fromSpectrum(values.map(f), bases[b]!)));
}

/** H itself, 9 x 9. */
export const blockHessian = (spectrum: QuadraticBlocksOptions['spectrum'], draw: number): Matrix =>
  blocks(spectrum, draw, (value) => value);

/** Zhang et al. 2024, "Why transformers need Adam: a Hessian perspective". Rotated, the problem is the same to every rule that commutes with rotations. */
export function openQuadraticBlocks({ spectrum, rotated, draw }: QuadraticBlocksOptions): Task {
  const root = blocks(spectrum, draw, Math.sqrt);
  const random = legacyRandom(2 * draw + 1);
  const start = Float64Array.from(root, random.randn);
  const untrainedLoss = quadratic(blockHessian(spectrum, draw), start);
  const rotation = rotated ? randomRotation(root.length, draw) : null;
  // (R H^(1/2) R') (R w) = R (H^(1/2) w): rows times R' are enough, since R on the left leaves all lengths alone.
  const rows = rotation === null ? root : root.map((row) => times(rotation, row));
  const from = rotation === null ? start : times(rotation, start);
  return leastSquares('quadratic-blocks', rows, from, untrainedLoss);
}

function randomRotation(size: number, draw: number): Matrix {
  const random = taskStream('quadratic-blocks', draw, 'rotation');
  return orthonormalRows(
    Array.from({ length: size }, () => Float64Array.from({ length: size }, random.normal)),
  );
}

/** Options of the task `quadratic-deep`: see its schema. */
export interface QuadraticDeepOptions {
  readonly noise: number;
  readonly draw: number;
}

const dimensions = 100;
const deepBatch = 128;
const deepExamples = 1000;

/**
 * `quadratic_deep` of DeepOBS (Schneider et al. 2019): 0.5 (w - x)' Q (w - x), 90 eigenvalues of Q from U(0, 1) and 10 from U(30, 60), a random rotation, x from
 * N(0, noise^2), batches of 128. Its gradient on a batch is Q (w - mean of x), so a batch there is one block of 100 rows here, and an epoch seven blocks; walk them in
 * order with batches of 100. Held-out splits measure 0.5 w' Q w, what is left when the noise's own constant is taken off.
 */
export function openQuadraticDeep({ noise, draw }: QuadraticDeepOptions): Task {
  const { values, rotation } = deepSpectrum(legacyRandom(42 + 2 * draw));
  const root = fromSpectrum(values.map(Math.sqrt), rotation);
  const start = new Float64Array(dimensions).fill(1);
  const task = leastSquares('quadratic-deep', root, start, quadratic(fromSpectrum(values, rotation), start));
  if (noise === 0) return task;
  const means = batchMeans(legacyRandom(42 + 2 * draw), noise);
  const clean = task.splits.train;
  const train = makeExamples(
    means.length * dimensions,
    { inputs: dimensions, targets: 1 },
    (input, target, i) => {
      const row = i % dimensions;
      input.set(clean.inputs.subarray(row * dimensions, (row + 1) * dimensions));
      target[0] = dot(input, means[Math.floor(i / dimensions)]!);
    },
  );
  return { ...task, splits: problemSplits(train, clean) };
}

/** Means of the batches of the first epoch, unshuffled. */
function batchMeans(random: LegacyRandom, noise: number): Float64Array[] {
  return Array.from({ length: Math.floor(deepExamples / deepBatch) }, () => {
    const mean = new Float64Array(dimensions);
    for (let i = 0; i < deepBatch; i++)
      for (let j = 0; j < dimensions; j++) mean[j]! += (noise * random.randn()) / deepBatch;
    return mean;
  });
}

/** Eigenvalues, and eigenvectors as rows. */
export function deepSpectrum(random: LegacyRandom): {
  readonly values: readonly number[];
  readonly rotation: Matrix;
} {
  const uniform = (low: number, high: number) => low + (high - low) * random.rand();
  const values = Array.from({ length: dimensions }, (_, i) => (i < 90 ? uniform(0, 1) : uniform(30, 60)));
  return { values, rotation: subgroupRotation(dimensions, random) };
}

/** A rotation from the Haar measure by the subgroup algorithm (Diaconis and Shahshahani 1987), drawing in the order of DeepOBS' code. */
function subgroupRotation(size: number, random: LegacyRandom): Matrix {
  const angle = 2 * Math.PI * random.rand();
  let rotation: Float64Array[] = [
    Float64Array.of(cos(angle), sin(angle)),
    Float64Array.of(-sin(angle), cos(angle)),
  ];
  for (let d = 2; d < size; d++) {
    const v = Float64Array.from({ length: d + 1 }, random.randn);
    const norm = Math.sqrt(dot(v, v));
    const x = v.map((value, i) => (i === 0 ? 1 : 0) - value / norm);
    const length = Math.sqrt(dot(x, x));
    const unit = x.map((value) => value / length);
    const grown = [Float64Array.from({ length: d + 1 }, (_, j) => (j === 0 ? 1 : 0))];
    for (const row of rotation) grown.push(Float64Array.of(0, ...row));
    const shares = Float64Array.from({ length: d + 1 }, (_, j) =>
      grown.reduce((sum, row, i) => sum + unit[i]! * row[j]!, 0),
    );
    rotation = grown.map((row, i) => row.map((value, j) => value - 2 * unit[i]! * shares[j]!));
  }
  return rotation.map((row) => row.map((value) => -value));
}

/** The quadratic of a root's rows, from `start`. */
function leastSquares(name: string, root: Matrix, start: Float64Array, untrainedLoss: number): Task {
  const size = root.length;
  const scale = Math.sqrt(size / 2);
  const train: Examples = makeExamples(size, { inputs: size, targets: 1 }, (input, _target, i) => {
    for (let j = 0; j < size; j++) input[j] = scale * root[i]![j]!;
  });
  const signature: TaskSignature = {
    input: [1, 1, size],
    target: { kind: 'regression', outputs: 1 },
    head: { kind: 'linear', bias: false, init: 'torch', start: [...start] },
  };
  return { name, signature, splits: problemSplits(train), untrainedLoss, floor: 0 };
}
