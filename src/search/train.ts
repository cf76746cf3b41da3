/** Trains one genome by itself and measures it on every held-out split. */
import { compile } from '../compiler/compile.ts';
import type { Cost } from '../compiler/program.ts';
import type { TrainingRecord } from '../engines/engine.ts';
import { type EngineName, openEngine, resolveEngineName } from '../engines/registry.ts';
import { withRate } from '../evaluation/learning-rate.ts';
import type { Genome } from '../genome/genome.ts';
import { UserError } from '../notation/user-error.ts';
import type { Override } from '../search-space/document.ts';
import type { TaskName } from '../search-space/task-schema.ts';
import { recipeBatch, type TaskFacts, taskFacts } from '../tasks/catalogue.ts';
import type { HeldOutSplit, Task } from '../tasks/task.ts';
import { openNamedTask, taskNamed } from './named-task.ts';

/** Every split that training does not see, in the order in which they are shown. */
export const heldOutSplits: readonly HeldOutSplit[] = ['search', 'select', 'final'];

/** More than a search lets a candidate have: this genome was asked for by name. */
const limits = { parameters: 1e8, stepFlops: 1e13, bytes: 4e9 };

/** What is asked of one training. */
export interface TrainingOptions {
  readonly task: string;
  /** Options of the task. */
  readonly set: readonly Override[];
  readonly steps: number;
  /** Where not given, as in the task's recipe; without one 100, shuffled. */
  readonly batchSize?: number | undefined;
  readonly order?: 'shuffled' | 'sequential' | undefined;
  /** j: the update is multiplied by 10^(j/2). 0 where not given, the rule as it is. */
  readonly rate?: number | undefined;
  readonly seed: string;
  readonly engine: EngineName | 'auto';
  readonly curvePoints: number;
  /** Check what the compiler promises. */
  readonly debug?: boolean | undefined;
}

/** What one training came to, with the facts of program and task. */
export interface GenomeTraining {
  readonly name: TaskName;
  readonly task: Task;
  readonly cost: Cost;
  readonly record: TrainingRecord;
}

/** @throws UserError where the task, the engine or the genome on this task is not to be had. */
export async function trainGenome(genome: Genome, options: TrainingOptions): Promise<GenomeTraining> {
  const name = taskNamed(options.task);
  const task = await openNamedTask(name, options.set);
  const { recipe }: TaskFacts = taskFacts[name];
  const batchSize = options.batchSize ?? (recipe === null ? 100 : recipeBatch(recipe, task));
  const order = options.order ?? recipe?.order ?? 'shuffled';
  const compiled = compile(withRate(genome, options.rate ?? 0), task.signature, {
    batchSize,
    limits,
    verify: options.debug ?? false,
  });
  if (!compiled.ok)
    throw new UserError({
      code: compiled.reason,
      message: `this genome cannot be trained here: ${compiled.detail}`,
    });
  const engine = await openEngine(resolveEngineName(options.engine));
  const { seed, curvePoints } = options;
  const budget = { steps: options.steps, batchSize, order };
  const [record] = await engine.train([
    { program: compiled.program, task, budget, seed, measure: heldOutSplits, curvePoints },
  ]);
  return { name, task, cost: compiled.program.cost, record: record! };
}
