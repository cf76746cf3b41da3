/** The schema of what the epistasis assay answers. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { BinomialShare } from '../statistics/binomial-limits.ts';
import { type PairKind, pairKindNames } from '../statistics/epistasis.ts';
import { meanOverRunsAnswer } from './panel-answer.ts';

const share = schemaOf<BinomialShare>()(
  'BinomialShare',
  z.strictObject({ hits: count, of: count, share: defined, lower: defined, upper: defined }),
);

const byKind = <S extends z.ZodType>(schema: S) =>
  z.strictObject(Object.fromEntries(pairKindNames.map((kind) => [kind, schema])) as Record<PairKind, S>);

const byReading = <S extends z.ZodType>(schema: S) => z.strictObject({ apparent: schema, certain: schema });

const kinds = z.array(z.enum(pairKindNames));

/** Null where there is one seed. */
const effect = z.strictObject({ mean: z.number(), se: defined });

export const epistasisAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  asked: z.strictObject({ pairs: count, seeds: count, margin: z.number(), cap: z.number() }),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  /** Trainings of this assay, those found in the file among them; `failed` by reason. */
  cells: z.strictObject({ trainings: count, failed: z.record(z.string(), count) }),
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string(), living: count },
      /** The best of the living by trainings anew, and its mean score on the final split; null without pairs. */
      ...{ elite: z.string(), score: defined },
      /** Draws for which no operator could change a chromosome: there is no pair. `silent`: pairs with a step that does nothing to the training. */
      ...{ unchanged: count, silent: count, pairs: count },
      /** Different chromosomes among the steps. */
      distinct: z.strictObject({ architectures: count, rules: count }),
      meanEpistasis: defined,
      shares: byReading(byKind(share)),
    }),
  ),
  pairs: z.array(
    z.strictObject({
      run: runNumber,
      /** The mutation operators of the two steps. */
      ...{ architectureOperator: z.string(), ruleOperator: z.string() },
      scores: z.strictObject({
        ...{ parent: z.number(), architecture: z.number(), rule: z.number(), both: z.number() },
      }),
      /** Against the parent, and e. */
      ...{ architecture: effect, rule: effect, both: effect, epistasis: effect },
      isSilent: z.boolean(),
      kinds: byReading(kinds),
    }),
  ),
  /** Over runs. */
  results: z.strictObject({
    meanEpistasis: meanOverRunsAnswer,
    shares: byReading(byKind(meanOverRunsAnswer)),
  }),
  caution: z.string(),
});

export type EpistasisAnswer = z.output<typeof epistasisAnswer>;
