/**
 * The epistasis assay: how hard is it to design both at once? From the best of each run single steps of the architecture, single steps of the rule and pairs of both are trained: how often does a step, and how often a
 * pair, get somewhere, and how often does a pair whose steps are both worse?
 */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { individualText } from '../lineage/chosen.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import {
  epistasisRates,
  type PairEffects,
  type PairKind,
  pairKindNames,
  pairKinds,
  type Reading,
} from '../statistics/epistasis.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { type EpistasisAnswer, epistasisAnswer } from './epistasis-answer.ts';
import { type EpistasisPopulation, epistasisPopulations, type SteppedPair } from './epistasis-cells.ts';
import { withHomes } from './homes.ts';
import { capParam, freshSeedsParam, unitRunsParam, workersParam } from './params.ts';
import type { Stages } from './scores.ts';
import { benchConventions, rowsOf, runsAndCells } from './subject-answer.ts';
import type { JudgedHome } from './subjects.ts';

const name = 'epistasis';

const epistasisParams = z.strictObject({
  runs: unitRunsParam(),
  pairs: param(positive().default(32), {
    summary: 'so many pairs of a step of the architecture and a step of the rule, from the best of each run',
    value: 'n',
  }),
  seeds: freshSeedsParam(),
  margin: param(z.number().min(0, 'It must not be below 0.').default(0.05), {
    summary: 'decades that are still no difference',
    value: 'decades',
  }),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof epistasisParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over tasks and fresh seeds, which are the same for all genomes of a run',
  elite:
    'of the living at the end, each distinct genome trained anew under its own rule, at the learning rate at which selection saw the first born of those that have it, from a seed that selection did not see, measured on a split that gradients did not see; the best of them. Fresh seeds judge it, so that it is not its luck that steps are held against',
  steps:
    'one mutation each, drawn as the run draws them (its operators, rates and limits), by streams of their own; the pair has both. All four are trained at the learning rate at which selection saw the parent: the own one of each rule, times 10^(j/2) where the run had several on trial; none is tuned anew. Where a condition holds a chromosome fixed, its steps are those that it would have if it were not',
  e: 'e = f(a2, o2) - f(a2, o) - f(a, o2) + f(a, o): above 0 where two steps do more together than apart',
  readings:
    'apparent: the mean difference over seeds is beyond the margin. Certain: and its 95 % interval over seeds, of pairs by Student, is on the same side of 0. What is apparent holds false ones, what is certain misses true ones: the truth is between, and nearer to certain with more seeds',
  valley:
    'the pair improves on the parent, and each of its steps alone worsens: single steps do not get there',
  sign: 'sign: of at least one step the effect has one sign alone and the other beside the other step (Weinreich et al. 2005); reciprocal sign: of both (Poelwijk et al. 2007)',
  silent:
    'pairs with a step that changes no score at any seed: counted among all, as mutation makes them; draws for which no operator can change a chromosome make no pair',
  limits:
    'within a run exact binomial ones (Clopper and Pearson), given its parent: steps are drawn independently, and one may be drawn twice. Between runs the run is the unit: limits are BCa, 95 %',
} as const;

/** How two steps do beside what each does alone. */
export const epistasisAssay = question({
  name,
  version: 1,
  summary:
    'from the best of a run: how often does a step of the architecture, of the rule, or only the pair of both, improve?',
  params: epistasisParams,
  answer: epistasisAnswer,
  async ask(lineage, params, context) {
    return withHomes(lineage, name, params, context, async ({ open, homes, stages }) => {
      const found = await epistasisPopulations(stages, open, homes, params);
      return answerOf(homes, found, stages, params);
    });
  },
});

function answerOf(
  homes: readonly JudgedHome[],
  found: readonly EpistasisPopulation[],
  stages: Stages,
  { pairs, seeds, margin, cap }: Params,
): EpistasisAnswer {
  const rates = found.map((each) => epistasisRates(each.pairs.map(({ effects }) => effects)));
  const over = (what: string, values: readonly (number | null)[]) =>
    meanOverRuns(values, stream(streamNames.assayed(name, what)));
  const sharesBy = (reading: Reading) =>
    Object.fromEntries(
      pairKindNames.map((kind) => [
        kind,
        over(
          `${reading} ${kind}`,
          rates.map(({ shares }) => shares[reading][kind].share),
        ),
      ]),
    ) as EpistasisAnswer['results']['shares'][Reading];
  return {
    ...runsAndCells(rowsOf(homes), stages),
    asked: { pairs, seeds, margin, cap },
    conventions: { ...conventions, ...benchConventions(homes) },
    populations: homes.map(({ population: { row, living } }, i) => {
      const { elite, unchanged, pairs: own } = found[i]!;
      return {
        ...{ run: row.run, seed: row.seed, living, elite: individualText(elite.individual), unchanged },
        score: own[0]?.scores.parent ?? null,
        distinct: {
          architectures: new Set(own.map(({ architecture }) => architecture.block)).size,
          rules: new Set(own.map(({ rule }) => rule.block)).size,
        },
        ...rates[i]!,
      };
    }),
    pairs: homes.flatMap(({ population: { row } }, i) =>
      found[i]!.pairs.map((pair) => pairAnswer(row.run, pair)),
    ),
    results: {
      meanEpistasis: over(
        'e',
        rates.map(({ meanEpistasis }) => meanEpistasis),
      ),
      shares: { apparent: sharesBy('apparent'), certain: sharesBy('certain') },
    },
    caution:
      'One parent of each run, and the steps that this mutation makes: another parent, or larger steps, have other rates. What small tasks and networks show need not hold for large ones: say so with every number.',
  };
}

function pairAnswer(
  run: number,
  { architecture, rule, scores, effects }: SteppedPair,
): EpistasisAnswer['pairs'][number] {
  const effect = (of: keyof PairEffects) => ({ mean: effects[of].mean, se: effects[of].se });
  const kindsBy = (reading: Reading): PairKind[] =>
    pairKindNames.filter((kind) => pairKinds[kind]((of) => effects[of].sign[reading]));
  return {
    ...{ run, architectureOperator: architecture.operator, ruleOperator: rule.operator, scores },
    ...{ architecture: effect('architecture'), rule: effect('rule'), both: effect('both') },
    epistasis: effect('epistasis'),
    isSilent: effects.architecture.isSilent || effects.rule.isSilent,
    kinds: { apparent: kindsBy('apparent'), certain: kindsBy('certain') },
  };
}
