/** The schema of what the home-advantage assay answers. */
import { z } from 'zod';
import { count, defined, effectSize, permutationTest, runNumber } from '../analysis/answer-parts.ts';
import { documentDifferences } from '../analysis/compare-answer.ts';
import { schemaOf } from '../analysis/question.ts';
import type { Crossed, HomeAdvantage, OverBlocks } from '../statistics/home-advantage.ts';

const crossed = schemaOf<Crossed>()(
  'Crossed',
  z.strictObject({
    ...{ firstAtHome: z.number(), firstAway: z.number(), secondAtHome: z.number(), secondAway: z.number() },
  }),
);

const advantage = schemaOf<HomeAdvantage>()(
  'HomeAdvantage',
  z.strictObject({ advantage: z.number(), atFirst: z.number(), atSecond: z.number() }),
);

export const overBlocks = schemaOf<OverBlocks>()(
  'OverBlocks',
  z.strictObject({
    ...{ blocks: count, mean: z.number(), sd: defined, lower: defined, upper: defined },
    ...{ signFlip: permutationTest, effect: effectSize.nullable() },
  }),
);

/** What is measured at two settings of the learning rate, by scores and by ranks. */
export const measureNames = ['default', 'tuned', 'default ranks', 'tuned ranks'] as const;

/** A setting of the learning rate, and whether scores or their ranks are averaged. */
export type MeasureName = (typeof measureNames)[number];

const byMeasure = <S extends z.ZodType>(schema: S) =>
  z.strictObject({
    ...{ default: schema, tuned: schema, 'default ranks': schema, 'tuned ranks': schema },
  });

const population = z.strictObject({
  run: runNumber,
  ...{ living: count, architectures: count, subjects: count },
});

export const homeAdvantageAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** The homes: the first group's rule and the second's. */
  rules: z.tuple([
    z.strictObject({ name: z.string(), text: z.string() }),
    z.strictObject({ name: z.string(), text: z.string() }),
  ]),
  asked: z.strictObject({ top: count, seeds: count, tuningSeeds: count, cap: z.number() }),
  conventions: z.record(z.string(), z.string()),
  leftOut: z.array(z.strictObject({ run: runNumber, reason: z.string() })),
  documents: documentDifferences,
  /** Trainings of this assay, those found in the file among them; `failed` by reason. */
  cells: z.strictObject({ trainings: count, failed: z.record(z.string(), count) }),
  blocks: z.array(
    z.strictObject({
      seed: z.string(),
      ...{ first: population, second: population },
      scores: byMeasure(crossed),
      advantages: byMeasure(advantage),
    }),
  ),
  /** Over blocks, of H and of its one-sided parts; `fromRate`: what tuning the learning rate takes away of H. */
  results: z.strictObject({
    ...{ advantage: byMeasure(overBlocks), atFirst: byMeasure(overBlocks), atSecond: byMeasure(overBlocks) },
    fromRate: overBlocks,
  }),
  caution: z.string(),
});

export type HomeAdvantageAnswer = z.output<typeof homeAdvantageAnswer>;
