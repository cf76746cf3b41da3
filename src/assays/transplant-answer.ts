/** The schema of what the transplant assay answers. */
import { z } from 'zod';
import { count, defined, permutationTest, probability, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { Ammi, AmmiAxis } from '../statistics/ammi.ts';
import type { PairingEffect } from '../statistics/pairing.ts';
import type { PigeonholeInterval } from '../statistics/pigeonhole.ts';
import type { TransplantAnalysis } from '../statistics/transplant.ts';
import type { Sources, TwoWayAnalysis, VarianceComponents } from '../statistics/two-way.ts';

const numbers = z.array(z.number()).readonly();
const limits = { lower: defined, upper: defined };
const fisher = z.strictObject({ f: z.number(), p: probability.unwrap() }).nullable();

const pairing = schemaOf<PairingEffect>()(
  'PairingEffect',
  z.strictObject({
    ...{ runs: count, delta: z.number(), se: defined, df: count, ...limits, rowVariance: z.number() },
    ...{ shareOfRowVariance: defined, inRowDeviations: defined, permutation: permutationTest },
  }),
);

const sourceFields = { rows: z.number(), columns: z.number(), interaction: defined, error: defined };
const sources = schemaOf<Sources>()('Sources', z.strictObject(sourceFields));

const components = schemaOf<VarianceComponents>()(
  'VarianceComponents',
  z.strictObject({ ...sourceFields, interactionShare: defined }),
);

const twoWay = schemaOf<TwoWayAnalysis>()(
  'TwoWayAnalysis',
  z.strictObject({
    ...{ rows: count, columns: count, replicates: count, mean: z.number(), sumsOfSquares: sources },
    ...{ df: sources, meanSquares: sources, untruncated: components, components, interactionTest: fisher },
  }),
);

const pigeonhole = schemaOf<PigeonholeInterval>()(
  'PigeonholeInterval',
  z.strictObject({
    ...{ estimate: defined, se: defined, ...limits, level: z.number(), draws: count, undefinedDraws: count },
  }),
);

const axis = schemaOf<AmmiAxis>()(
  'AmmiAxis',
  z.strictObject({
    ...{ singularValue: z.number(), share: defined, df: z.int() },
    ...{ rowScores: numbers, columnScores: numbers, test: fisher },
  }),
);

const ammi = schemaOf<Ammi>()(
  'Ammi',
  z.strictObject({
    ...{ grand: z.number(), rows: numbers, columns: numbers, interactionSumOfSquares: z.number() },
    axes: z.array(axis).readonly(),
  }),
);

const analysis = schemaOf<TransplantAnalysis>()(
  'TransplantAnalysis',
  z.strictObject({ pairing, variance: twoWay, interactionShare: pigeonhole, ammi }),
);

const failed = z.record(z.string(), count);

export const transplantAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  asked: z.strictObject({ top: count, seeds: count, tuningSeeds: count, cap: z.number() }),
  conventions: z.record(z.string(), z.string()),
  /** Places of their documents, such as `evolution.scheme`, at which the runs do not agree. */
  documentsDifferIn: z.array(z.string()),
  /** Those found in the file among them; `judged`: on the final split, of which so many reached the cap. `failed` by reason. */
  cells: z.strictObject({
    ...{ trainings: count, failed },
    judged: z.strictObject({ trainings: count, failed, capped: count }),
  }),
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, living: count, genomes: count },
      /** The best genomes when trained anew, the first born of the living that have them. */
      subjects: z.array(z.strictObject({ individual: z.string(), anew: z.number() })),
    }),
  ),
  /** All n x n, row by row. Scores in decades; of each seed, and their mean. */
  pairs: z.array(
    z.strictObject({
      ...{ architectures: runNumber, rules: runNumber, score: z.number(), rank: z.number() },
      scores: z.array(z.number()),
      /** j of each architecture and rule, architectures outermost: the rate is 10^(j/2) times the rule's own. */
      learningRates: z.array(z.int()),
      ...{ failed: count, capped: count },
    }),
  ),
  results: z.strictObject({ decades: analysis, ranks: analysis }),
  caution: z.string(),
});

export type TransplantAnswer = z.output<typeof transplantAnswer>;
