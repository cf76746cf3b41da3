/** What the champions of conditions reach on tasks that selection never saw, each under its own rule. */
import { z } from 'zod';
import { championsOf } from '../../assays/champions.ts';
import { grouped } from '../../assays/scores.ts';
import { winnersOf } from '../../assays/winners.ts';
import { storedDocument } from '../../search/closed-document.ts';
import { assayKind, type Found, found, notFound } from './kind.ts';
import { cap, count, pair, seeds } from './parts.ts';

export const championsKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('champions'),
    conditions: pair('whose champion is compared with whose: the first less the second'),
    best: count
      .max(1000)
      .default(8)
      .describe('so many of the fittest of each run are trained anew; the best of them is the champion'),
    seeds: seeds(),
    margin: z
      .number()
      .positive()
      .default(0.05)
      .describe('decades by which the first champion may be worse without being called so'),
    cap: cap(),
  }),
  measures: ['difference', 'not worse', 'first', 'second'],
  isTrained: true,
  rules: () => [],
  trainings: ({ best, seeds: fresh }, { own, judged }) => 2 * fresh * (best * own + judged),
  candidates: ({ best }, { rows }, lineage) =>
    rows.flatMap((row, place) =>
      winnersOf(lineage, row, storedDocument(row), best).best.map(({ architecture, rule, trial }) => ({
        ...{ place, side: place + 1, time: row.lastTold, living: 1, carriers: 1 },
        ...{ architecture, rule, learningRate: trial },
      })),
    ),
  async measure({ cap: most, margin, ...effort }, blocks, { lineage, benches, stages }) {
    const places = await benches();
    const homes = blocks.flatMap(({ name, rows }, i) =>
      rows.map((row) => ({ block: name, row, ...places[i]! })),
    );
    const champions = await championsOf(stages(most), lineage, homes, effort);
    return grouped(
      champions,
      blocks.map(({ rows }) => rows.length),
    ).map(([first, second]): Found => {
      if (first == null || second == null) return notFound('a run without a birth that could be champion');
      const difference = first.score - second.score;
      // Above 0 where the first is not worse by more than the margin: a test of non-inferiority.
      return found({
        difference,
        'not worse': difference + margin,
        first: first.score,
        second: second.score,
      });
    });
  },
});
