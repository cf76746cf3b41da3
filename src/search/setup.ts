/** What a run is made of, from its document and seed: the task on shared memory, the controller's settings, the evaluation's settings. */
import { createHash } from 'node:crypto';
import { shapesOn } from '../compiler/compile.ts';
import { costUnitsPerStep } from '../compiler/cost-units.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine, resolveEngineName } from '../engines/registry.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { type ControllerSettings, controllerSettings } from '../evolution/settings.ts';
import type { RunTask } from '../lineage/journal.ts';
import { taskDigestOf } from '../lineage/task-digest.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { documentText, type SearchDocument, tasksOf } from '../search-space/document.ts';
import { type Locate, locateByKey, type Path, type Placed } from '../search-space/place.ts';
import { openTask, shareOnce } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';
import { documentArchitecture } from '../variation/settings.ts';
import { type Folders, locatedTask, withFolders } from './task-files.ts';

/** Everything that a run is made of, opened and checked. */
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
  /** Where relative paths of the document begin. */
  readonly folder: string;
}

/**
 * Everything that can refuse a run does so here, before anything is written; `locate` finds the place of an issue in the document's text.
 * @throws UserError with all that is wrong: files of tasks, splits, founders that do not fit, an engine that does not work here.
 */
export async function setUpRun(
  document: SearchDocument,
  seed: string,
  locate: Locate = locateByKey,
  folders: Folders = { launch: process.cwd() },
): Promise<RunSetup> {
  const issues: Issue[] = [];
  const engine = await openEngine(resolveEngineName(document.engine)).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    issues.push(...error.issues);
    return null;
  });
  const specs = tasksOf(document);
  const opened = await Promise.all(specs.map((spec) => openTask(locatedTask(spec, folders))));
  opened.forEach((task, i) => {
    if (!task.ok) {
      issues.push(...task.issues.map((issue) => withFolders(issue, specs[i]!, folders)));
      return;
    }
    const path = document.tasks === undefined ? ['task'] : ['tasks', i];
    const placed = [...splitIssues(document, task.value, path), ...misfits(document, task.value)];
    issues.push(...placed.map(locate));
  });
  if (issues.length > 0 || engine === null) throw new UserError(issues);
  const shared = opened.flatMap((task) => (task.ok ? [shareOnce(task.value)] : []));
  const tasks = shared.map(({ task }) => task);
  const digests = shared.map(({ digest }) => digest);
  return {
    document,
    seed,
    engine,
    tasks,
    runTasks: taskKeys(tasks).map((key, i) => ({ key, digest: digests[i]! })),
    taskDigest: taskDigestOf(digests),
    controller: controllerSettings(document, seed, tasks[0]!.signature.input),
    evaluation: evaluationSettings(document),
    folder: folders.launch,
  };
}

/** @throws UserError where the tasks as they were opened are not those that the run began with. */
export function requireSameTasks(
  { run, taskDigest }: { readonly run: number; readonly taskDigest: string },
  setup: Pick<RunSetup, 'taskDigest' | 'runTasks'>,
): void {
  if (setup.taskDigest === taskDigest) return;
  const { runTasks } = setup;
  throw new UserError({
    code: 'task-changed',
    message: `the data of task${runTasks.length === 1 ? '' : 's'} ${runTasks.map(({ key }) => key).join(', ')} are not those that run ${run} began with`,
    hint: 'put the original files back, or launch a new run',
  });
}

/** What the evaluations of a run have in common. With `debug` the compiler's stages are checked on every genome. */
export const workbenchOf = (
  { engine, tasks, runTasks, evaluation, document }: RunSetup,
  debug = false,
): WorkbenchContent => ({
  engine: { name: engine.name, numericClass: engine.numericClass },
  tasks: tasks.map((task, i) => ({ task, digest: runTasks[i]!.digest })),
  settings: { ...evaluation, verify: debug },
  protocol: document.evaluation,
});

/** What every training of the document's run has in common. Without `evaluation.costUnits` the budget is three units a step. */
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

/** SHA-256 (hex) of the document with every default filled in. */
export const documentHash = (document: SearchDocument): string =>
  createHash('sha256').update(documentText(document)).digest('hex');

function splitIssues({ evaluation, evolution }: SearchDocument, task: Task, path: Path): Placed[] {
  const { train, search, select } = task.splits;
  const issues: Placed[] = [];
  if (search.count === 0)
    issues.push({
      code: 'no-search-split',
      path: [...path, 'search'],
      message: `task ${task.name} leaves no examples for the search split, and fitness is measured there`,
      hint: 'raise task.search',
    });
  if (evolution.gate !== undefined && select.count === 0)
    issues.push({
      code: 'no-select-split',
      path: [...path, 'select'],
      message: `task ${task.name} leaves no examples for the select split, and evolution.gate confirms elites there`,
      hint: 'raise task.select, or leave the gate out',
    });
  if (evaluation.batchSize > train.count)
    issues.push({
      code: 'batch-too-large',
      path: ['evaluation', 'batchSize'],
      message: `batches are of ${evaluation.batchSize} and the training split of task ${task.name} has ${train.count} examples`,
      hint: 'lower the batch size',
    });
  return issues;
}

function misfits({ founders }: SearchDocument, task: Task): Placed[] {
  return founders.architectures.flatMap((text, i): Placed[] => {
    const fitted = shapesOn(documentArchitecture(text), task.signature);
    if (fitted.ok) return [];
    return [
      {
        code: 'founder-misfit',
        path: ['founders', 'architectures', i],
        message: `this architecture does not fit task ${task.name}: ${fitted.detail}`,
        hint: `an example of the task has the shape [${task.signature.input.join(', ')}]`,
      },
    ];
  });
}
