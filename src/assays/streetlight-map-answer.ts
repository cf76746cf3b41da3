/** The schema of what the streetlight map answers. */
import { z } from 'zod';
import { count, defined, flow, runNumber } from '../analysis/answer-parts.ts';
import { condition, documentDifferences, pairing, runComparison } from '../analysis/compare-answer.ts';
import { schemaOf } from '../analysis/question.ts';
import type { Chao1 } from '../statistics/richness.ts';
import type { mapMeasures } from '../statistics/streetlight-map.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';

const chao1 = schemaOf<Chao1>()(
  'Chao1',
  z.strictObject({
    ...{ observed: count, singletons: count, doubletons: count },
    ...{ estimate: z.number(), se: z.number(), lower: z.number(), upper: z.number() },
  }),
);

const numbers = {
  ...{ evaluations: count, visited: count, rarefied: z.number(), coverage: z.number() },
  ...{ evenness: z.number(), chao1, elites: count, missed: defined },
};

const byMeasure = <S extends z.ZodType>(schema: S) =>
  z.strictObject({
    ...{ rarefied: schema, coverage: schema, evenness: schema, missed: schema },
  } satisfies Record<(typeof mapMeasures)[number], S>);

export const streetlightMapAnswer = z.strictObject({
  conditions: z.array(condition),
  pairing: z.array(pairing),
  documentsDifferIn: documentDifferences,
  /** Of each condition. */
  flow: z.record(z.string(), flow),
  asked: z.strictObject({ axes: z.enum(['architecture', 'rule', 'both']), delta: z.number() }),
  grid: z.strictObject({
    version: count,
    axes: z.array(z.strictObject({ name: z.string(), meaning: z.string() })),
  }),
  conventions: z.record(z.string(), z.string()),
  /** Elites are of evaluations within so many cost units of each run. */
  costUnits: z.number(),
  /** Cells that anybody visited, and with anybody's elite; the lower bound of cells that there are. */
  ...{ union: count, eliteUnion: count, chao1 },
  /** Evaluations that groups, and runs, are rarefied to. */
  rarefiedTo: z.strictObject({ group: count, run: count }),
  groups: z.array(
    z.strictObject({
      ...{ name: z.string(), ...numbers, unique: count, uniqueElites: count },
      runs: z.array(
        z.strictObject({ run: runNumber, seed: z.string(), ...numbers, lost: count, costUnits: z.number() }),
      ),
      results: byMeasure(meanOverRunsAnswer),
    }),
  ),
  /** Each group less the first, over runs; null where a run has no such number. */
  contrasts: z.array(
    z.strictObject({
      ...{ of: z.string(), less: z.string() },
      results: byMeasure(runComparison.nullable()),
    }),
  ),
  /** Each cell that anybody visited: its value on each axis; of each group evaluations, and runs with an elite there. */
  cells: z.array(
    z.strictObject({ cell: z.array(z.string()), visits: z.array(count), elites: z.array(count) }),
  ),
  caution: z.string(),
});

export type StreetlightMapAnswer = z.output<typeof streetlightMapAnswer>;
