/**
 * The rotation assay: does a rule live on the axes of the parameters? Every weight is seen through fixed random rotations, which changes nothing for rules that commute with them, and the rule
 * is tuned anew. What it loses is its axis-alignment advantage: the one sign of adaptation to Adam's geometry that a step size cannot fake.
 */
import { z } from 'zod';
import { param, question } from '../analysis/question.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { overBlocks } from '../statistics/home-advantage.ts';
import { alignmentMeasures } from '../statistics/rotation.ts';
import { withHomes } from './homes.ts';
import { panelOf } from './panel-rules.ts';
import { effortParams, subjectsParams } from './params.ts';
import { bothCoordinates } from './rotated-bench.ts';
import { type RotationAnswer, rotationAnswer } from './rotation-answer.ts';
import { type RotationPopulation, type RotationRules, rotationPopulations } from './rotation-cells.ts';
import type { Stages } from './scores.ts';
import { askedAnswer, homesConventions, populationAnswer, rowsOf, runsAndCells } from './subject-answer.ts';
import type { JudgedHome } from './subjects.ts';

const name = 'rotation';

const rotationParams = z.strictObject({
  ...subjectsParams(),
  rule: param(z.string().min(1).default('adam'), {
    summary: 'whose advantage: a known rule or notation',
    value: 'rule',
  }),
  null: param(z.string().min(1).default('sgd'), {
    summary: 'a rule that commutes with rotations, on which nothing may be found: a known one or notation',
    value: 'rule',
  }),
  ...effortParams(),
});

type Params = z.output<typeof rotationParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over fresh seeds',
  rotated:
    'every weight of dense, conv and attention nodes and of the head of the task is Q V R, Q and R fixed random orthogonal matrices (Haar), V trained; plain: none is, whatever the architecture had. Biases, gains, tables of tokens and positions and projections of sums are as they are. Both begin as the same network and see the same batches; every seed draws rotations of its own',
  alignment:
    'AAA = E_Q[log10 loss rotated by Q] - log10 loss: the score in plain coordinates less that in rotated ones. Above 0: the rule gains from the axes as they are',
  excess: 'the alignment of the rule less that of the null rule, on the same subjects and tasks',
  tuned:
    'for each architecture, task and rule, in plain and in rotated coordinates, the best of 9 learning rates, 10^(j/2) times the own one for j from -2 to 6, by other seeds on a split that is not for claims',
  undefined:
    'where the rotated network is too large to be trained there is no alignment; such cells are counted and are in no mean',
  budget:
    'every training has the budget of the run in cost units; the limits on work and memory leave room for the matrices',
  tests:
    'the run is the unit: a number is its mean over subjects and tasks; p is one-sided, of a mean above 0, over all changes of signs; limits are BCa, 95 %, over runs',
} as const;

/** Whether rules gain from the axes of the parameters of evolved architectures. */
export const rotationAssay = question({
  name,
  version: 1,
  summary: 'how much does Adam gain from the axes of the parameters of evolved architectures?',
  params: rotationParams,
  answer: rotationAnswer,
  ask: (lineage, params, context) =>
    withHomes(lineage, name, params, context, async ({ open, homes, stages }) => {
      const { rules, rule } = panelOf(open, [params.null], params.rule);
      const compared: RotationRules = { rule: rules[rule]!, null: rules[0]! };
      const found = await rotationPopulations(stages, compared, bothCoordinates(open), homes, params);
      return answerOf(compared, homes, found, stages, params);
    }),
});

function answerOf(
  rules: RotationRules,
  homes: readonly JudgedHome[],
  found: readonly RotationPopulation[],
  stages: Stages,
  params: Params,
): RotationAnswer {
  const over = (measure: (typeof alignmentMeasures)[number]) => {
    const values = found.flatMap(({ means }) => means[measure] ?? []);
    return values.length === 0 ? null : overBlocks(values, stream(streamNames.assayed(name, measure)));
  };
  const ruleAnswer = ({ name: known, text }: RotationRules['rule']) => ({ name: known, text });
  return {
    ...runsAndCells(rowsOf(homes), stages),
    ...{ rule: ruleAnswer(rules.rule), null: ruleAnswer(rules.null) },
    asked: askedAnswer(params),
    conventions: { ...conventions, ...homesConventions(homes, params.sample) },
    populations: found.map(({ subjects, rotated, means }, i) => ({
      ...populationAnswer(homes[i]!, subjects, params.sample),
      ...{ rotated, means },
    })),
    alignments: found.flatMap(({ cells }) => cells),
    results: Object.fromEntries(
      alignmentMeasures.map((measure) => [measure, over(measure)]),
    ) as RotationAnswer['results'],
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}
