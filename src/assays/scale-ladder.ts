/** The scale-ladder assay: does what a panel of rules shows on evolved architectures stay so with more or fewer examples, and with wider or narrower layers? */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { type OfSettings, scaleLadder } from '../statistics/scale-ladder.ts';
import {
  type LadderFactors,
  type LadderFound,
  type LadderHome,
  type LadderSubjects,
  ladderCells,
  ladderSubjects,
} from './ladder-cells.ts';
import { type LadderAxis, workbenchesOfSizes } from './ladder-rungs.ts';
import { meanScores } from './panel-cells.ts';
import { type Panel, panelOf } from './panel-rules.ts';
import { capParam, panelParam, regretRuleParam, unitRunsParam, workersParam } from './params.ts';
import { architecturesOf, firstBearer, populationOf, requireLiving } from './populations.ts';
import {
  type LadderOfRun,
  type LadderOverRuns,
  type ScaleLadderAnswer,
  scaleLadderAnswer,
} from './scale-ladder-answer.ts';
import { grouped, type Stages, stagesOf } from './scores.ts';
import { homesConventions, runsAndCells } from './subject-answer.ts';
import { subjectsConvention } from './subjects.ts';
import { withTrainer } from './with-trainer.ts';
import { workbenchesOf } from './workbench.ts';

const name = 'scale-ladder';
const fewSeeds = 'It must be a whole number from 2 on: ranks are compared across different seeds.';
const fewTuningSeeds =
  'It must be a whole number from 2 on: ranks are compared across rates of different seeds.';

/** Factors of a ladder: 1 belongs to every one. */
const factors = (summary: string) =>
  param(
    z
      .array(z.number().positive('A factor is above 0.'))
      .default([0.25, 4])
      .overwrite((given) => [...new Set([...given, 1])].sort((a, b) => a - b)),
    { summary, value: 'factors', list: 'commas' },
  );

const scaleLadderParams = z.strictObject({
  runs: unitRunsParam(),
  examples: factors(
    'times the training examples of each task; 1 is always there, and 1 alone leaves this ladder out',
  ),
  width: factors('times the units of every layer; 1 is always there, and 1 alone leaves this ladder out'),
  top: param(positive().default(2), {
    summary: 'so many architectures of each run, the best when trained anew that come in every width',
    value: 'n',
  }),
  rule: regretRuleParam(),
  panel: panelParam(),
  seeds: param(z.int(fewSeeds).min(2, fewSeeds).default(4), {
    summary: 'fresh seeds that scores are means of, 2 or more',
    value: 'n',
  }),
  tuningSeeds: param(z.int(fewTuningSeeds).min(2, fewTuningSeeds).default(2), {
    summary: 'other seeds, 2 or more, by which each architecture and rule choose among 9 learning rates',
    value: 'n',
  }),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof scaleLadderParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over fresh seeds',
  rungs:
    'one ladder has other numbers of training examples with the same held-out ones, the other the same architecture with other numbers of units in every layer; each leaves alone what the other changes. Steps, batch size and budget in cost units are those of the run at every rung, so that more examples are fewer epochs',
  regret:
    'R = (best - score) / best of an architecture on a task at a rung, clipped to 0 and 1, best the tuned score of the rule that is best by the tuning seeds. Default: at its own learning rate, tuned: at the chosen one, chosen anew at every rung',
  tau: "Kendall's tau-b of the mean scores of the rules of the panel, mean over subjects and tasks. It compares the even seeds of one rung with the odd ones of the other, and the other way round: of a rung with itself it says how well its seeds agree, which is the most that two rungs can. Tuned: each half at the rate that the same half of the tuning seeds chooses, so that halves share no luck of tuning; these rates are of fewer seeds than those of the regret",
  lost: 'what size changes: the mean of two rungs with themselves, less tau of the two',
  slope:
    'change of regret for ten times the examples, or ten times the parameters of the network, as lm(regret ~ log10(size) + factor(subject and task))',
  subjects: `${subjectsConvention(undefined)} that can be trained at every width, and have other parameters at each`,
  limits:
    'of the search (parameters, work of a step, memory) are raised by the square of the widest factor at every rung, so that none is too large for its width alone',
  runs: 'the run is the unit: a number is its mean over subjects and tasks; limits are BCa, 95 %, over runs',
} as const;

/** How what a panel shows depends on the size of task and network. */
export const scaleLadderAssay = question({
  name,
  version: 1,
  summary: 'do ranks of rules and the regret of Adam stay as they are with more examples and wider networks?',
  params: scaleLadderParams,
  answer: scaleLadderAnswer,
  async ask(lineage, params, context) {
    const chosen = chosenUnits(lineage, params.runs);
    requireBirths(...chosen);
    const populations = chosen.map((row) => populationOf(lineage, row));
    requireLiving(populations);
    const benches = await workbenchesOf(chosen.map((row) => [row]));
    const homes: LadderHome[] = [];
    for (const [i, row] of chosen.entries()) {
      const others = await workbenchesOfSizes(
        row,
        params.examples.filter((factor) => factor !== 1),
      );
      const sizes = params.examples.map((factor) => (factor === 1 ? benches[i]! : others.shift()!));
      homes.push({ block: row.seed, population: populations[i]!, own: benches[i]!, sizes });
    }
    return withTrainer(lineage, params.workers, context, (open, trainer) =>
      assayed(stagesOf(name, trainer, params.cap), open, chosen, homes, params),
    );
  },
});

async function assayed(
  stages: Stages,
  lineage: Lineage,
  chosen: readonly RunRow[],
  homes: readonly LadderHome[],
  params: Params,
): Promise<ScaleLadderAnswer> {
  const panel = panelOf(lineage, params.panel, params.rule);
  const subjects = await ladderSubjects(stages, lineage, homes, params, params.top);
  const found = await ladderCells(stages, panel, homes, subjects, params, params);
  const { top, examples, width, seeds, tuningSeeds, cap } = params;
  const populations = homes.map((home, i) => populationAnswer(home, subjects[i]!, found[i]!, params));
  const over = (axis: LadderAxis) =>
    overRuns(
      axis,
      populations.map(({ ladders }) => ladders[axis]),
    );
  return {
    ...runsAndCells(chosen, stages),
    ...panelFacts(panel),
    asked: { top, seeds, tuningSeeds, cap, examples: [...examples], width: [...width] },
    conventions: { ...homesConventions(homes, undefined), ...conventions },
    populations,
    steps: homes.flatMap((home, i) => found[i]!.map((step) => stepAnswer(home, step))),
    results: { examples: over('examples'), width: over('width') },
    caution:
      'A factor of sixteen is far from what separates these tasks from those of practice: a ladder says whether numbers drift within it, and not where they end. Say so with every number.',
  };
}

const panelFacts = ({ rules, rule }: Panel): Pick<ScaleLadderAnswer, 'rule' | 'panel'> => ({
  rule: rules[rule]!.name,
  panel: rules.map(({ name: known, defaults, text }) => ({ name: known, defaults, text })),
});

function stepAnswer({ population, own }: LadderHome, step: LadderFound): ScaleLadderAnswer['steps'][number] {
  const { subject, task, found, ...sizes } = step;
  const { best, default: atDefault, tuned } = found.regret;
  return {
    run: population.row.run,
    architecture: firstBearer(population, subject.architecture),
    task: taskKeys(own.tasks.map((each) => each.task))[task]!,
    ...sizes,
    ...{ bestRule: found.bestRule, best, default: atDefault, tuned },
    rules: found.rules.map(meanScores),
  };
}

function populationAnswer(
  { population }: LadderHome,
  { subjects, unscalable }: LadderSubjects,
  found: readonly LadderFound[],
  params: LadderFactors,
): ScaleLadderAnswer['populations'][number] {
  const { row, living } = population;
  const architectures = architecturesOf(population).length;
  const of = (axis: LadderAxis) => ladderOf(axis, found, params);
  return {
    ...{ run: row.run, seed: row.seed, living, architectures, subjects: subjects.length, unscalable },
    ladders: { examples: of('examples'), width: of('width') },
  };
}

/** One ladder of a run: its rungs ascending, with the one that is as it evolved among them. */
function ladderOf(
  axis: LadderAxis,
  found: readonly LadderFound[],
  factors: LadderFactors,
): LadderOfRun | null {
  const own = factors[axis];
  if (own.length < 2 || found.length === 0) return null;
  const rungs = factors.examples.length + factors.width.length - 1;
  const ladders = grouped(
    found,
    Array.from({ length: found.length / rungs }, () => rungs),
  ).map((steps) =>
    own.map((factor) => {
      const step = steps.find(({ examplesFactor, widthFactor }) =>
        axis === 'examples'
          ? examplesFactor === factor && widthFactor === 1
          : widthFactor === factor && examplesFactor === 1,
      )!;
      const size = axis === 'examples' ? step.examples : step.parameters;
      // Orders are compared by halves that do not share the seeds of their rates either.
      const rules = step.found.rules.map((own) => ({ default: own.default, tuned: own.halves! }));
      return { size, rules, regret: step.found.regret };
    }),
  );
  const { agreements, slopes } = scaleLadder(ladders);
  return {
    agreements: agreements.map(({ rungs: [from, to], tau, lost }) => ({
      ...{ from: own[from]!, to: own[to]!, tau, lost },
    })),
    slopes,
  };
}

function overRuns(axis: LadderAxis, ladders: readonly (LadderOfRun | null)[]): LadderOverRuns | null {
  const first = ladders.find((each) => each !== null);
  if (first === undefined) return null;
  const over = (measure: string, of: (ladder: LadderOfRun) => OfSettings) => {
    const meanOf = (setting: keyof OfSettings) =>
      meanOverRuns(
        ladders.map((each) => (each === null ? null : of(each)[setting])),
        stream(streamNames.assayed(name, `${axis} ${measure} ${setting}`)),
      );
    return { default: meanOf('default'), tuned: meanOf('tuned') };
  };
  return {
    agreements: first.agreements.map(({ from, to }, i) => ({
      ...{ from, to },
      tau: over(`tau ${from} ${to}`, ({ agreements }) => agreements[i]!.tau),
      lost: over(`lost ${from} ${to}`, ({ agreements }) => agreements[i]!.lost),
    })),
    slopes: over('slope', ({ slopes }) => slopes),
  };
}
