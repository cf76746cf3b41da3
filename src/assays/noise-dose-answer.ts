/** The schema of what the noise-dose assay answers. */
import { z } from 'zod';
import { count, probability, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { PopulationTolerances, Tolerance, Tolerances } from '../statistics/noise-dose.ts';
import { hodgesLehmannAnswer, wilcoxonAnswer } from './ablation-answer.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';
import { askedFields, cellsAnswer, populationFields } from './subject-answer.ts';

const numbers = z.array(z.number()).readonly();

const tolerance = schemaOf<Tolerance>()(
  'Tolerance',
  z.strictObject({ dose: z.number(), censored: z.enum(['below', 'above']).nullable() }),
).nullable();

const tolerances = schemaOf<Tolerances>()(
  'Tolerances',
  z.strictObject({ loss: tolerance, error: tolerance }),
);

const population = schemaOf<PopulationTolerances>()(
  'PopulationTolerances',
  z.strictObject({
    ...{ cells: count, loss: tolerance, error: tolerance },
    undefined: z.strictObject({ loss: count, error: count }),
    worsening: numbers,
  }),
);

/** log10 of the runs' median tolerances; of the runs that have one so many are censored, and stand at the end of the doses. */
const overRuns = z.strictObject({ tolerance: meanOverRunsAnswer, below: count, above: count });

export const noiseDoseAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  rules: z.array(z.strictObject({ name: z.string(), text: z.string() })),
  asked: z.strictObject({ ...askedFields, doses: numbers, worse: z.number() }),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  populations: z.array(
    z.strictObject({
      ...populationFields,
      rules: z.array(z.strictObject({ rule: z.string(), found: population })),
    }),
  ),
  /** Each subject on each task under each rule: at no noise and at each dose. */
  curves: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it. */
      architecture: z.string(),
      ...{ task: z.string(), rule: z.string() },
      /** j of the rate that is best without noise: 10^(j/2) times the own one. */
      rate: z.int(),
      ...{ scores: numbers, errors: numbers.nullable() },
      tolerance: tolerances,
    }),
  ),
  /** Over runs. `worsening`: mean decades of loss by which each dose is worse than none. */
  results: z.array(
    z.strictObject({
      rule: z.string(),
      ...{ loss: overRuns, error: overRuns },
      worsening: z.array(z.strictObject({ dose: z.number(), over: meanOverRunsAnswer })),
    }),
  ),
  /** log10 of the tolerance of the loss, the first rule less another, over the runs that have both; `holm`: the exact p of Wilcoxon's test, over these comparisons. */
  comparisons: z.array(
    z.strictObject({
      ...{ first: z.string(), second: z.string(), runs: count },
      wilcoxon: wilcoxonAnswer.nullable(),
      hodgesLehmann: hodgesLehmannAnswer.nullable(),
      holm: probability,
    }),
  ),
  caution: z.string(),
});

export type NoiseDoseAnswer = z.output<typeof noiseDoseAnswer>;
