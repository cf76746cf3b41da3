/** A task as the command line names it: a name and `--set task.option=value`. */
import { UserError } from '../notation/user-error.ts';
import { type Override, parseDocument } from '../search-space/document.ts';
import { openTask } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';

/** @throws UserError with everything that is wrong with its options or files. */
export async function openNamedTask(name: string, overrides: readonly Override[]): Promise<Task> {
  const document = parseDocument(
    `name: task\ntask:\n  name: ${JSON.stringify(name)}\n`,
    '--task and --set',
    overrides,
  );
  if (!document.ok) throw new UserError(document.issues);
  const task = await openTask(document.value.task);
  if (!task.ok) throw new UserError(task.issues);
  return task.value;
}
