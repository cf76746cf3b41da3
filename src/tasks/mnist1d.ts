/**
 * MNIST-1D (Greydanus and Kobak 2024, "Scaling down deep learning with MNIST-1D"), generated as published: ten 12-point templates, padded, scaled, translated,
 * with correlated and white noise, sheared, and resampled to 40 points. The order of draws is that of the authors' code, so the data are theirs to the last bit but rounding.
 */
import { exp, log } from '../numerics/elementary.ts';
import { type LegacyRandom, legacyRandom } from './numpy-legacy.ts';
import { carve } from './splits.ts';
import type { Examples, Task } from './task.ts';

const templates = [
  [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
  [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
  [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
  [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
  [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
  [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
  [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
  [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
  [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
  [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
] as const;

const exampleCount = 5000;
const trainCount = 4000;
const paddedLength = 72;
const finalLength = 40;

const linspace = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, i) =>
    i === count - 1 ? to : from + i * ((to - from) / (count - 1)),
  );

/** scipy's linear interp1d on an equally spaced grid from -5 to 5, at `count` points. */
function resample(values: Float64Array, count: number): Float64Array {
  const old = linspace(-5, 5, values.length);
  const out = linspace(-5, 5, count);
  let high = 1;
  return out.map((x) => {
    while (high < values.length - 1 && old[high]! < x) high += 1;
    const low = high - 1;
    const slope = (values[high]! - values[low]!) / (old[high]! - old[low]!);
    return slope * (x - old[low]!) + values[low]!;
  });
}

/** Mean removed, unit deviation, starting at 0, a sixth as large. */
function standardTemplate(raw: readonly number[]): Float64Array {
  const mean = raw.reduce((a, b) => a + b) / raw.length;
  const centred = raw.map((x) => x - mean);
  const deviation = Math.sqrt(centred.reduce((a, x) => a + x * x, 0) / raw.length);
  const scaled = centred.map((x) => x / deviation);
  return Float64Array.from(scaled, (x) => (x - scaled[0]!) / 6);
}

function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    exp((-0.5 / (sigma * sigma)) * (i - radius) * (i - radius)),
  );
  const total = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / total);
}

const kernel = gaussianKernel(2);

/** scipy.ndimage.gaussian_filter, sigma 2, mode reflect: d c b a | a b c d | d c b a. */
function smooth(x: Float64Array): Float64Array {
  const radius = (kernel.length - 1) / 2;
  const n = x.length;
  const at = (i: number) => x[i < 0 ? -i - 1 : i >= n ? 2 * n - i - 1 : i]!;
  return x.map((_, i) => kernel.reduce((sum, w, k) => sum + w * at(i + k - radius), 0));
}

/** One example from a template, drawing in the published order. */
function transform(template: Float64Array, random: LegacyRandom): Float64Array {
  const padding = 36 + Math.floor(random.rand() * 25);
  const padded = new Float64Array(template.length + padding);
  // What is exactly 0 after this is padding, which the correlated noise fills.
  template.forEach((x, i) => {
    padded[i] = x + 1e-8;
  });
  let x = resample(padded, paddedLength);
  const scale = 1 + 0.4 * (random.rand() - 0.5);
  x = x.map((value) => value * scale);
  const shift = random.randint(48);
  const rolled = Float64Array.from(
    { length: paddedLength },
    (_, i) => x[(i - shift + paddedLength) % paddedLength]!,
  );
  const correlated = smooth(Float64Array.from({ length: paddedLength }, () => 0.25 * random.randn()));
  x = rolled.map((value, i) => (value === 0 ? correlated[i]! : value));
  x = x.map((value) => value + 0.02 * random.randn());
  const shear = 0.75 * (random.rand() - 0.5);
  const ramp = linspace(-0.5, 0.5, paddedLength);
  return resample(
    x.map((value, i) => value - shear * ramp[i]!),
    finalLength,
  );
}

interface Generated {
  /** In the order of generation, before normalisation. */
  readonly raw: readonly Float64Array[];
  /** In published order. */
  readonly inputs: readonly Float64Array[];
  readonly labels: readonly number[];
}

let latest: { readonly seed: number; readonly generated: Generated } | null = null;

/** All 5000 examples. The latest is kept: many tasks are made of the same. */
export function generateMnist1d(seed: number): Generated {
  if (latest?.seed !== seed) latest = { seed, generated: generate(seed) };
  return latest.generated;
}

function generate(seed: number): Generated {
  const random = legacyRandom(seed);
  const raw: Float64Array[] = [];
  for (const template of templates.map(standardTemplate)) {
    for (let i = 0; i < exampleCount / templates.length; i++) raw.push(transform(template, random));
  }
  const order = random.permutation(exampleCount);
  let sum = 0;
  for (const example of raw) for (const x of example) sum += x;
  const mean = sum / (exampleCount * finalLength);
  let squares = 0;
  for (const example of raw) for (const x of example) squares += (x - mean) * (x - mean);
  const deviation = Math.sqrt(squares / (exampleCount * finalLength));
  const perClass = exampleCount / templates.length;
  return {
    raw,
    inputs: Array.from(order, (i) => raw[i]!.map((x) => (x - mean) / deviation)),
    labels: Array.from(order, (i) => Math.floor(i / perClass)),
  };
}

/** Options of the task `mnist1d`: see its schema. */
export interface Mnist1dOptions {
  readonly seed: number;
  /** Examples of each held-out split taken from the end of the published 4000 training examples. */
  readonly search: number;
  readonly select: number;
}

/** `final` is the published test set of 1000. */
export function openMnist1d({ seed, search, select }: Mnist1dOptions): Task {
  const { inputs, labels } = generateMnist1d(seed);
  const rows = (from: number, to: number): Examples => ({
    count: to - from,
    inputs: Float64Array.from(inputs.slice(from, to).flatMap((row) => [...row])),
    targets: Float64Array.from(labels.slice(from, to)),
  });
  const { train, search: searchRange, select: selectRange } = carve(trainCount, { search, select });
  return {
    name: 'mnist1d',
    signature: { input: [1, finalLength, 1], target: { kind: 'classification', classes: 10 } },
    splits: {
      train: rows(...train),
      search: rows(...searchRange),
      select: rows(...selectRange),
      final: rows(trainCount, exampleCount),
    },
    untrainedLoss: log(10),
  };
}
