/** What there is to train on. */
import { z } from 'zod';
import { count, defined } from '../../analysis/answer-parts.ts';
import { schemaOf } from '../../analysis/question.ts';
import type { Issue } from '../../notation/issue.ts';
import type { KeyEntry } from '../../search-space/schema-keys.ts';
import { taskNames } from '../../search-space/task-schema.ts';
import type { KnownResult, Recipe } from '../../tasks/catalogue.ts';
import { objectiveNames } from '../../tasks/objectives.ts';

export const taskName = z.enum(taskNames);

export const recipe = schemaOf<Recipe>()(
  'Recipe',
  z.strictObject({
    steps: count,
    batchSize: z.union([count, z.literal('full')]),
    order: z.enum(['shuffled', 'sequential']),
  }),
);

export const knownResult = schemaOf<KnownResult>()(
  'KnownResult',
  z.strictObject({ how: z.string(), result: z.string(), by: z.string() }),
);

/** A key of a document, or an option of a task. */
export const keyEntry = schemaOf<KeyEntry>()(
  'KeyEntry',
  z.strictObject({ key: z.string(), value: z.string(), default: z.string(), meaning: z.string() }),
);

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('classification'), classes: count }),
  z.strictObject({ kind: z.literal('regression'), outputs: count }),
  z.strictObject({ kind: z.literal('binary') }),
  z.strictObject({ kind: z.literal('linear'), best: z.array(z.number()).readonly() }),
  z.strictObject({ kind: z.literal('objective'), objective: z.enum(objectiveNames) }),
]);

const issue = schemaOf<Issue>()(
  'Issue',
  z.strictObject({
    ...{ code: z.string(), message: z.string(), line: count.exactOptional(), column: count.exactOptional() },
    ...{ path: z.string().exactOptional(), hint: z.string().exactOptional() },
  }),
);

const opened = z.strictObject({
  input: z.tuple([count, count, count]).readonly().describe('height, width, channels'),
  target,
  outputs: count,
  head: z.string(),
  box: z.tuple([z.number(), z.number()]).readonly().nullable(),
  examples: z.strictObject({ train: count, search: count, select: count, final: count }),
  measuredOnItself: z.boolean().describe('held-out splits measure the problem itself'),
  untrainedLoss: z.number(),
  floor: defined,
  notes: z.array(issue).readonly(),
});

const facts = {
  name: taskName,
  summary: z.string(),
  source: z.string(),
  recipe: recipe.nullable().describe('null where it depends on the file'),
  results: z.array(knownResult).readonly(),
  floorIs: z.string().nullable().describe('the best loss there is, in words'),
  opened: opened.nullable().describe('null for a task from files, where none is named'),
};

export const tasksAnswer = {
  name: 'tasks',
  version: 1,
  summary: 'what there is to train on',
  answer: z.strictObject({ tasks: z.array(z.strictObject(facts)).readonly() }),
};

export const taskAnswer = {
  name: 'task',
  version: 1,
  summary: 'one task (`tasks NAME`): shape, known results, options',
  answer: z.strictObject({ ...facts, options: z.array(keyEntry).readonly() }),
};
