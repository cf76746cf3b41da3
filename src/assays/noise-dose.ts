/**
 * The noise-dose assay: how much noise do updates bear before a network learns less? Normal noise is added to every update, in doses of the update's own size, and the dose is found at which the loss, and
 * the error where something is classified, is a tenth worse.
 */
import { z } from 'zod';
import { param, question } from '../analysis/question.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { holm } from '../statistics/multiplicity.ts';
import type { Tolerance } from '../statistics/noise-dose.ts';
import { hodgesLehmann, signedRankTest } from '../statistics/wilcoxon.ts';
import { withHomes } from './homes.ts';
import { type NoiseDoseAnswer, noiseDoseAnswer } from './noise-dose-answer.ts';
import {
  type DosedRule,
  dosedRule,
  type NoiseDosePopulation,
  noiseDosePopulations,
} from './noise-dose-cells.ts';
import { panelOf } from './panel-rules.ts';
import { effortParams, subjectsParams } from './params.ts';
import type { Stages } from './scores.ts';
import { askedAnswer, homesConventions, populationAnswer, rowsOf, runsAndCells } from './subject-answer.ts';
import type { JudgedHome } from './subjects.ts';

const name = 'noise-dose';

const noiseDoseParams = z.strictObject({
  rules: param(z.array(z.string().min(1)).min(1).default(['adam', 'heavy-ball', 'sgd']), {
    summary: 'known rules whose updates are disturbed; the first is compared with the others',
    ...{ value: 'names', list: 'commas' },
  }),
  doses: param(
    z
      .array(z.number().positive('It must be above 0: no noise is always among the doses.'))
      .overwrite((doses) => [...new Set(doses)].sort((a, b) => a - b))
      .default([0.1, 0.3, 1, 3]),
    {
      summary: 'deviations of the noise in updates, as shares of their size; no noise is always among them',
      ...{ value: 'numbers', list: 'commas' },
    },
  ),
  worse: param(z.number().positive('It must be above 0.').default(0.1), {
    summary: 'by which share loss and error must be worse',
    value: 'share',
  }),
  ...subjectsParams(),
  ...effortParams(),
});

type Params = z.output<typeof noiseDoseParams>;

/** How its numbers are to be read. */
const conventions = {
  noise:
    'u + s rms(u) normal, tensor by tensor: normal noise of variance s^2 |u|^2 / d on each of the d numbers of a tensor, s the dose. What the rule remembers is not disturbed; a line search accepts a step, and another one is made',
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over fresh seeds. Error: the share of wrong predictions there; a failed training has none right',
  tolerance:
    'the least dose at which the loss (the error) is worse by the share that was asked for, between doses by interpolation in the logarithm of the dose: of the logarithm of the loss, and of the error itself, which may be 0. Censored: below, where the least dose is too much already; above, where no dose is. Of a run: the lower median over subjects and tasks',
  undefined:
    'there is no tolerance where there is no room to become worse: a loss as high as untrained, no error at all, or nearly all wrong; such cells are counted and are in no median',
  tuned:
    'for each architecture, task and rule the best of 9 learning rates without noise, 10^(j/2) times the own one for j from -2 to 6, by other seeds on a split that is not for claims; the same rate at every dose',
  doses: 'all doses of a rule have the same networks, batches and draws of the noise',
  tests:
    'the run is the unit. Means of log10 tolerances have censored runs at the end of the doses, and are too near to it; signs and ranks are not: Wilcoxon signed-rank, exact and two-sided, Holm over the comparisons. Limits of means are BCa, 95 %',
} as const;

/** How much noise the updates of rules bear on architectures of runs. */
export const noiseDoseAssay = question({
  name,
  version: 1,
  summary: 'how much noise do updates bear on evolved architectures before they learn less?',
  params: noiseDoseParams,
  answer: noiseDoseAnswer,
  async ask(lineage, params, context) {
    requireSeveral(params.doses);
    return withHomes(lineage, name, params, context, async ({ open, homes, stages }) => {
      const rules = panelOf(open, params.rules, params.rules[0]!).rules.map((rule) =>
        dosedRule(open, rule, params.doses),
      );
      const found = await noiseDosePopulations(stages, rules, homes, params);
      return answerOf(rules, homes, found, stages, params);
    });
  },
});

function requireSeveral(doses: readonly number[]): void {
  if (doses.length >= 2) return;
  throw new UserError({
    code: 'too-few-doses',
    message: `${doses.length === 0 ? 'no dose' : `a dose of ${doses[0]} alone`} has no tolerance, which lies between two`,
    hint: 'name two doses or more, such as --doses 0.3,3',
  });
}

function answerOf(
  rules: readonly DosedRule[],
  homes: readonly JudgedHome[],
  found: readonly NoiseDosePopulation[],
  stages: Stages,
  params: Params,
): NoiseDoseAnswer {
  return {
    ...runsAndCells(rowsOf(homes), stages),
    rules: rules.map(({ rule: { name: known, text } }) => ({ name: known, text })),
    asked: { ...askedAnswer(params), doses: params.doses, worse: params.worse },
    conventions: { ...conventions, ...homesConventions(homes, params.sample) },
    populations: found.map(({ subjects, rules: own }, i) => ({
      ...populationAnswer(homes[i]!, subjects, params.sample),
      rules: own.map((each, r) => ({ rule: rules[r]!.rule.name, found: each })),
    })),
    curves: found.flatMap(({ curves }) => curves),
    results: rules.map(({ rule }, r) =>
      resultOf(
        rule.name,
        found.map(({ rules: own }) => own[r]!),
        params,
      ),
    ),
    comparisons: comparisonsOf(rules, found),
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}

const logDose = (tolerance: Tolerance | null): number | null =>
  tolerance === null ? null : Math.log10(tolerance.dose);

function resultOf(
  rule: string,
  populations: readonly NoiseDosePopulation['rules'][number][],
  { doses }: Params,
): NoiseDoseAnswer['results'][number] {
  const random = (of: string) => stream(streamNames.assayed(name, `${rule} ${of}`));
  const over = (of: 'loss' | 'error') => {
    const own = populations.map((population) => population[of]);
    const censored = (side: Tolerance['censored']) =>
      own.filter((each) => each !== null && each.censored === side).length;
    return {
      tolerance: meanOverRuns(own.map(logDose), random(of)),
      ...{ below: censored('below'), above: censored('above') },
    };
  };
  return {
    ...{ rule, loss: over('loss'), error: over('error') },
    worsening: doses.map((dose, d) => ({
      dose,
      over: meanOverRuns(
        populations.map(({ worsening }) => worsening[d]!),
        random(`${dose}`),
      ),
    })),
  };
}

function comparisonsOf(
  [first, ...others]: readonly DosedRule[],
  found: readonly NoiseDosePopulation[],
): NoiseDoseAnswer['comparisons'] {
  const compared = others.map(({ rule }, r) => {
    const differences = found.flatMap(({ rules: own }) => {
      const [a, b] = [logDose(own[0]!.loss), logDose(own[r + 1]!.loss)];
      return a === null || b === null ? [] : [a - b];
    });
    const isEmpty = differences.length === 0;
    return {
      ...{ first: first!.rule.name, second: rule.name, runs: differences.length },
      wilcoxon: isEmpty ? null : signedRankTest(differences),
      hodgesLehmann: isEmpty ? null : hodgesLehmann(differences),
    };
  });
  const adjusted = holm(compared.map(({ wilcoxon }) => wilcoxon?.exactP ?? null));
  return compared.map((each, i) => ({ ...each, holm: adjusted[i]! }));
}
