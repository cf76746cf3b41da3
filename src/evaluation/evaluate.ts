/**
 * Evaluation: genome in, outcome out. Compiles, trains under the budget and measures the `search` split.
 * A candidate's failure is an outcome here and never an exception.
 */
import { compile, type Limits } from '../compiler/compile.ts';
import type { Engine, TrainingBudget, TrainingRecord } from '../engines/engine.ts';
import type { Genome } from '../genome/genome.ts';
import type { Task } from '../tasks/task.ts';
import { type FitnessName, fitnessOf } from './fitness.ts';
import type { EvaluationOutcome } from './outcome.ts';

export interface EvaluationSettings {
  readonly budget: TrainingBudget;
  readonly fitness: FitnessName;
  readonly curvePoints: number;
  readonly limits: Limits;
  /** Check the compiler's stages on every genome. */
  readonly verify?: boolean;
}

/** The prefix of every random stream of one evaluation: run seed / individual / task / replicate. */
export function evaluationSeed(runSeed: string, birthIndex: number, task: Task, replicate = 0): string {
  return `${runSeed}/individual/${birthIndex}/${task.name}/${replicate}`;
}

/** Trains one genome and measures it. `seed` is the prefix of its streams; `signal` cancels between steps with an AbortError. */
export async function evaluate(
  engine: Engine,
  task: Task,
  settings: EvaluationSettings,
  genome: Genome,
  seed: string,
  signal?: AbortSignal,
): Promise<EvaluationOutcome> {
  const compiled = compile(genome, task.signature, {
    batchSize: settings.budget.batchSize,
    limits: settings.limits,
    verify: settings.verify ?? false,
  });
  if (!compiled.ok) return refused(compiled.reason);
  const { program } = compiled;
  const [record] = await engine.train(
    [
      {
        program,
        task,
        budget: settings.budget,
        seed,
        measure: ['search'],
        curvePoints: settings.curvePoints,
      },
    ],
    signal,
  );
  return outcomeOf(record!, program.cost.parameters, task, settings.fitness);
}

function refused(reason: 'too-large' | 'unsupported'): EvaluationOutcome {
  return { status: 'failed', reason, stepsDone: 0, costUnits: 0, parameters: 0, curve: new Float32Array(0) };
}

function outcomeOf(
  record: TrainingRecord,
  parameters: number,
  task: Task,
  fitnessName: FitnessName,
): EvaluationOutcome {
  const { end, stepsDone, costUnits, curve } = record;
  const spent = { stepsDone, costUnits, parameters, curve };
  const search = record.measured.search;
  if (end.status === 'failed' || search === undefined) {
    return { status: 'failed', reason: 'diverged', ...spent };
  }
  const fitness = fitnessOf(fitnessName, search, task.untrainedLoss);
  return end.status === 'stopped'
    ? { status: 'stopped', reason: end.reason, fitness, search, ...spent }
    : { status: 'completed', fitness, search, ...spent };
}
