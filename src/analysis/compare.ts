/** Whether conditions differ: each run is one unit, and each condition is compared with the first. */
import { z } from 'zod';
import { flowOf } from '../lineage/flow.ts';
import type { Lineage } from '../lineage/open.ts';
import { listRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { compareAnswer } from './compare-answer.ts';
import { type Compared, comparisonsOf } from './comparison.ts';
import {
  type ComparedCondition,
  conditionOf,
  documentDifferences,
  pairingsOf,
  requireApart,
} from './conditions.ts';
import { positive } from './params.ts';
import { param, question } from './question.ts';
import {
  requireTraits,
  runSource,
  type StatisticOptions,
  statisticNamed,
  statisticNames,
  usualStatistics,
} from './run-statistics.ts';

const compareParams = z.strictObject({
  conditions: param(z.array(z.string()), {
    summary:
      'two or more: run numbers such as 1,2,3, or the name of a document, condition or scheme; each is compared with the first',
    isPositional: true,
  }),
  statistic: param(
    z
      .array(z.string())
      .overwrite((names) => [...new Set(names)])
      .default([]),
    {
      summary: `compare this; may be given again: ${statisticNames.join(', ')}, architecture.TRAIT, rule.TRAIT`,
      value: 'name',
    },
  ),
  architecture: param(z.string().exactOptional(), {
    summary: 'trait of architectures in `association`; default depth',
    value: 'trait',
  }),
  rule: param(z.string().exactOptional(), {
    summary: 'trait of rules in `association`; default instructions',
    value: 'trait',
  }),
  tau: param(positive().exactOptional(), {
    summary: 'horizon of persistence; default the latest to which every run is watched',
    value: 'births',
  }),
  paired: param(z.boolean().default(true), { summary: 'do not pair runs of the same seed' }),
});

type CompareParams = z.output<typeof compareParams>;

/** How its numbers are to be read. */
const conventions = {
  unit: 'each run is one unit',
  intervals:
    "means with 95 % of Student's t; differences with 95 % BCa bootstrap limits of 9,999 draws, and with those of Student's t (Welch, or of pairs)",
  effect: "g is Hedges' g with 95 % limits; of pairs in units of the spread of differences",
  tests:
    'p counts all ways to deal runs to conditions, or of pairs all changes of sign, enumerated up to 100,000, else 9,999 drawn and never 0; by t: Welch, or of pairs',
  family:
    'Holm and Benjamini-Hochberg (BH) over all comparisons printed: Holm for claims, BH for exploration',
  pooled:
    "weighted by the runs' own errors, variance between runs by Paule and Mandel, limits by Hartung and Knapp with max(1, q) (Röver, Knapp and Friede 2015)",
  power:
    "of Student's test at 5 % by simulation, normal; for planning the next experiment, it says nothing about this one",
} as const;

/** Effects with intervals, exact tests, and what the next experiment needs. */
export const compare = question({
  name: 'compare',
  version: 1,
  summary:
    'compare conditions over runs: effects with intervals, exact tests, what the next experiment needs',
  params: compareParams,
  answer: compareAnswer,
  ask(lineage, params) {
    const conditions = chosenConditions(lineage, params.conditions);
    const statistics = chosenStatistics(params);
    const { architecture = 'depth', rule = 'instructions', tau, paired } = params;
    requireTraits(lineage, { architecture, rule });
    const sources = new Map(
      conditions.flatMap(({ runs }) => runs.map((row) => [row.run, runSource(lineage, row)] as const)),
    );
    const options = { statistics, architecture, rule, tau, mayPair: paired };
    const comparisons = comparisonsOf(conditions, sources, options);
    const numbersOf = ({ runs }: ComparedCondition) => runs.map(({ run }) => run);
    return {
      conditions: conditions.map(({ name, runs, leftOut }) => ({
        name,
        runs: runs.map(({ run, seed }) => ({ run, seed })),
        leftOut,
      })),
      pairing: pairingsOf(conditions, paired),
      documentsDifferIn: documentDifferences(conditions.map(({ runs }) => runs)),
      traits: uses(statistics, 'rule') ? { architecture, rule } : null,
      conventions,
      flow: Object.fromEntries(conditions.map((each) => [each.name, flowOf(lineage, numbersOf(each))])),
      caution: cautionOf(comparisons),
      comparisons,
    };
  },
});

function chosenConditions(lineage: Lineage, texts: readonly string[]): ComparedCondition[] {
  if (texts.length < 2)
    throw new UserError({
      code: 'one-condition',
      message: 'a comparison needs two conditions, and there is one',
      hint: 'name another: run numbers between commas, or the name of a document, condition or scheme',
    });
  const all = listRuns(lineage);
  const conditions = texts.map((text) => conditionOf(text, all));
  requireApart(conditions);
  return conditions;
}

const uses = (statistics: readonly string[], option: keyof StatisticOptions): boolean =>
  statistics.some((name) => statisticNamed(name).uses?.includes(option) === true);

/** @throws UserError for an unknown one, and for an option that none of them reads. */
function chosenStatistics({ statistic, architecture, rule, tau }: CompareParams): readonly string[] {
  const statistics = statistic.length > 0 ? statistic : usualStatistics;
  for (const each of statistics) statisticNamed(each);
  if ((architecture ?? rule) !== undefined && !uses(statistics, 'rule'))
    throw new UserError({
      code: 'no-association',
      message: '--architecture and --rule name the traits of `association`, which is not compared',
      hint: 'add --statistic association',
    });
  if (tau !== undefined && !uses(statistics, 'tau'))
    throw new UserError({
      code: 'no-persistence',
      message: '--tau is the horizon of persistence, which is not compared',
      hint: 'leave it out, or add --statistic architecture-persistence or --statistic rule-persistence',
    });
  return statistics;
}

/** Fewer runs than this make BCa limits much too narrow: with two pairs they are the two differences. */
const fewRuns = 10;

const cautionOf = (comparisons: readonly Compared[]): string | null =>
  comparisons.some(({ comparison }) => comparison?.runs.some((runs) => runs < fewRuns))
    ? `With fewer than ${fewRuns} runs of a condition BCa limits are too narrow: trust the limits of t and the exact test.`
    : null;
