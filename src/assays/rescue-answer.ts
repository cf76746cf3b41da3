/** The schema of what the rescue assay answers. */
import { z } from 'zod';
import { count, defined, probability, runNumber } from '../analysis/answer-parts.ts';
import { documentDifferences } from '../analysis/compare-answer.ts';
import { schemaOf } from '../analysis/question.ts';
import type { SampleEstimate } from '../statistics/horvitz-thompson.ts';
import type { MantelHaenszel } from '../statistics/mantel-haenszel.ts';
import {
  type FateCounts,
  fates,
  type RescueMeans,
  type RescueMeasure,
  type RescueQuantity,
  type RescueRates,
  rescueMeasures,
  rescueQuantities,
} from '../statistics/rescue.ts';
import { overBlocks } from './home-advantage-answer.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';

const fate = z.enum(fates);

const byFate = <S extends z.ZodType>(schema: S) =>
  z.strictObject({
    ...{ living: schema, ancestor: schema, failed: schema, outcompeted: schema, aged: schema },
  } satisfies Record<(typeof fates)[number], S>);

const atRates = <S extends z.ZodType>(schema: S) => z.strictObject({ default: schema, tuned: schema });

const named = <Name extends string, S extends z.ZodType>(names: readonly Name[], schema: S) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, S>);

const estimate = schemaOf<SampleEstimate>()(
  'SampleEstimate',
  z.strictObject({ n: count, estimate: z.number(), se: z.number() }),
);

const means = schemaOf<RescueMeans>()(
  'RescueMeans',
  z.strictObject({
    ...{ births: estimate.nullable(), survivors: estimate.nullable(), living: estimate.nullable() },
    ...{ culled: estimate.nullable(), shift: estimate.nullable(), livingOnly: estimate.nullable() },
  }),
);

const counts = schemaOf<FateCounts>()(
  'FateCounts',
  z.strictObject({ sampled: count, atHome: count, rescued: count }),
);

const rates = schemaOf<RescueRates>()(
  'RescueRates',
  z.strictObject({
    ...{ bar: z.number(), bestBar: z.number(), championBar: z.number(), asGood: estimate.nullable() },
    ...{ discarded: estimate.nullable(), atHome: estimate.nullable(), rescued: estimate.nullable() },
    ...{ rescuedLiving: estimate.nullable(), keys: estimate, keyShare: defined },
    counts: byFate(counts),
  }),
);

const odds = schemaOf<MantelHaenszel>()(
  'MantelHaenszel',
  z.strictObject({
    ...{ strata: count, uninformative: count, oddsRatio: defined, logSe: defined },
    ...{ lower: defined, upper: defined, chiSquare: defined, p: probability },
    ...{ correctedChiSquare: defined, correctedP: probability },
  }),
);

const birth = z.strictObject({
  ...{ run: runNumber, individual: z.string(), fate, inclusion: z.number() },
  /** Scores in decades, null where nothing was tuned. */
  ...{ home: atRates(defined), best: atRates(defined), regret: atRates(defined) },
  bestRule: atRates(z.string().nullable()),
  /** Births with its architecture among the culled; whether somebody living has it. */
  ...{ sharing: count, livesOn: z.boolean() },
});

const group = z.strictObject({
  runs: z.array(runNumber),
  results: named<RescueMeasure, typeof meanOverRunsAnswer>(rescueMeasures, meanOverRunsAnswer),
});

export const rescueAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** The rule whose regret it is. */
  rule: z.string(),
  panel: z.array(z.strictObject({ name: z.string(), defaults: z.string().nullable(), text: z.string() })),
  asked: z.strictObject({
    ...{ sample: count, seeds: count, tuningSeeds: count, tuned: z.boolean() },
    ...{ delta: z.number(), cap: z.number() },
  }),
  conventions: z.record(z.string(), z.string()),
  documents: documentDifferences,
  /** Trainings of this assay, those found in the file among them; `failed` by reason. */
  cells: z.strictObject({ trainings: count, failed: z.record(z.string(), count) }),
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string() },
      /** Births by what became of them; `lost`: with a worker, which are in no count. */
      ...{ births: byFate(count), lost: count, lostArchitectures: count },
      /** The best of the living, by trainings anew. */
      champion: z.string(),
      means: named<RescueQuantity, typeof means>(rescueQuantities, means),
      rates: atRates(rates.nullable()),
    }),
  ),
  /** Each of the sampled. */
  births: z.array(birth),
  /** The runs, and those that they are compared with. */
  groups: z.array(group),
  /** The first group less the second, by blocks of one seed; null where there is one group. */
  contrast: z
    .strictObject({
      blocks: z.array(z.strictObject({ seed: z.string(), first: runNumber, second: runNumber })),
      leftOut: z.array(z.strictObject({ run: runNumber, reason: z.string() })),
      results: named(rescueMeasures, overBlocks.nullable()),
      /** Odds that a sampled culled birth is rescued. */
      odds: atRates(odds.nullable()),
    })
    .nullable(),
  caution: z.string(),
});

export type RescueAnswer = z.output<typeof rescueAnswer>;
