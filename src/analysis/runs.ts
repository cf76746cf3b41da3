/** Which runs there are. */
import { z } from 'zod';
import { listRuns } from '../lineage/runs.ts';
import { count, runNumber } from './answer-parts.ts';
import { question } from './question.ts';

/** `running`: some process holds the file for writing, which may be for another of its runs. */
export const runState = z.enum(['running', 'interrupted', 'finished']);

const run = z.strictObject({
  run: runNumber,
  document: z.string().describe('the name of its document'),
  seed: z.string(),
  status: runState,
  births: count,
  eventHash: z.string(),
  created: z.string().describe('ISO 8601'),
});

/** The runs of a database, oldest first. */
export const runs = question({
  name: 'runs',
  version: 1,
  summary: 'list the runs of a lineage database',
  params: z.strictObject({}),
  answer: z.strictObject({ runs: z.array(run).readonly() }),
  ask: (lineage) => ({
    runs: listRuns(lineage).map(({ run, document, seed, state, lastTold, eventHash, createdAt }) => ({
      ...{ run, document: (JSON.parse(document) as { name: string }).name, seed, status: state },
      ...{ births: lastTold + 1, eventHash, created: createdAt },
    })),
  }),
});
