/** What generated tasks are made of: examples drawn one by one, each split from a stream of its own. */
import { type Random, stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import type { Examples, SplitName } from './task.ts';

/** Fills the input and the target of example i. */
export type FillExample = (input: Float64Array, target: Float64Array, i: number) => void;

/** Numbers in each example: inputs, and columns of the target. */
export interface Width {
  readonly inputs: number;
  readonly targets: number;
}

/** On shared memory from the start, since images are large and workers want them. */
export function makeExamples(count: number, width: Width, fill: FillExample): Examples {
  const inputs = new Float64Array(new SharedArrayBuffer(8 * count * width.inputs));
  const targets = new Float64Array(new SharedArrayBuffer(8 * count * width.targets));
  for (let i = 0; i < count; i++)
    fill(
      inputs.subarray(i * width.inputs, (i + 1) * width.inputs),
      targets.subarray(i * width.targets, (i + 1) * width.targets),
      i,
    );
  return { count, inputs, targets };
}

/** Sizes of splits. */
export type Counts = Readonly<Record<SplitName, number>>;

/** The stream of one part of one draw of a task. */
export const taskStream = (task: string, draw: number, part: string): Random =>
  stream(streamNames.task(task, draw, part));

/** Every split from the same distribution and from its own stream. */
export function drawSplits(
  task: string,
  draw: number,
  counts: Counts,
  width: Width,
  fill: (random: Random) => FillExample,
): Readonly<Record<SplitName, Examples>> {
  const split = (name: SplitName) => makeExamples(counts[name], width, fill(taskStream(task, draw, name)));
  return { train: split('train'), search: split('search'), select: split('select'), final: split('final') };
}

/** An optimisation problem has nothing to generalise to: it is measured on its own objective, by all three held-out splits. */
export function problemSplits(train: Examples, objective = train): Readonly<Record<SplitName, Examples>> {
  return { train, search: objective, select: objective, final: objective };
}

/** Rows [from, to) on the same memory. */
export function rowsOf({ count, inputs, targets }: Examples, from: number, to: number): Examples {
  const [width, columns] = [inputs.length / count, targets.length / count];
  return {
    count: to - from,
    inputs: inputs.subarray(from * width, to * width),
    targets: targets.subarray(from * columns, to * columns),
  };
}

/** Sum of products, from the first element to the last. Of vectors as long as the first. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Mean of squares: the loss of the predictor that always says 0. */
export const meanSquare = (values: Float64Array): number => dot(values, values) / values.length;

/** The loss of the best constant for each column: its variance, mean over columns. */
export function variance(values: Float64Array, columns = 1): number {
  const rows = values.length / columns;
  const means = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) means[i % columns]! += values[i]! / rows;
  return meanSquare(values.map((x, i) => x - means[i % columns]!));
}
