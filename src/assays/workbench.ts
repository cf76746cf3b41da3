/** The workbenches of stored runs: what their candidates were trained on and how, opened again and checked against what the runs began with. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { storedDocument } from '../search/closed-document.ts';
import { evaluationSettings, requireSameTasks, setUpRun, workbenchOf } from '../search/setup.ts';
import type { Folders } from '../search/task-files.ts';
import { locateByKey } from '../search-space/place.ts';
import type { TaskSpec } from '../search-space/task-schema.ts';
import type { Task } from '../tasks/task.ts';

/** Where candidates are trained that are not for claims: `select`, which breeding sees at most of elites, else `search`. */
export const unseenSplit = ({ tasks }: WorkbenchContent): 'select' | 'search' =>
  tasks.every(({ task }) => task.splits.select.count > 0) ? 'select' : 'search';

/**
 * One for each block of runs. Blocks may differ in their tasks; runs within one may not, nor any in how candidates are trained.
 * @throws UserError with all runs that differ, or where the data changed since, or a task has no examples on the final split.
 */
export async function workbenchesOf(blocks: readonly (readonly RunRow[])[]): Promise<WorkbenchContent[]> {
  const issues = blocks.flatMap((rows) => differences(rows, blocks[0]![0]!));
  if (issues.length > 0) throw new UserError(issues);
  const benches: WorkbenchContent[] = [];
  for (const [row] of blocks) benches.push(await workbenchOfRun(row!));
  return benches;
}

function differences(rows: readonly RunRow[], reference: RunRow): Issue[] {
  const settings = (row: RunRow) => JSON.stringify(evaluationSettings(storedDocument(row)));
  return rows.flatMap((row) => {
    const first = rows[0]!;
    const sameTasks = row.taskDigest === first.taskDigest;
    const sameSettings = settings(row) === settings(reference);
    if (sameTasks && sameSettings) return [];
    const what = [
      ...(sameTasks ? [] : ['on other tasks']),
      ...(sameSettings ? [] : ['with another budget, fitness or limits']),
    ];
    return [
      {
        code: 'runs-differ',
        message: `run ${row.run} trained its candidates ${what.join(' and ')} than run ${(sameTasks ? reference : first).run}`,
        hint: 'an assay compares populations on one workbench: name runs that differ in what evolved, not in how it was evaluated',
      },
    ];
  });
}

async function workbenchOfRun(row: RunRow): Promise<WorkbenchContent> {
  const here = process.cwd();
  const folders = { launch: row.closed?.folder ?? here, other: here };
  const setup = await setUpRun(storedDocument(row), row.seed, locateByKey, folders);
  requireSameTasks(row, setup);
  requireFinal(setup.tasks, 'launch the runs with task.final above 0');
  return workbenchOf(setup);
}

/** Other tasks, trained on as the run's candidates were on its own. @throws UserError where one cannot be opened, or has no examples to judge on. */
export async function workbenchOn(
  row: RunRow,
  tasks: readonly TaskSpec[],
  folders: Folders,
): Promise<WorkbenchContent> {
  const { task: _own, ...document } = storedDocument(row);
  const setup = await setUpRun({ ...document, tasks: [...tasks] }, row.seed, locateByKey, folders);
  requireFinal(setup.tasks, 'give the task more examples, or leave it out of `heldOut`');
  return workbenchOf(setup);
}

function requireFinal(tasks: readonly Task[], hint: string): void {
  const without = tasks.filter(({ splits }) => splits.final.count === 0);
  if (without.length === 0) return;
  throw new UserError(
    without.map(({ name }) => ({
      code: 'no-final-split',
      message: `task ${name} leaves no examples for the final split, and an assay is judged there`,
      hint,
    })),
  );
}
