/** What a run came to, as `search` and `resume` tell it. */
import { z } from 'zod';
import { count, defined, runNumber } from '../../analysis/answer-parts.ts';

const best = z.strictObject({
  individual: z.string().describe('RUN:BIRTH'),
  fitness: z.number(),
  accuracy: defined.describe('share of the search split; null where a task has no classes'),
  ...{ architecture: z.string(), rule: z.string() },
});

const searchSchema = z.strictObject({
  run: runNumber,
  told: count.describe('births told, of this session and those before'),
  births: count.describe('that the run is to have'),
  endReason: z.string().nullable().describe('null where the run was interrupted'),
  eventHash: z.string(),
  workersLost: count,
  evaluationMs: z.number().describe('wall time in workers, of this session'),
  cpuMs: z.number().describe('CPU time in workers, of this session'),
  wallMs: z.number().describe('of this session'),
  evaluations: z
    .array(z.strictObject({ status: z.string(), reason: z.string().nullable(), count }))
    .readonly()
    .describe('of the whole run, by how they ended'),
  best: best.nullable().describe('the fittest so far, the earliest of equals; null where none has a fitness'),
});

export const searchAnswer = {
  name: 'search',
  version: 1,
  summary: 'what `search` and `resume` came to: how the run ended, what it took, the best of it',
  answer: searchSchema,
};
