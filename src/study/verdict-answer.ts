/** The schema of a verdict. */
import { z } from 'zod';
import { count, probability, runNumber } from '../analysis/answer-parts.ts';
import { overBlocks } from '../assays/home-advantage-answer.ts';
import { roles } from './roles.ts';

const finding = z.enum(['above', 'small', 'none', 'below', 'open']);

const measured = z.strictObject({
  ...{ assay: z.string(), measure: z.string(), claim: z.string() },
  /** Null where no block has a number. */
  result: overBlocks.nullable(),
  /** Blocks without a number. */
  missing: count,
});

const cells = z.strictObject({ trainings: count, failed: z.record(z.string(), count) });

/** Of the registration that a study is compared with. */
export const registrationReport = z.strictObject({
  hash: z.string().nullable().describe('SHA-256 of what was registered; null where nothing was'),
  registeredAt: z.string().nullable().describe('ISO 8601'),
  times: count.describe('registrations of a study of this name in the file; the last one counts'),
  deviations: z
    .array(z.strictObject({ at: z.string(), what: z.string() }))
    .describe('in what the study as analysed is not the one that was registered'),
  isConfirmatory: z.boolean(),
});

export const verdictAnswer = z.strictObject({
  ...{ study: z.string(), question: z.string() },
  status: z
    .enum(['confirmatory', 'exploratory'])
    .describe('confirmatory: registered before its runs, carried out and analysed as registered'),
  registration: registrationReport,
  flow: z.strictObject({
    runs: count.describe('of the plan'),
    ...{ over: count, unfinished: count },
    missing: count.describe('not launched'),
    births: count,
    evaluations: z.record(z.string(), count).describe('births by how their evaluation ended'),
  }),
  conventions: z.record(z.string(), z.string()),
  assays: z.array(
    z.strictObject({
      ...{ name: z.string(), kind: z.string(), conditions: z.array(z.string()) },
      cells: cells.nullable().describe('null where the assay trains nothing'),
      blocks: z.array(
        z.strictObject({
          ...{ block: z.string(), runs: z.array(runNumber) },
          measures: z.record(z.string(), z.number()).nullable().describe('null with `missing`'),
          missing: z.string().nullable(),
        }),
      ),
    }),
  ),
  controls: z.array(measured.extend({ expect: z.enum(['above', 'none']), holds: z.boolean() })),
  primary: measured.extend({ alpha: z.number(), smallest: z.number(), finding }).nullable(),
  secondary: z.array(
    measured.extend({
      role: z.enum(roles).nullable(),
      smallest: z
        .number()
        .nullable()
        .describe('smallest effect of interest: its own, or that of the primary endpoint'),
      holm: probability.describe('p, adjusted over the secondary endpoints'),
      finding: finding
        .nullable()
        .describe('null where it is not tested: the primary endpoint is not above, or a block has no number'),
    }),
  ),
  outcome: z
    .strictObject({ name: z.string(), meaning: z.string(), refutedBy: z.string() })
    .nullable()
    .describe('a row of the table of outcomes; null with `noOutcome`'),
  noOutcome: z.string().nullable(),
  readings: z
    .array(z.strictObject({ role: z.enum(roles), finding, meaning: z.string() }))
    .describe(
      'what secondary endpoints mean by themselves; none without an outcome, or behind a primary one that is not above',
    ),
  caution: z.string(),
});

/** What a study found. */
export type VerdictAnswer = z.output<typeof verdictAnswer>;
