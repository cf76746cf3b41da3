/** Initial parameters, the same on every engine: float64 draws from one named stream per parameter. */
import type { Initializer, Program } from '../compiler/program.ts';
import { cos, pow, sin } from '../numerics/elementary.ts';
import { type Random, stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';

/** Unpadded row-major values in the order of `program.constants`. */
export function initialConstants(program: Program, seed: string): Float64Array[] {
  return program.constants.map(({ name, value, initializer }) => {
    const { rows, cols } = program.tensors[value]!;
    return draws[initializer.scheme](initializer, rows, cols, () =>
      stream(streamNames.constants(seed, name)),
    );
  });
}

/** Unpadded row-major values in the order of `program.parameters`. */
export function initialParameters(
  program: Program,
  seed: string,
  constants: readonly Float64Array[] = initialConstants(program, seed),
): Float64Array[] {
  return program.parameters.map(({ name, value, initializer, rotation }) => {
    const { rows, cols } = program.tensors[value]!;
    const weight = draws[initializer.scheme](initializer, rows, cols, () =>
      stream(streamNames.weights(seed, name)),
    );
    return rotation === undefined
      ? weight
      : rotatedBack(weight, constants[rotation.left]!, constants[rotation.right]!, rows, cols);
  });
}

/** The V for which left * V * right is the given weight, left and right being orthogonal. */
function rotatedBack(
  weight: Float64Array,
  left: Float64Array,
  right: Float64Array,
  rows: number,
  cols: number,
): Float64Array {
  const half = new Float64Array(rows * cols);
  for (let k = 0; k < rows; k++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) half[i * cols + j]! += left[k * rows + i]! * weight[k * cols + j]!;
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++)
      for (let k = 0; k < cols; k++) out[i * cols + j]! += half[i * cols + k]! * right[j * cols + k]!;
  return out;
}

type Draw = (initializer: Initializer, rows: number, cols: number, random: () => Random) => Float64Array;

const filled = (length: number, value: () => number) => Float64Array.from({ length }, value);

const normalWith =
  (deviation: (fanIn: number, fanOut: number) => number): Draw =>
  ({ gain, fanIn, fanOut }, rows, cols, random) => {
    const scale = gain * deviation(fanIn, fanOut);
    const source = random();
    return filled(rows * cols, () => scale * source.normal());
  };

/** PyTorch's Linear: kaiming_uniform(a = sqrt 5), which is U(-1/sqrt(fanIn), 1/sqrt(fanIn)), for weights and biases. */
const torchUniform: Draw = ({ gain, fanIn }, rows, cols, random) => {
  const bound = gain / Math.sqrt(fanIn);
  const source = random();
  return filled(rows * cols, () => bound * (2 * source.uniform() - 1));
};

const draws = {
  he: normalWith((fanIn) => Math.sqrt(2 / fanIn)),
  glorot: normalWith((fanIn, fanOut) => Math.sqrt(2 / (fanIn + fanOut))),
  lecun: normalWith((fanIn) => Math.sqrt(1 / fanIn)),
  normal: normalWith(() => 0.01),
  orthogonal: ({ gain }, rows, cols, random) => orthogonal(rows, cols, random()).map((x) => gain * x),
  zero: (_initializer, rows, cols) => new Float64Array(rows * cols),
  torch: torchUniform,
  torchBias: torchUniform,
  constant: ({ gain }, rows, cols) => new Float64Array(rows * cols).fill(gain),
  sinusoid: ({ fanIn }, rows, cols) =>
    Float64Array.from({ length: rows * cols }, (_, i) => sinusoid(i, fanIn)),
  given: ({ gain, values }) => Float64Array.from(values!, (x) => gain * x),
} as const satisfies Record<Initializer['scheme'], Draw>;

/** sin(p / 10000^(2 i / channels)) in channel 2 i of position p, its cosine in channel 2 i + 1. */
function sinusoid(index: number, channels: number): number {
  const channel = index % channels;
  const angle = Math.floor(index / channels) / pow(10000, (channel - (channel % 2)) / channels);
  return channel % 2 === 0 ? sin(angle) : cos(angle);
}

/** Orthonormal along the shorter side, Haar distributed: Gram-Schmidt on normal vectors (Saxe et al. 2014; Mezzadri 2007). */
function orthogonal(rows: number, cols: number, random: Random): Float64Array {
  const [count, length] = [Math.min(rows, cols), Math.max(rows, cols)];
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = filled(length, () => random.normal());
    // Twice is enough for orthogonality to rounding (Giraud et al. 2005).
    for (let round = 0; round < 2; round++) for (const other of basis) subtractProjection(vector, other);
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-8) basis.push(vector.map((x) => x / norm));
  }
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) out[i * cols + j] = rows <= cols ? basis[i]![j]! : basis[j]![i]!;
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i]! -= share * unit[i]!;
}
