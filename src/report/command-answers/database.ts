/** What was found of a database file, and done with it. */
import { z } from 'zod';
import { count, runNumber } from '../../analysis/answer-parts.ts';
import { schemaOf } from '../../analysis/question.ts';
import { type Finding, findingChecks } from '../../lineage/verify.ts';
import type { Replay } from '../../search/replay.ts';

const finding = schemaOf<Finding>()(
  'Finding',
  z.strictObject({
    check: z.enum(findingChecks),
    run: runNumber.nullable().describe('null for what is of the file'),
    detail: z.string(),
  }),
);

const replay = schemaOf<Replay>()(
  'Replay',
  z.strictObject({
    births: count,
    differing: z.array(count).readonly(),
    within: z
      .number()
      .describe('how far two results may be apart and be the same; 0 where bits are compared'),
  }),
);

export const verifyAnswer = {
  name: 'verify',
  version: 2,
  summary: 'whether a lineage database is sound, and what is not',
  answer: z.strictObject({
    database: z.string(),
    sound: z.boolean(),
    findings: z
      .array(finding)
      .readonly()
      .describe('may be of a sound file: a finished run of another version'),
    replayed: replay.nullable().describe('null without --replay'),
  }),
};

export const backupAnswer = {
  name: 'backup',
  version: 1,
  summary: 'a copy that was made of a lineage database',
  answer: z.strictObject({
    database: z.string().describe('what was copied'),
    path: z.string().describe('the copy'),
    ...{ bytes: count, runs: count, births: count },
  }),
};
