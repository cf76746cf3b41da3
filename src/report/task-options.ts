/** The options of a task, as rows for people. */

import { jsonSchema, keyRows, type Row } from '../search-space/schema-keys.ts';
import { type TaskName, taskSchemas } from '../search-space/task-schema.ts';

/** One row for each option of a task: path, values, default, meaning. */
export const taskOptionRows = (name: TaskName): readonly Row[] =>
  keyRows('task.', jsonSchema(taskSchemas[name]));
