/** The training loop that CPU engines share: batches, steps, the divergence check, the curve, and measuring held-out splits. */
import type { Random } from '../random/stream.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import type { HeldOutSplit, Task } from '../tasks/task.ts';
import type { Executable, Measurement, TrainingEnd, TrainingJob, TrainingRecord } from './engine.ts';
import { initialConstants, initialParameters } from './initial-weights.ts';
import { noiseKeys } from './noise.ts';
import { AllowanceSpent } from './rules/allowance.ts';

/** A loss this many times the untrained one will not come back. */
const divergenceFactor = 1e8;

/** Trains one job from its initial weights. */
export function trainOn(executable: Executable, job: TrainingJob): TrainingRecord {
  const { program, task, budget, seed } = job;
  const constants = initialConstants(program, seed);
  executable.writeConstants(constants);
  executable.writeParameters(initialParameters(program, seed, constants));
  executable.resetStates();
  executable.bind(task, 'train');
  const n = task.splits.train.count;
  const nextBatch = batches(n, program.batchSize, budget.order, stream(streamNames.batches(seed)));
  const bound = divergenceFactor * (task.untrainedLoss + 1);
  const { costUnits = Number.POSITIVE_INFINITY } = budget;
  const steps = Math.min(budget.steps, job.until ?? budget.steps);
  const noise = noiseKeys(seed);
  const { box } = program.signature;
  const curve = createCurve(job.curvePoints, budget.steps);
  const hurdles = [...(job.hurdles ?? [])];
  const losses: number[] = [];

  let done = 0;
  const ownUnits = program.cost.stepUnits;
  let spent = program.cost.preparationUnits;
  let end: TrainingEnd = { status: 'completed' };
  while (done < steps) {
    if (spent + ownUnits > costUnits) {
      end = { status: 'stopped', reason: 'budget', step: done };
      break;
    }
    executable.loadRows(nextBatch());
    const loss = executable.forward({ mode: 'train', t: done + 1, noise });
    if (!(loss <= bound)) {
      end = { status: 'failed', reason: 'diverged', step: done };
      break;
    }
    curve.add(done, loss);
    if (losses.length < (job.losses ?? 0)) losses.push(loss);
    executable.backward();
    spent += ownUnits;
    const further = updateWithin(costUnits - spent, (allowance) =>
      executable.update({ t: done + 1, T: budget.steps, L: loss, b: program.batchSize, n }, noise, allowance),
    );
    spent += further.units;
    if (!further.covered) {
      end = { status: 'stopped', reason: 'budget', step: done };
      break;
    }
    done += 1;
    if (box !== undefined) clipParameters(executable, box);
    if (hurdles[0]?.step !== done) continue;
    const measured = measureSplit(executable, task, 'search');
    if (!(measured.loss <= bound)) {
      end = { status: 'failed', reason: 'diverged', step: done };
      break;
    }
    if (!hurdles.shift()!.passes(measured)) {
      end = { status: 'stopped', reason: 'hurdle', step: done };
      break;
    }
    executable.bind(task, 'train');
  }
  const record = {
    stepsDone: done,
    costUnits: spent,
    curve: curve.points(),
    ...(job.losses === undefined ? {} : { losses }),
  };
  if (end.status === 'failed') return { end, measured: {}, ...record };
  const measured = measure(executable, task, job.measure, bound);
  if (measured === null)
    return { end: { status: 'failed', reason: 'diverged', step: done }, measured: {}, ...record };
  return { end, measured, ...record };
}

/** An update with its evaluations, and whether they were covered. */
function updateWithin(
  allowance: number,
  update: (allowance: number) => number,
): { readonly covered: boolean; readonly units: number } {
  try {
    return { covered: true, units: update(allowance) };
  } catch (error) {
    if (!(error instanceof AllowanceSpent)) throw error;
    return { covered: false, units: error.units };
  }
}

/** A parameter that is not a number stays so: the next loss shows it. */
function clipParameters(executable: Executable, [low, high]: readonly [number, number]): void {
  executable.writeParameters(
    executable.readParameters().map((values) => values.map((x) => (x < low ? low : x > high ? high : x))),
  );
}

/** Rows of the next batch. A last short batch of an epoch is dropped; a training split smaller than the batch is walked round. */
export function batches(
  n: number,
  size: number,
  order: 'shuffled' | 'sequential',
  random: Random,
): () => Int32Array {
  const perEpoch = Math.max(1, Math.floor(n / size));
  const rows = new Int32Array(size);
  const inOrder = Int32Array.from({ length: n }, (_, i) => i);
  let epoch: Int32Array = inOrder;
  let next = perEpoch;
  return () => {
    if (next === perEpoch) {
      next = 0;
      epoch = order === 'shuffled' ? random.permutation(n) : inOrder;
    }
    for (let i = 0; i < size; i++) rows[i] = epoch[(next * size + i) % n]!;
    next += 1;
    return rows;
  };
}

/** How many whole batches a split of n examples has; at least one. */
export const wholeBatchCount = (n: number, size: number): number => Math.max(1, Math.floor(n / size));

/** Their rows, in the order of the split, walked round where it is smaller than a batch. */
export function wholeBatches(n: number, size: number): Int32Array[] {
  return Array.from({ length: wholeBatchCount(n, size) }, (_, batch) =>
    Int32Array.from({ length: size }, (_row, i) => (batch * size + i) % n),
  );
}

function measure(
  executable: Executable,
  task: Task,
  splits: readonly HeldOutSplit[],
  bound: number,
): Partial<Record<HeldOutSplit, Measurement>> | null {
  const measured: Partial<Record<HeldOutSplit, Measurement>> = {};
  for (const split of splits) {
    if (task.splits[split].count === 0) continue;
    const measurement = measureSplit(executable, task, split);
    if (!(measurement.loss <= bound)) return null;
    measured[split] = measurement;
  }
  return measured;
}

/** Mean loss and accuracy over a whole split, in chunks of the batch size. */
export function measureSplit(executable: Executable, task: Task, split: keyof Task['splits']): Measurement {
  const { count, targets } = task.splits[split];
  const size = executable.program.batchSize;
  const { target } = task.signature;
  const classifies = target.kind === 'classification' || target.kind === 'binary';
  executable.bind(task, split);
  let lossSum = 0;
  let correct = 0;
  for (let from = 0; from < count; from += size) {
    const here = Math.min(size, count - from);
    executable.loadRows(Int32Array.from({ length: here }, (_, i) => from + i));
    executable.forward({ mode: 'measure' });
    for (const loss of executable.readLosses(here)) lossSum += loss;
    if (classifies) correct += countCorrect(executable.readOutputs(here), targets, from, here);
  }
  return { loss: lossSum / count, accuracy: classifies ? correct / count : null };
}

/** Ties go to the first of the largest logits; of two classes one logit decides by its sign. */
function countCorrect(outputs: Float64Array, targets: Float64Array, from: number, count: number): number {
  let correct = 0;
  const columns = outputs.length / count;
  for (let i = 0; i < count; i++) {
    let best = columns === 1 && outputs[i]! > 0 ? 1 : 0;
    for (let c = 1; c < columns; c++) if (outputs[i * columns + c]! > outputs[i * columns + best]!) best = c;
    if (best === targets[from + i]) correct += 1;
  }
  return correct;
}

/** Means over equal stretches of the budget: as many as points are wanted, and never more than there are steps. */
function createCurve(points: number, steps: number) {
  const stretches = Math.min(points, steps);
  const sums = new Float64Array(stretches);
  const counts = new Int32Array(stretches);
  return {
    add(step: number, loss: number) {
      if (stretches === 0) return;
      const i = Math.floor((step * stretches) / steps);
      sums[i]! += loss;
      counts[i]! += 1;
    },
    points(): Float32Array {
      const empty = counts.indexOf(0);
      const length = empty === -1 ? stretches : empty;
      return Float32Array.from({ length }, (_, i) => Math.min(sums[i]! / counts[i]!, 3e38));
    },
  };
}
