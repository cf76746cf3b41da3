/** The schema of what the linear-rate assay answers. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { LinearRate, LossPoint } from '../statistics/linear-rate.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';
import { cellsAnswer } from './subject-answer.ts';

const rate = schemaOf<LinearRate>()(
  'LinearRate',
  z.strictObject({
    ...{ points: count, slope: defined, rSquared: defined, reached: z.number() },
    ...{ isFailure: z.boolean(), isLinear: z.boolean().nullable() },
  }),
);

const point = schemaOf<LossPoint>()('LossPoint', z.strictObject({ costUnits: z.number(), loss: z.number() }));

/** Means over the curves of a run. */
const measures = <S extends z.ZodType>(each: S) => ({
  /** Share of linear curves among those of which it can be told. */
  linear: each,
  /** Change of log10 of the loss for a thousand cost units, where there is a line; 0 for a failure. */
  slope: each,
  /** log10 of what is left of the untrained loss; 0 for a failure. */
  reached: each,
});

export const linearRateAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  rule: z.string(),
  asked: z.strictObject({ top: count, seeds: count, units: count, points: count }),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string(), living: count, architectures: count, subjects: count },
      /** Curves, those of them that failed, and those that come to the end of arithmetic before a line has three points. */
      ...{ curves: count, failed: count, tooFast: count, ...measures(defined) },
    }),
  ),
  /** Each subject on each task from each seed. */
  curves: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it. */
      ...{ architecture: z.string(), task: z.string(), seed: count, parameters: count, examples: count },
      /** Why it ended early. */
      failed: z.string().nullable(),
      rate,
      points: z.array(point).readonly(),
    }),
  ),
  /** Over runs. */
  results: z.strictObject(measures(meanOverRunsAnswer)),
  caution: z.string(),
});

export type LinearRateAnswer = z.output<typeof linearRateAnswer>;
