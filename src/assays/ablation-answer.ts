/** The schema of what the ablation assay answers. */
import { z } from 'zod';
import { count, defined, probability, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { AblationEffect } from '../statistics/ablation.ts';
import type { EquivalenceTest } from '../statistics/equivalence.ts';
import type { FriedmanTest } from '../statistics/friedman.ts';
import type { HodgesLehmann, SignedRankTest } from '../statistics/wilcoxon.ts';
import { type AblationName, ablationNames } from './ablations.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';
import { askedFields, cellsAnswer, populationFields } from './subject-answer.ts';

/** Settings of the learning rate. */
export const ablationRates = ['default', 'tuned'] as const;

export const wilcoxonAnswer = schemaOf<SignedRankTest>()(
  'SignedRankTest',
  z.strictObject({
    ...{ n: count, zeros: count, v: z.number() },
    ...{ exactP: probability, exactGreaterP: probability, normalP: probability },
  }),
);

export const hodgesLehmannAnswer = schemaOf<HodgesLehmann>()(
  'HodgesLehmann',
  z.strictObject({
    ...{ n: count, estimate: z.number(), lower: z.number(), upper: z.number(), coverage: z.number() },
  }),
);

const equivalence = schemaOf<EquivalenceTest>()(
  'EquivalenceTest',
  z.strictObject({
    ...{ n: count, mean: z.number(), se: z.number(), df: count, margin: z.number(), alpha: z.number() },
    ...{ p: probability, isShown: z.boolean().nullable(), aboveLower: probability, belowUpper: probability },
    ...{ lower: defined, upper: defined },
  }),
);

const friedman = schemaOf<FriedmanTest>()(
  'FriedmanTest',
  z.strictObject({
    ...{ blocks: count, treatments: count, meanRanks: z.array(z.number()).readonly(), df: count },
    ...{ chiSquare: defined, p: probability, concordance: defined },
  }),
);

const effect = schemaOf<AblationEffect>()(
  'AblationEffect',
  z.strictObject({
    difference: meanOverRunsAnswer,
    ...{ wilcoxon: wilcoxonAnswer, hodgesLehmann: hodgesLehmannAnswer, equivalence: equivalence.nullable() },
    tasks: z.array(z.strictObject({ task: z.string(), difference: meanOverRunsAnswer })).readonly(),
    interaction: friedman.nullable(),
  }),
);

const ablation = z.enum(ablationNames as readonly [AblationName, ...AblationName[]]);
const rate = z.enum(ablationRates);

/** Mean scores over the fresh seeds, in decades, and j: tuned is the own rate times 10^(j/2). */
const scores = { default: z.number(), tuned: z.number(), rate: z.int() };

export const ablationAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** What was left out of Adam, or put in. */
  ablations: z.array(z.strictObject({ name: ablation, summary: z.string(), text: z.string() })),
  asked: z.strictObject({ ...askedFields, margin: z.number() }),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  /** `differences`: Adam less the ablation, means over subjects and tasks. */
  populations: z.array(
    z.strictObject({
      ...populationFields,
      differences: z.array(z.strictObject({ ablation, default: z.number(), tuned: z.number() })),
    }),
  ),
  /** Each subject on each task. */
  scores: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it. */
      architecture: z.string(),
      task: z.string(),
      adam: z.strictObject(scores),
      ablations: z.array(z.strictObject({ ablation, ...scores })),
    }),
  ),
  /** Over runs. `holm`: the exact p of Wilcoxon's test, over the ablations of one setting of the rate. */
  results: z.array(z.strictObject({ ablation, rate, effect, holm: probability })),
  caution: z.string(),
});

export type AblationAnswer = z.output<typeof ablationAnswer>;
