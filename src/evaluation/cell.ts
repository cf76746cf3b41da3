/**
 * A cell: one training of one genome that belongs to no plan, such as the subject of an assay or a judgement on the `final` split. A function of (workbench, cell) alone, with
 * the streams and the numbers that a plan's training of the same genome, task, seed, learning rate and split has.
 */
import type { Measurement, TrainingBudget } from '../engines/engine.ts';
import type { Genome } from '../genome/genome.ts';
import type { HeldOutSplit } from '../tasks/task.ts';
import { compileFor, train } from './evaluate.ts';
import type { Workbench } from './individual.ts';
import { withRate } from './learning-rate.ts';
import type { FailureReason, StopReason, TrainingOutcome } from './outcome.ts';

/** Where a cell is measured. `final` is for claims, and is opened by saying so: a split that merely came along in a variable does not type-check. */
export type CellSplit =
  | { readonly split: 'search' | 'select' }
  | { readonly split: 'final'; readonly claim: true };

/** What to train, and from which streams. */
export type Cell = CellSplit & {
  readonly genome: Genome;
  /** Index of the task in the workbench. */
  readonly task: number;
  readonly budget: TrainingBudget;
  /** Prefix of the random streams: weights, batches, noise. */
  readonly seed: string;
  /** Integer exponent j: the update is multiplied by 10^(j/2); 0 leaves the rule as it is. */
  readonly learningRate: number;
};

interface Spent {
  /** Where it was measured, or would have been. */
  readonly split: HeldOutSplit;
  readonly stepsDone: number;
  readonly costUnits: number;
  /** Parameters of the network; 0 when it could not be compiled. */
  readonly parameters: number;
  /** Mean batch losses over equal stretches of the budget, oldest first. */
  readonly curve: Float32Array;
}

/** How a cell ended: `measured` and `fitness` on its split where the training ended, a reason where it failed. */
export type CellRecord =
  | (Spent & { readonly status: 'completed'; readonly fitness: number; readonly measured: Measurement })
  | (Spent & {
      readonly status: 'stopped';
      readonly reason: StopReason;
      readonly fitness: number;
      readonly measured: Measurement;
    })
  | (Spent & { readonly status: 'failed'; readonly reason: FailureReason });

/**
 * Trains a cell. What the genome cannot do is a record; what the caller got wrong is an exception.
 * @throws RangeError where the workbench has no such task, the task no examples on the split, the exponent is no integer, or `final` was not claimed.
 */
export async function trainCell({ engine, tasks, settings }: Workbench, cell: Cell): Promise<CellRecord> {
  const task = tasks[cell.task];
  if (task === undefined) throw new RangeError(`there is no task ${cell.task} among ${tasks.length}`);
  if (cell.split === 'final' && cell.claim !== true)
    throw new RangeError('the final split is for claims, and this cell does not say that it is one');
  if (task.splits[cell.split].count === 0)
    throw new RangeError(`task ${task.name} has no examples on the ${cell.split} split`);
  if (!Number.isInteger(cell.learningRate))
    throw new RangeError(`the exponent of a learning rate is an integer, not ${cell.learningRate}`);
  const own = { ...settings, budget: cell.budget };
  const compiled = compileFor(own, withRate(cell.genome, cell.learningRate), task);
  const { outcome } = await train(engine, own, compiled, { task, seed: cell.seed, measure: cell.split });
  return recordOf(outcome, cell.split);
}

/** `search` of an outcome is what was measured, on whatever split: here it gets a name that fits them all. */
function recordOf(outcome: TrainingOutcome, split: HeldOutSplit): CellRecord {
  if (outcome.status === 'failed') return { ...outcome, split };
  const { search: measured, ...rest } = outcome;
  return { ...rest, measured, split };
}
