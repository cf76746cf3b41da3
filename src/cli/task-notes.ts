/** What is said of the files of a task before it is trained on. */
import { renderIssue } from '../notation/user-error.ts';
import type { Task } from '../tasks/task.ts';
import type { Output } from './output.ts';

/** The notes of opened tasks, each once, to standard error. */
export function noteTasks(output: Output, tasks: readonly Task[]): void {
  const told = new Set(tasks.flatMap(({ notes = [] }) => notes.map(renderIssue)));
  for (const text of told) output.note(`note: ${text}`);
}
