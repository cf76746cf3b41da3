/** The options of a task, as rows for people. */
import { type TaskName, taskSchemas } from '../search-space/task-schema.ts';
import { jsonSchema, keyRows, type Row } from './schema-keys.ts';

export const taskOptionRows = (name: TaskName): readonly Row[] =>
  keyRows('task.', jsonSchema(taskSchemas[name]));
