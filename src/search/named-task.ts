/** A task as the command line names it: a name and `--set task.option=value`. */
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { type Override, parseDocument, tasksOf } from '../search-space/document.ts';
import { type TaskName, taskNames } from '../search-space/task-schema.ts';
import { openTask } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';

/** @throws UserError where there is no such task. */
export function taskNamed(name: string): TaskName {
  const known = taskNames.find((each) => each === name);
  if (known !== undefined) return known;
  throw new UserError({
    code: 'unknown-task',
    message: `there is no task \`${name}\``,
    hint: didYouMean(name, taskNames) ?? `tasks are ${taskNames.join(', ')}`,
  });
}

/** @throws UserError with everything that is wrong with its options or files. */
export async function openNamedTask(name: TaskName, overrides: readonly Override[]): Promise<Task> {
  const document = parseDocument(`name: task\ntask:\n  name: ${name}\n`, `task ${name}`, overrides);
  // Nobody wrote this text, so that its lines say nothing.
  if (!document.ok)
    throw new UserError(document.issues.map(({ line: _line, column: _column, ...issue }) => issue));
  const task = await openTask(tasksOf(document.value)[0]!);
  if (!task.ok) throw new UserError(task.issues);
  return task.value;
}
