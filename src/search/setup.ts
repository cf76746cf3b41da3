/** What a run is made of, from its document and seed: the task on shared memory, the controller's settings, the evaluation's settings. */
import { createHash } from 'node:crypto';
import type { Engine } from '../engines/engine.ts';
import { openEngine, resolveEngineName } from '../engines/registry.ts';
import { costUnitsPerStep } from '../engines/training-loop.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { type ControllerSettings, controllerSettings } from '../evolution/settings.ts';
import type { RunTask } from '../lineage/journal.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { documentText, type SearchDocument, tasksOf } from '../search-space/document.ts';
import { digestTask, openTask, shareTask } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';

export interface RunSetup {
  readonly document: SearchDocument;
  readonly seed: string;
  readonly engine: Engine;
  readonly tasks: readonly Task[];
  readonly runTasks: readonly RunTask[];
  /** Of all tasks. */
  readonly taskDigest: string;
  readonly controller: ControllerSettings;
  readonly evaluation: EvaluationSettings;
}

/** @throws UserError where the task's files or the operators named in the document are wrong, or its engine does not work here. */
export async function setUpRun(document: SearchDocument, seed: string): Promise<RunSetup> {
  const tasks = await openTasks(document);
  for (const task of tasks) checkSplits(document, task);
  const engine = await openEngine(resolveEngineName(document.engine));
  const digests = tasks.map(digestTask);
  return {
    document,
    seed,
    engine,
    tasks,
    runTasks: taskKeys(tasks).map((key, i) => ({ key, digest: digests[i]! })),
    taskDigest:
      digests.length === 1 ? digests[0]! : createHash('sha256').update(digests.join('\n')).digest('hex'),
    controller: controllerSettings(document, seed, tasks[0]!.signature.input),
    evaluation: evaluationSettings(document),
  };
}

/** All of them on shared memory; what is wrong with any of them is told at once. */
async function openTasks(document: SearchDocument): Promise<readonly Task[]> {
  const opened = await Promise.all(tasksOf(document).map(openTask));
  const issues = opened.flatMap((task): readonly Issue[] => (task.ok ? [] : task.issues));
  if (issues.length > 0) throw new UserError(issues);
  return opened.flatMap((task) => (task.ok ? [shareTask(task.value)] : []));
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

function checkSplits({ evaluation, evolution }: SearchDocument, task: Task): void {
  const { count } = task.splits.train;
  if (task.splits.search.count === 0)
    throw new UserError({
      code: 'no-search-split',
      message: `task ${task.name} leaves no examples for the search split, and fitness is measured there`,
      hint: 'raise task.search',
    });
  if (evolution.gate !== undefined && task.splits.select.count === 0)
    throw new UserError({
      code: 'no-select-split',
      message: `task ${task.name} leaves no examples for the select split, and evolution.gate confirms elites there`,
      hint: 'raise task.select, or leave the gate out',
    });
  if (evaluation.batchSize > count)
    throw new UserError({
      code: 'batch-too-large',
      message: `evaluation.batchSize is ${evaluation.batchSize} and the training split has ${count} examples`,
      hint: 'lower the batch size',
    });
}
