/** The whole of a study document: conditions of one search side by side, what is measured of their runs, and what would count as an answer. */
import { z } from 'zod';
import { panelNames } from '../assays/panel-rules.ts';
import { taskSchema } from '../search-space/task-schema.ts';
import { roles } from './outcomes.ts';

const count = z.int().min(1);

/** What conditions, assays and endpoints are called. They stand in streams and on command lines. */
const name = z
  .string()
  .max(40)
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'letters, digits and hyphens, a letter first');

const values = z.record(z.string(), z.unknown());

const condition = z.strictObject({
  summary: z.string().min(1).describe('what the condition is, in a few words'),
  extends: name.optional().describe('a condition whose values it has before its own'),
  seeds: z
    .enum(['shared', 'own'])
    .default('shared')
    .describe('shared: the streams of a block are those of its other conditions; own: streams of its own'),
  set: values.default({}).describe('what it has in place of the values of `base`; null leaves a key out'),
});

const pair = (of: string) => z.tuple([name, name]).describe(of);

const homeAdvantage = z.strictObject({
  kind: z.literal('home-advantage'),
  conditions: pair('the two populations of a block'),
  rules: z
    .tuple([z.string().min(1), z.string().min(1)])
    .describe('the home of the first population and that of the second: known rules, or notation'),
  top: count.max(1000).default(8).describe('so many of each population, the best when trained anew'),
  seeds: count.max(1000).default(5).describe('fresh seeds that scores are means of'),
  tuningSeeds: count
    .max(1000)
    .default(2)
    .describe('other seeds, by which each architecture and rule choose among 9 learning rates'),
  cap: z
    .number()
    .positive()
    .max(100)
    .default(6)
    .describe(
      'a score counts at most so many decades of loss, so that a task solved whole cannot decide alone',
    ),
});

const contrast = z.strictObject({
  kind: z.literal('contrast'),
  conditions: pair('what is subtracted from what: the first less the second, block by block'),
  statistic: z
    .string()
    .min(1)
    .describe('a statistic of a run, as `compare` has them, such as final-fitness or architecture.depth'),
});

const panel = z.strictObject({
  kind: z.literal('panel'),
  conditions: z
    .array(name)
    .min(1)
    .max(2)
    .describe('one population of a block; or what is subtracted from what: the first less the second'),
  rule: z.string().min(1).default('adam').describe('whose regret: a known rule, or notation'),
  panel: z
    .array(z.string().min(1))
    .min(1)
    .max(64)
    .default([...panelNames])
    .describe('the rules that it is compared with: known rules, or notation'),
  top: count.max(1000).default(8).describe('so many of each population, the best when trained anew'),
  sample: count
    .max(1000)
    .optional()
    .describe('so many of the living at random in the place of the best, and `top` counts no longer'),
  seeds: count.max(1000).default(5).describe('fresh seeds that scores are means of'),
  tuningSeeds: count
    .max(1000)
    .default(2)
    .describe('other seeds, by which learning rates and the best rule are chosen'),
  cap: z.number().positive().max(100).default(6).describe('a score counts at most so many decades of loss'),
});

/** One assay of a study. */
export const studyAssaySchema = z.discriminatedUnion('kind', [homeAdvantage, panel, contrast]);

const endpoint = z.strictObject({
  assay: name.describe('which assay'),
  measure: z.string().min(1).describe('which of its measures'),
  claim: z.string().min(1).describe('what a mean above 0 would show, in a sentence'),
});

const secondary = endpoint.extend({
  role: z.enum(roles).optional().describe('what it stands for in the table of outcomes'),
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
  'assays.NAME, home-advantage': homeAdvantage,
  'assays.NAME, panel': panel,
  'assays.NAME, contrast': contrast,
  'secondary, each': secondary,
  'controls, each': control,
} as const satisfies Readonly<Record<string, z.ZodObject>>;

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

/** One of its assays. */
export type StudyAssay = z.output<typeof studyAssaySchema>;
