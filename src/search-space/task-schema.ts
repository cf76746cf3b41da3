/** Tasks as a document names them: the closed list of names and the options of each. */
import { z } from 'zod';

const fraction = z.number().min(0).max(1);

/** Shares of the rows of a file; what they leave over trains. */
const fileSplits = {
  search: fraction.default(0.15).describe('share of rows that selection sees'),
  select: fraction.default(0.1).describe('share of rows to re-evaluate elites on'),
  final: fraction.default(0.15).describe('share of rows kept for claims'),
  splitSeed: z.string().default('split').describe('names the random stream that deals rows to splits'),
};

export const taskSchemas = {
  mnist1d: z.strictObject({
    name: z.literal('mnist1d'),
    seed: z.int().min(0).max(4294967295).default(42).describe('42 gives the published data'),
    search: z
      .int()
      .min(0)
      .max(2000)
      .default(500)
      .describe('examples that selection sees, from the end of the published training set'),
    select: z.int().min(0).max(1900).default(500).describe('examples to re-evaluate elites on'),
  }),
  csv: z.strictObject({
    name: z.literal('csv'),
    path: z.string().min(1).describe('the file; its first line names the columns'),
    target: z.string().optional().describe('the column to predict; default the last'),
    kind: z
      .enum(['classification', 'regression'])
      .default('classification')
      .describe('whether the target names a class or is a number'),
    ...fileSplits,
  }),
  idx: z.strictObject({
    name: z.literal('idx'),
    path: z.string().min(1).describe('the file of images or vectors, gzipped or not'),
    labels: z.string().min(1).describe('the file of labels, gzipped or not'),
    ...fileSplits,
  }),
} as const;

export type TaskName = keyof typeof taskSchemas;
export const taskNames = Object.keys(taskSchemas) as readonly TaskName[];
export const taskSchema = z.discriminatedUnion('name', [
  taskSchemas.mnist1d,
  taskSchemas.csv,
  taskSchemas.idx,
]);

/** A task with all its options filled in. */
export type TaskSpec = z.output<typeof taskSchema>;
/** A task as people write it. */
export type TaskInput = z.input<typeof taskSchema>;
