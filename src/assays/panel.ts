/**
 * The panel assay: how far default Adam, and Adam with its learning rate tuned, fall short of the best of a panel of rules on the architectures of a population. 1 less the regret is how
 * Adam-friendly they are.
 */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { panelMeasures } from '../statistics/panel.ts';
import { withHomes } from './homes.ts';
import { type PanelAnswer, panelAnswer } from './panel-answer.ts';
import { type PanelPopulation, panelPopulations } from './panel-cells.ts';
import { type Panel, panelOf } from './panel-rules.ts';
import { effortParams, panelParam, regretRuleParam, subjectsParams } from './params.ts';
import type { Stages } from './scores.ts';
import { askedAnswer, homesConventions, populationAnswer, rowsOf, runsAndCells } from './subject-answer.ts';
import type { JudgedHome } from './subjects.ts';

const name = 'panel';

const panelParams = z.strictObject({
  ...subjectsParams(),
  rule: regretRuleParam(),
  panel: panelParam(),
  ...effortParams(),
  tuningSeeds: param(positive().default(2), {
    summary: 'other seeds, by which each rule chooses among 9 learning rates and the best rule is chosen',
    value: 'n',
  }),
});

type Params = z.output<typeof panelParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over fresh seeds',
  regret:
    'R = (best - score) / best of an architecture on a task, clipped to 0 and 1: the loss of the rule less that of the best, over that of an untrained predictor less that of the best, in log10. Default: at its own learning rate, tuned: at the chosen one. 1 - R is how friendly the architecture is to the rule',
  best: 'the rule of the panel, at the learning rate, that is best by the tuning seeds on a split that gradients did not see; its score is that of the fresh seeds, so that regret is not made of luck',
  tuned:
    'for each architecture, task and rule the best of 9 learning rates, 10^(j/2) times the own one for j from -2 to 6, by the tuning seeds. The rate chosen by them may do worse on the fresh ones: tuned regret can be above default regret by noise',
  undefined:
    'where the best of the panel is no better than an untrained predictor there is no regret; such cells are counted and are in no mean',
  rate: 'rate share is 1 - mean tuned regret / mean default regret; rate displacement is log10(tuned learning rate / own)',
  rank: 'the tuning-free rank is 1 and the number of rules of the panel that are certainly better at their own rates (95 % intervals over fresh seeds that do not overlap); tfr2 is the share of cells with rank 1 or 2',
  budget:
    'every training has the budget of the run in cost units, so that rules that evaluate more for a step take fewer steps',
  runs: 'the run is the unit: a number is its mean over subjects and tasks; limits are BCa, 95 %, over runs',
} as const;

/** How friendly the architectures of populations are to a rule. */
export const panelAssay = question({
  name,
  version: 1,
  summary:
    'how far do default Adam and tuned Adam fall short of the best of 15 rules on evolved architectures?',
  params: panelParams,
  answer: panelAnswer,
  ask: (lineage, params, context) =>
    withHomes(lineage, name, params, context, async ({ open, homes, stages }) => {
      const panel = panelOf(open, params.panel, params.rule);
      const found = await panelPopulations(stages, panel, homes, params);
      return answerOf(panel, homes, found, stages, params);
    }),
});

function answerOf(
  { rules, rule }: Panel,
  homes: readonly JudgedHome[],
  found: readonly PanelPopulation[],
  stages: Stages,
  params: Params,
): PanelAnswer {
  const over = (measure: (typeof panelMeasures)[number]) =>
    meanOverRuns(
      found.map(({ means }) => means[measure]),
      stream(streamNames.assayed(name, measure)),
    );
  return {
    ...runsAndCells(rowsOf(homes), stages),
    rule: rules[rule]!.name,
    panel: rules.map(({ name: known, defaults, text }) => ({ name: known, defaults, text })),
    asked: askedAnswer(params),
    conventions: { ...conventions, ...homesConventions(homes, params.sample) },
    populations: found.map(({ subjects, means }, i) => ({
      ...populationAnswer(homes[i]!, subjects, params.sample),
      means,
    })),
    regrets: found.flatMap(({ regrets }) => regrets),
    results: Object.fromEntries(
      panelMeasures.map((measure) => [measure, over(measure)]),
    ) as PanelAnswer['results'],
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}
