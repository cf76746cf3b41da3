/** The schema of what the panel assay answers. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { MeanOverRuns } from '../statistics/mean-over-runs.ts';
import type { PanelMeans, panelMeasures } from '../statistics/panel.ts';
import { askedFields, cellsAnswer, populationFields } from './subject-answer.ts';

export const meanOverRunsAnswer = schemaOf<MeanOverRuns>()(
  'MeanOverRuns',
  z.strictObject({ runs: count, mean: defined, sd: defined, lower: defined, upper: defined }),
);

const measures = <S extends z.ZodType>(schema: S) =>
  ({
    ...{ 'regret default': schema, 'regret tuned': schema, 'regret from rate': schema },
    ...{ 'rate share': schema, 'rate displacement': schema, 'tuning-free rank': schema, tfr2: schema },
  }) satisfies Record<(typeof panelMeasures)[number], S>;

const means = schemaOf<PanelMeans>()(
  'PanelMeans',
  z.strictObject({ cells: count, undefined: count, ...measures(defined) }),
);

/** Of one rule. */
export const panelRuleScores = z.strictObject({
  rule: z.string(),
  /** Mean scores over the fresh seeds, in decades. */
  ...{ default: z.number(), tuned: z.number() },
  /** j: tuned is the own rate times 10^(j/2). */
  rate: z.int(),
});

/** The rules of a panel, and whose defaults they have. */
export const panelRules = z.array(
  z.strictObject({ name: z.string(), defaults: z.string().nullable(), text: z.string() }),
);

export const panelAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** The rule whose regret it is. */
  rule: z.string(),
  panel: panelRules,
  asked: z.strictObject(askedFields),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  populations: z.array(z.strictObject({ ...populationFields, means })),
  /** Each subject on each task. */
  regrets: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it. */
      architecture: z.string(),
      task: z.string(),
      ...{ bestRule: z.string(), best: z.number() },
      ...{ default: defined, tuned: defined, rateShare: defined, rate: z.int(), rank: count },
      rules: z.array(panelRuleScores),
    }),
  ),
  /** Over runs. */
  results: z.strictObject(measures(meanOverRunsAnswer)),
  caution: z.string(),
});

export type PanelAnswer = z.output<typeof panelAnswer>;
