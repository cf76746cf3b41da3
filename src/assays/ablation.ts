/**
 * The ablation assay: what is each ingredient of Adam worth on the architectures of runs, and what are the maxima worth that AMSGrad puts in? Adam and each of its ablations are trained on the same
 * architectures, tasks and seeds, at their own learning rate and at tuned ones.
 */
import { z } from 'zod';
import { param, question } from '../analysis/question.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { ablationEffect } from '../statistics/ablation.ts';
import { mean } from '../statistics/moments.ts';
import { holm } from '../statistics/multiplicity.ts';
import { type AblationAnswer, ablationAnswer, ablationRates } from './ablation-answer.ts';
import { type AblationName, ablationNames, ablations } from './ablations.ts';
import { withHomes } from './homes.ts';
import { type PanelRule, panelOf } from './panel-rules.ts';
import { effortParams, subjectsParams } from './params.ts';
import { firstBearer } from './populations.ts';
import { placesOf, ruleScores, type TriedRule } from './rule-scores.ts';
import { grouped, type Stages } from './scores.ts';
import { askedAnswer, homesConventions, populationAnswer, rowsOf, runsAndCells } from './subject-answer.ts';
import { chosenArchitectures, type JudgedHome } from './subjects.ts';

const name = 'ablation';

const ablationParams = z.strictObject({
  ablations: param(
    z
      .array(z.enum(ablationNames as readonly [AblationName, ...AblationName[]]))
      .min(1)
      .overwrite((names) => [...new Set(names)])
      .default([...ablationNames]),
    {
      summary: `what is left out of Adam or put in, of ${ablationNames.join(', ')}; default all`,
      ...{ value: 'names', list: 'commas' },
    },
  ),
  ...subjectsParams(),
  margin: param(z.number().positive('It must be above 0.').default(0.05), {
    summary: 'a mean difference within so many decades is equivalent; 1 % of loss is 0.0043',
    value: 'decades',
  }),
  ...effortParams(),
});

type Params = z.output<typeof ablationParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over fresh seeds',
  difference:
    'the score of Adam less that of the ablation, on the same architectures, tasks and seeds: above 0 Adam is better, so that the ingredient helps, or the maximum of AMSGrad hurts',
  rates:
    'default: 1e-3 for Adam and for every ablation; tuned: for each architecture, task and rule the best of 9 learning rates, 10^(j/2) times that for j from -2 to 6, by other seeds on a split that is not for claims. Without the second moment a rate has another unit, so that its default is that of nobody: read the tuned one',
  tests:
    'the run is the unit: a number is its mean over subjects and tasks. Wilcoxon signed-rank, exact and two-sided, with the estimate of Hodges and Lehmann and its limits; p by Holm over the ablations of one setting of the rate; limits of the mean are BCa, 95 %',
  equivalence:
    'two one-sided t tests at 0.05 of a mean within the margin; a p that is not small shows no equivalence',
  interaction:
    'Friedman: do the tasks rank by difference alike in every run? Small p: the ingredient is not worth the same on all of them; a mean over tasks then says nothing of any one',
} as const;

/** What ingredients of Adam are worth. */
export const ablationAssay = question({
  name,
  version: 1,
  summary: 'what is each ingredient of Adam worth on evolved architectures, and what does AMSGrad change?',
  params: ablationParams,
  answer: ablationAnswer,
  ask: (lineage, params, context) =>
    withHomes(lineage, name, params, context, ({ open, homes, stages }) => {
      const texts = params.ablations.map((each) => ablations[each].rule);
      return assayed(stages, homes, panelOf(open, texts, 'adam').rules, params);
    }),
});

/** `rules`: those of the ablations asked for, and Adam after them. */
async function assayed(
  stages: Stages,
  homes: readonly JudgedHome[],
  rules: readonly PanelRule[],
  params: Params,
): Promise<AblationAnswer> {
  const subjects = await chosenArchitectures(stages, homes, params);
  const places = placesOf(homes, subjects);
  const ids = rules.map(({ id }) => id);
  const found = grouped(
    await ruleScores(stages, places.flat(), ids, params),
    places.map(({ length }) => length),
  );
  const scores = homes.flatMap(({ population, judged }, i) => {
    const keys = taskKeys(judged.tasks.map(({ task }) => task));
    return places[i]!.map(({ architecture, task }, p) => ({
      run: population.row.run,
      architecture: firstBearer(population, architecture),
      task: keys[task]!,
      adam: means(found[i]![p]!.at(-1)!),
      ablations: params.ablations.map((ablation, r) => ({ ablation, ...means(found[i]![p]![r]!) })),
    }));
  });
  const populations = homes.map((home, i) => ({
    ...populationAnswer(home, subjects[i]!.length, params.sample),
    differences: params.ablations.map((ablation) => ({
      ablation,
      default: mean(differences(scores, home, ablation, 'default').map(({ value }) => value)),
      tuned: mean(differences(scores, home, ablation, 'tuned').map(({ value }) => value)),
    })),
  }));
  return {
    ...runsAndCells(rowsOf(homes), stages),
    ablations: params.ablations.map((each, r) => ({
      ...{ name: each, summary: ablations[each].summary, text: rules[r]!.text },
    })),
    asked: { ...askedAnswer(params), margin: params.margin },
    conventions: { ...conventions, ...homesConventions(homes, params.sample) },
    ...{ populations, scores },
    results: ablationRates.flatMap((rate) => resultsOf(scores, homes, rate, params)),
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}

const means = ({ default: own, tuned, rate }: TriedRule) => ({
  ...{ default: mean(own), tuned: mean(tuned), rate },
});

type Rate = (typeof ablationRates)[number];

/** Of one run: each subject on each task. */
const differences = (
  scores: AblationAnswer['scores'],
  { population }: JudgedHome,
  ablation: AblationName,
  rate: Rate,
) =>
  scores
    .filter(({ run }) => run === population.row.run)
    .map(({ task, adam, ablations: others }) => ({
      task,
      value: adam[rate] - others.find((each) => each.ablation === ablation)![rate],
    }));

function resultsOf(
  scores: AblationAnswer['scores'],
  homes: readonly JudgedHome[],
  rate: Rate,
  params: Params,
): AblationAnswer['results'] {
  const effects = params.ablations.map((ablation) => {
    const runs = homes.map((home) => {
      const own = differences(scores, home, ablation, rate);
      const names = [...new Set(own.map(({ task }) => task))];
      const valuesOn = (task: string) => own.filter((each) => each.task === task).map(({ value }) => value);
      return { tasks: Object.fromEntries(names.map((task) => [task, mean(valuesOn(task))])) };
    });
    return ablationEffect(runs, params.margin, (of) =>
      stream(streamNames.assayed(name, `${ablation} ${rate} ${of}`)),
    );
  });
  const adjusted = holm(effects.map(({ wilcoxon }) => wilcoxon.exactP));
  return params.ablations.map((ablation, i) => ({
    ...{ ablation, rate, effect: effects[i]!, holm: adjusted[i]! },
  }));
}
