/** What a run is made of, from its document and seed: the task on shared memory, the controller's settings, the evaluation's settings. */
import { createHash } from 'node:crypto';
import type { Engine } from '../engines/engine.ts';
import { openEngine, resolveEngineName } from '../engines/registry.ts';
import { costUnitsPerStep } from '../engines/training-loop.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import type { ControllerSettings } from '../evolution/controller.ts';
import { UserError } from '../notation/user-error.ts';
import { documentText, type SearchDocument } from '../search-space/document.ts';
import { digestTask, openTask, shareTask } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';
import { variationSettings } from '../variation/settings.ts';
import { operatorNames } from '../variation/table.ts';

export interface RunSetup {
  readonly document: SearchDocument;
  readonly seed: string;
  readonly engine: Engine;
  readonly task: Task;
  readonly taskDigest: string;
  readonly controller: ControllerSettings;
  readonly evaluation: EvaluationSettings;
}

/** @throws UserError where the task's files or the operators named in the document are wrong, or its engine does not work here. */
export async function setUpRun(document: SearchDocument, seed: string): Promise<RunSetup> {
  checkOperators(document);
  const opened = await openTask(document.task);
  if (!opened.ok) throw new UserError(opened.issues);
  const task = shareTask(opened.value);
  checkBatch(document, task);
  const engine = await openEngine(resolveEngineName(document.engine));
  return {
    document,
    seed,
    engine,
    task,
    taskDigest: digestTask(task),
    controller: {
      seed,
      evolution: document.evolution,
      founderMutations: document.founders.mutations,
      variation: variationSettings(document, task.signature.input),
    },
    evaluation: evaluationSettings(document),
  };
}

export function evaluationSettings({ evaluation, limits }: SearchDocument): EvaluationSettings {
  const { steps, batchSize, order, fitness, curvePoints } = evaluation;
  const costUnits = evaluation.costUnits ?? costUnitsPerStep * steps;
  return {
    budget: { steps, batchSize, order, costUnits },
    fitness,
    curvePoints,
    limits,
  };
}

export const documentHash = (document: SearchDocument): string =>
  createHash('sha256').update(documentText(document)).digest('hex');

function checkOperators({ variation }: SearchDocument): void {
  const unknown = Object.keys(variation.rates).filter(
    (name) => !(operatorNames as readonly string[]).includes(name),
  );
  if (unknown.length === 0) return;
  throw new UserError(
    unknown.map((name) => ({
      code: 'unknown-operator',
      message: `variation.rates.${name}: there is no such mutation operator`,
      hint: `operators are ${operatorNames.join(', ')}`,
    })),
  );
}

function checkBatch({ evaluation }: SearchDocument, task: Task): void {
  const { count } = task.splits.train;
  if (task.splits.search.count === 0)
    throw new UserError({
      code: 'no-search-split',
      message: `task ${task.name} leaves no examples for the search split, and fitness is measured there`,
      hint: 'raise task.search',
    });
  if (evaluation.batchSize > count)
    throw new UserError({
      code: 'batch-too-large',
      message: `evaluation.batchSize is ${evaluation.batchSize} and the training split has ${count} examples`,
      hint: 'lower the batch size',
    });
}
