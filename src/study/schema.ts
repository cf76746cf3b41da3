/** The whole of a study document: conditions of one search side by side, what is measured of their runs, and what would count as an answer. */
import { z } from 'zod';
import { taskSchema } from '../search-space/task-schema.ts';
import { count, name } from './kinds/parts.ts';
import { kinds, studyAssaySchema } from './kinds/table.ts';
import { roles } from './roles.ts';

const values = z.record(z.string(), z.unknown());

const condition = z.strictObject({
  summary: z.string().min(1).describe('what the condition is, in a few words'),
  extends: name.optional().describe('a condition whose values it has before its own'),
  seeds: z
    .enum(['shared', 'own'])
    .default('shared')
    .describe('shared: the streams of a block are those of its other conditions; own: streams of its own'),
  blocks: count
    .optional()
    .describe(
      'it is in so many blocks, the first ones; without it in all, as it is in those for looking around',
    ),
  set: values.default({}).describe('what it has in place of the values of `base`; null leaves a key out'),
});

const endpoint = z.strictObject({
  assay: name.describe('which assay'),
  measure: z.string().min(1).describe('which of its measures'),
  claim: z.string().min(1).describe('what a mean above 0 would show, in a sentence'),
});

const secondary = endpoint.extend({
  smallest: z
    .number()
    .positive()
    .optional()
    .describe(
      'smallest effect of interest, in the unit of the measure; without it that of the primary endpoint',
    ),
  role: z.enum(roles).optional().describe('what it stands for in the reading of the verdict'),
});

/** Of the tests of controls. */
export const controlAlpha = 0.05;

const control = z.strictObject({
  assay: name.describe('which assay'),
  measure: z.string().min(1).describe('which of its measures'),
  claim: z.string().min(1).describe('what the control shows where it holds, in a sentence'),
  expect: z
    .enum(['above', 'none'])
    .describe(
      'above: the mean is above 0 by a test at 5 %; none: it is within the margin by two tests at 5 %',
    ),
  margin: z
    .number()
    .positive()
    .optional()
    .describe('of `none`: a mean between minus the margin and the margin is as good as none'),
});

/** Parts of a study that there may be several of: by what they are called in tables for people. */
export const studyParts = {
  'conditions.NAME': condition,
  ...Object.fromEntries(Object.entries(kinds).map(([kind, { schema }]) => [`assays.NAME, ${kind}`, schema])),
  'secondary, each': secondary,
  'controls, each': control,
} satisfies Readonly<Record<string, z.ZodObject>>;

/** The whole study, with bounds, defaults and a description of every key. */
export const studySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(40)
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens, a letter first')
    .describe('what the study is called, in lower-case letters, digits and hyphens'),
  question: z.string().min(1).max(2000).describe('what it asks, in a sentence or two'),
  seed: z.int().min(0).max(4294967295).default(1).describe('names every random stream of the study'),
  blocks: count
    .max(800)
    .describe('repetitions of all conditions, each on draws of the tasks, founders and streams of its own'),
  pilot: z
    .int()
    .min(0)
    .max(90)
    .default(0)
    .describe('blocks for looking around (`study run --pilot`), never part of the analysis'),
  base: values.describe('the search document that conditions change, without its name'),
  heldOut: z
    .strictObject({
      draws: z.int().min(0).max(20).default(1).describe('further draws of each task of the base, for assays'),
      tasks: z.array(taskSchema).max(64).default([]).describe('tasks that no run sees, for assays'),
    })
    .prefault({})
    .describe('what assays judge on; nothing: the final split of the own tasks'),
  conditions: z.record(name, condition).describe('the conditions by their names'),
  assays: z.record(name, studyAssaySchema).default({}).describe('what is measured of the runs, by names'),
  primary: endpoint
    .extend({
      alpha: z.number().gt(0).lt(0.5).default(0.025).describe('of the one-sided test'),
      smallest: z
        .number()
        .positive()
        .describe('smallest effect of interest: a mean whose limits are within it is none'),
    })
    .optional()
    .describe('the one endpoint that the study stands or falls with'),
  secondary: z
    .array(secondary)
    .max(50)
    .default([])
    .describe('further endpoints, tested by Holm and only where the primary one holds'),
  controls: z.array(control).max(50).default([]).describe('what must come out, or there is no verdict'),
});

/** A validated study with every default filled in. */
export type StudyDocument = z.output<typeof studySchema>;
