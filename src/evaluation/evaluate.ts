/**
 * One training: genome in, outcome out. Compiles, trains under the budget and measures a held-out split.
 * A candidate's failure is an outcome here and never an exception.
 */
import { type Compiled, compile, type Limits } from '../compiler/compile.ts';
import type { Engine, Hurdle, TrainingBudget, TrainingJob, TrainingRecord } from '../engines/engine.ts';
import type { Genome } from '../genome/genome.ts';
import type { HeldOutSplit, Task } from '../tasks/task.ts';
import { type FitnessName, fitnessOf } from './fitness.ts';
import type { TrainingOutcome } from './outcome.ts';
import { isResourceFailure } from './resource-failure.ts';

/** What is the same for every training of a run: budget, fitness, points of the curve and limits. */
export interface EvaluationSettings {
  readonly budget: TrainingBudget;
  readonly fitness: FitnessName;
  readonly curvePoints: number;
  readonly limits: Limits;
  /** Check the compiler's stages on every genome. */
  readonly verify?: boolean;
}

/** Trains one genome and measures it on `search`. `seed` is the prefix of its streams. */
export async function evaluate(
  engine: Engine,
  task: Task,
  settings: EvaluationSettings,
  genome: Genome,
  seed: string,
): Promise<TrainingOutcome> {
  const compiled = compileFor(settings, genome, task);
  return (await train(engine, settings, compiled, { task, seed, measure: 'search' })).outcome;
}

/** Compiles a genome for a task under the limits of the settings. What is too large for the compiler itself is `too-large` like what exceeds a limit. */
export function compileFor(settings: EvaluationSettings, genome: Genome, task: Task): Compiled {
  const { budget, limits, verify = false } = settings;
  try {
    const { batchSize, costUnits } = budget;
    return compile(genome, task.signature, { batchSize, costUnits, limits, verify });
  } catch (error) {
    if (verify || !isResourceFailure(error)) throw error;
    return { ok: false, reason: 'too-large', detail: (error as Error).message };
  }
}

/** The record of one job, or null where this machine has not the means to make the program ready and run it. */
async function recordOf(
  engine: Engine,
  { verify = false }: EvaluationSettings,
  job: TrainingJob,
): Promise<TrainingRecord | null> {
  try {
    const [record] = await engine.train([job]);
    return record!;
  } catch (error) {
    if (verify || !isResourceFailure(error)) throw error;
    return null;
  }
}

/** One training of what was compiled: the data, the streams and what is measured. */
export interface TrainingRequest {
  readonly task: Task;
  readonly seed: string;
  readonly measure: HeldOutSplit;
  readonly hurdles?: readonly Hurdle[];
  /** How many of the first batch losses to give back. */
  readonly losses?: number;
}

/** What a training came to, with its first batch losses where they were asked for. */
export interface Trained {
  readonly outcome: TrainingOutcome;
  readonly losses: readonly number[];
}

/** Trains what was compiled for the task. */
export async function train(
  engine: Engine,
  settings: EvaluationSettings,
  compiled: Compiled,
  { task, seed, measure, hurdles, losses }: TrainingRequest,
): Promise<Trained> {
  if (!compiled.ok) return { outcome: refused(compiled.reason), losses: [] };
  const { program } = compiled;
  const { budget, curvePoints } = settings;
  const job = {
    program,
    task,
    budget,
    seed,
    measure: [measure],
    curvePoints,
    ...(hurdles === undefined ? {} : { hurdles }),
    ...(losses === undefined ? {} : { losses }),
  };
  const record = await recordOf(engine, settings, job);
  if (record === null) return { outcome: refused('too-large'), losses: [] };
  return {
    outcome: outcomeOf(record, measure, program.cost.parameters, task, settings.fitness),
    losses: record.losses ?? [],
  };
}

/** The first steps of a training and what they cost. */
export interface Opened {
  readonly losses: readonly number[];
  readonly stepsDone: number;
  readonly costUnits: number;
}

/** The first `steps` steps of a training, for their batch losses; none where the genome cannot be trained. */
export async function open(
  engine: Engine,
  settings: EvaluationSettings,
  compiled: Compiled,
  { task, seed, steps }: { readonly task: Task; readonly seed: string; readonly steps: number },
): Promise<Opened> {
  if (!compiled.ok) return { losses: [], stepsDone: 0, costUnits: 0 };
  const { program } = compiled;
  const { budget } = settings;
  const job = { program, task, budget, seed, measure: [], curvePoints: 0, losses: steps, until: steps };
  const record = await recordOf(engine, settings, job);
  if (record === null) return { losses: [], stepsDone: 0, costUnits: 0 };
  const { losses, stepsDone, costUnits } = record;
  return { losses: losses ?? [], stepsDone, costUnits };
}

function refused(reason: 'too-large' | 'unsupported'): TrainingOutcome {
  return { status: 'failed', reason, stepsDone: 0, costUnits: 0, parameters: 0, curve: new Float32Array(0) };
}

function outcomeOf(
  record: TrainingRecord,
  split: HeldOutSplit,
  parameters: number,
  task: Task,
  fitnessName: FitnessName,
): TrainingOutcome {
  const { end, stepsDone, costUnits, curve } = record;
  const spent = { stepsDone, costUnits, parameters, curve };
  const search = record.measured[split];
  if (end.status === 'failed' || search === undefined) {
    return { status: 'failed', reason: 'diverged', ...spent };
  }
  const fitness = fitnessOf(fitnessName, search, task.untrainedLoss);
  return end.status === 'stopped'
    ? { status: 'stopped', reason: end.reason, fitness, search, ...spent }
    : { status: 'completed', fitness, search, ...spent };
}
