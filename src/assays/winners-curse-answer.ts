/** The schema of what the winner's-curse assay answers. */
import { z } from 'zod';
import { count, runNumber } from '../analysis/answer-parts.ts';
import { documentDifferences } from '../analysis/compare-answer.ts';
import { overBlocks } from './home-advantage-answer.ts';

const split = z.enum(['search', 'select', 'final']);

export const winnersCurseAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  asked: z.strictObject({ best: z.array(count), seeds: count }),
  conventions: z.record(z.string(), z.string()),
  /** In what runs with and without the gate differ, and what differs within them. */
  documents: documentDifferences,
  /** Trainings of this assay, those found in the file among them; `failed` by reason. */
  cells: z.strictObject({ trainings: count, failed: z.record(z.string(), count) }),
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string() },
      /** Whether elites had to be confirmed before they bred. */
      gate: z.boolean(),
      ...{ candidates: count, withheld: count },
      /** No row for a k that is more than the candidates. */
      gaps: z.array(
        z.strictObject({ split, k: count, reported: z.number(), again: z.number(), gap: z.number() }),
      ),
    }),
  ),
  winners: z.array(
    z.strictObject({
      ...{ run: runNumber, individual: z.string(), trial: z.int(), reported: z.number() },
      again: z.array(z.strictObject({ split, score: z.number() })),
    }),
  ),
  /** Of the gaps, over runs: with and without the gate, by split and k. */
  results: z.array(z.strictObject({ gate: z.boolean(), split, k: count, gap: overBlocks })),
  caution: z.string(),
});

export type WinnersCurseAnswer = z.output<typeof winnersCurseAnswer>;
