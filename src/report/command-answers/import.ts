/** What `import` read: runs of an event log, or a phylogeny. */
import { z } from 'zod';
import { count, defined, runNumber } from '../../analysis/answer-parts.ts';

const importedRun = z.strictObject({
  run: runNumber,
  births: count,
  endReason: z.string().nullable().describe('null where the run is not finished'),
  eventHash: z.string(),
});

export const importAnswer = {
  name: 'import',
  version: 1,
  summary: 'the runs that an event log made in a database',
  answer: z.strictObject({ database: z.string(), runs: z.array(importedRun).readonly() }),
};

export const phylogenyAnswer = {
  name: 'phylogeny',
  version: 1,
  summary: 'statistics of a phylogeny (`import`), in the definitions of Empirical',
  answer: z.strictObject({
    path: z.string(),
    nodes: count,
    living: count,
    now: defined.describe('when it was looked at; null where the file tells no times'),
    untold: z
      .array(z.enum(['origins', 'ends']))
      .readonly()
      .describe('times that the file does not tell'),
    withheld: z.array(z.string()).readonly().describe('statistics that need what is untold: null below'),
    conventions: z.array(z.string()).readonly(),
    statistics: z.record(z.string(), defined).describe('by name; null where a number does not exist'),
  }),
};
