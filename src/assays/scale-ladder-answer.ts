/** The schema of what the scale-ladder assay answers. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { OfSettings } from '../statistics/scale-ladder.ts';
import { meanOverRunsAnswer, panelRuleScores, panelRules } from './panel-answer.ts';
import { cellsAnswer } from './subject-answer.ts';

const ofSettings = schemaOf<OfSettings>()('OfSettings', z.strictObject({ default: defined, tuned: defined }));

/** Numbers of one ladder, of a run or over runs. */
const ladder = <S extends z.ZodType>(each: S) =>
  z.strictObject({
    agreements: z.array(
      z.strictObject({
        /** Factors of the two rungs; the same twice says how well the seeds of one agree. */
        ...{ from: z.number(), to: z.number() },
        /** Kendall's tau-b of the rules. */
        tau: each,
        /** The mean of both rungs' agreement with themselves, less tau; of a rung with itself nothing. */
        lost: each,
      }),
    ),
    /** Change of regret for ten times the size. */
    slopes: each,
  });

const ofRun = ladder(ofSettings);
const overRuns = ladder(z.strictObject({ default: meanOverRunsAnswer, tuned: meanOverRunsAnswer }));

/** Null where the ladder has one rung, or the run no subject. */
const ladders = <S extends z.ZodType>(each: S) =>
  z.strictObject({ examples: each.nullable(), width: each.nullable() });

export const scaleLadderAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** The rule whose regret it is. */
  rule: z.string(),
  panel: panelRules,
  asked: z.strictObject({
    ...{ top: count, seeds: count, tuningSeeds: count, cap: z.number() },
    /** Ascending, 1 among them. */
    ...{ examples: z.array(z.number()), width: z.array(z.number()) },
  }),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  populations: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string(), living: count, architectures: count, subjects: count },
      /** Architectures that would have been subjects, had they come in every width. */
      unscalable: count,
      ladders: ladders(ofRun),
    }),
  ),
  /** Each subject on each task at each rung. */
  steps: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it as it evolved. */
      architecture: z.string(),
      task: z.string(),
      ...{ examplesFactor: z.number(), widthFactor: z.number(), examples: count, parameters: count },
      ...{ bestRule: z.string(), best: z.number(), default: defined, tuned: defined },
      rules: z.array(panelRuleScores),
    }),
  ),
  /** Over runs. */
  results: ladders(overRuns),
  caution: z.string(),
});

export type ScaleLadderAnswer = z.output<typeof scaleLadderAnswer>;
export type LadderOfRun = z.output<typeof ofRun>;
export type LadderOverRuns = z.output<typeof overRuns>;
