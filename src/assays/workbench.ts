/** The workbench that several runs have in common, so that what is trained on it can be compared between them. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { storedDocument } from '../search/closed-document.ts';
import { evaluationSettings, requireSameTasks, setUpRun, workbenchOf } from '../search/setup.ts';
import { locateByKey } from '../search-space/place.ts';

/** @throws UserError where the runs differ in tasks or in how their candidates are trained, where the data changed since, or a task has no examples on the final split. */
export async function workbenchOfRuns(runs: readonly RunRow[]): Promise<WorkbenchContent> {
  const [first, ...others] = runs.map((row) => ({ row, document: storedDocument(row) }));
  const settings = ({ document }: NonNullable<typeof first>) => JSON.stringify(evaluationSettings(document));
  const issues = others.flatMap((other) => {
    const what = [
      ...(other.row.taskDigest === first!.row.taskDigest ? [] : ['on other tasks']),
      ...(settings(other) === settings(first!) ? [] : ['with another budget, fitness or limits']),
    ];
    if (what.length === 0) return [];
    return [
      {
        code: 'runs-differ',
        message: `run ${other.row.run} trained its candidates ${what.join(' and ')} than run ${first!.row.run}`,
        hint: 'an assay compares populations on one workbench: name runs that differ in what evolved, not in how it was evaluated',
      },
    ];
  });
  if (issues.length > 0) throw new UserError(issues);
  const { row, document } = first!;
  const here = process.cwd();
  const folders = { launch: row.closed?.folder ?? here, other: here };
  const setup = await setUpRun(document, row.seed, locateByKey, folders);
  requireSameTasks(row, setup);
  for (const { name, splits } of setup.tasks)
    if (splits.final.count === 0)
      throw new UserError({
        code: 'no-final-split',
        message: `task ${name} leaves no examples for the final split, and an assay is judged there`,
        hint: 'launch the runs with task.final above 0',
      });
  return workbenchOf(setup);
}
