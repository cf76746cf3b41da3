/** The linear-rate assay: do evolved architectures let a quasi-Newton method converge linearly on the examples that it sees? */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { log10 } from '../numerics/elementary.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { linearRate } from '../statistics/linear-rate.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { mean } from '../statistics/moments.ts';
import { withHomes } from './homes.ts';
import { type LinearRateAnswer, linearRateAnswer } from './linear-rate-answer.ts';
import { budgetsOf, type CurvePlace, lossCurves, mostUnits } from './loss-curves.ts';
import { type Panel, panelOf } from './panel-rules.ts';
import { topParam, unitRunsParam, workersParam } from './params.ts';
import { architecturesOf, firstBearer } from './populations.ts';
import { grouped, type Stages } from './scores.ts';
import { homesConventions, rowsOf, runsAndCells } from './subject-answer.ts';
import { bestArchitectures, type Home } from './subjects.ts';

const name = 'linear-rate';
const fewPoints = 'It must be a whole number from 6 to 200: the line is through the last two thirds.';

const linearRateParams = z.strictObject({
  runs: unitRunsParam(),
  top: topParam(),
  rule: param(z.string().min(1).default('lbfgs'), {
    summary: 'the rule: a known one or notation; it sees all examples in every step',
    value: 'rule',
  }),
  units: param(positive().max(mostUnits, `At most ${mostUnits}.`).default(3000), {
    summary: 'cost units of the longest training',
    value: 'n',
  }),
  points: param(z.int(fewPoints).min(6, fewPoints).max(200, fewPoints).default(24), {
    summary: 'points of each curve, at equal distances; each is a training of its own',
    value: 'n',
  }),
  seeds: param(positive().default(2), { summary: 'curves of each architecture and task', value: 'n' }),
  workers: workersParam(),
});

type Params = z.output<typeof linearRateParams>;

/** How its numbers are to be read. */
const conventions = {
  curve:
    'the loss on the training examples after so many cost units, full batches, measured as held-out examples are (without dropout, with the statistics that batch norm remembers); every point is a training under its own budget, which stops it and changes nothing before',
  slope:
    'of log10(loss) on cost units through the last two thirds of the curve; the least a loss can be is taken as 0; the line ends before the loss is 1e-12 of the untrained one, the end of arithmetic',
  linear: 'R^2 of that line above 0.98, falling, and the last loss below 1e-10 of the untrained one',
  failed:
    'a training that failed before the end of arithmetic, at once or later, is not linear, has a slope of 0, and leaves all of the untrained loss: it is in every mean',
  'too fast':
    'where arithmetic ends before the line has three points, nothing can be told of it: such curves are counted, and are in the mean of what is left alone, so that the others say too little of how fast this goes. More points, or fewer units, show them',
  runs: 'the run is the unit: a number is its mean over subjects, tasks and seeds; limits are BCa, 95 %, over runs',
} as const;

/** How fast quasi-Newton methods converge on evolved architectures. */
export const linearRateAssay = question({
  name,
  version: 1,
  summary: 'does L-BFGS converge linearly on the training examples with evolved architectures?',
  params: linearRateParams,
  answer: linearRateAnswer,
  async ask(lineage, params, context) {
    // What it ranks by has no cap.
    const asked = { ...params, cap: Number.POSITIVE_INFINITY };
    return withHomes(lineage, name, asked, context, ({ open, homes, stages }) =>
      assayed(stages, panelOf(open, [], params.rule), homes, params),
    );
  },
});

async function assayed(
  stages: Stages,
  { rules: [rule] }: Panel,
  homes: readonly Home[],
  { top, seeds, units, points }: Params,
): Promise<LinearRateAnswer> {
  const subjects = await bestArchitectures(stages, homes, top);
  const places = homes.map(({ block, own }, i) =>
    subjects[i]!.flatMap((architecture) =>
      own.tasks.flatMap((_, task) =>
        Array.from(
          { length: seeds },
          (_seed, seed): CurvePlace => ({
            ...{ block, own, architecture, rule: rule!.id, task, seed },
          }),
        ),
      ),
    ),
  );
  const { curves, trained } = await lossCurves(name, stages.trainer, places.flat(), budgetsOf(units, points));
  stages.all.push(...trained);
  const answers = grouped(
    places.flat().map((place, p) => {
      const { task } = place.own.tasks[place.task]!;
      const { points: curve, failed } = curves[p]!;
      return {
        place,
        ...{ seed: place.seed, parameters: trained[p * points]!.parameters },
        ...{ examples: task.splits.train.count, failed },
        rate: linearRate(curve, task.untrainedLoss, failed !== null),
        points: curve,
      };
    }),
    places.map(({ length }) => length),
  );
  const populations = homes.map(({ population }, i) => {
    const { row, living } = population;
    const rates = answers[i]!.map(({ rate }) => rate);
    const told = rates.flatMap(({ isLinear }) => isLinear ?? []);
    return {
      ...{ run: row.run, seed: row.seed, living },
      ...{ architectures: architecturesOf(population).length, subjects: subjects[i]!.length },
      ...{ curves: rates.length, failed: rates.filter(({ isFailure }) => isFailure).length },
      tooFast: rates.length - told.length,
      linear: over(told.map((isLinear) => (isLinear ? 1 : 0))),
      slope: over(rates.flatMap(({ slope }) => (slope === null ? [] : [1000 * slope]))),
      reached: over(rates.map(({ reached }) => log10(Math.max(reached, 1e-12)))),
    };
  });
  const overRuns = (measure: 'linear' | 'slope' | 'reached') =>
    meanOverRuns(
      populations.map((each) => each[measure]),
      stream(streamNames.assayed(name, measure)),
    );
  return {
    ...runsAndCells(rowsOf(homes), stages),
    ...{ rule: rule!.name, asked: { top, seeds, units, points } },
    conventions: { ...homesConventions(homes, undefined), ...conventions },
    populations,
    curves: homes.flatMap(({ population, own }, i) =>
      answers[i]!.map(({ place, ...curve }) => ({
        run: population.row.run,
        architecture: firstBearer(population, place.architecture),
        task: taskKeys(own.tasks.map(({ task }) => task))[place.task]!,
        ...curve,
      })),
    ),
    results: { linear: overRuns('linear'), slope: overRuns('slope'), reached: overRuns('reached') },
    caution:
      'Float32 ends at about 1e-14 of the untrained squared error, and networks with more parameters than examples can learn anything by heart: what is linear here says nothing of new examples.',
  };
}

const over = (values: readonly number[]) => (values.length === 0 ? null : mean(values));
