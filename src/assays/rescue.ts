/**
 * The rescue assay: survivorship bias itself. A random sample of all births of a run, the culled among them, is trained with the rule that each was born with and under a whole panel: do those that are left
 * differ from all that were born, and would others have been as good as they under another rule?
 */
import { z } from 'zod';
import { documentDifferences } from '../analysis/conditions.ts';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { withStore } from '../analysis/store.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import type { Lineage } from '../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { overBlocks } from '../statistics/home-advantage.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { rescueMeasures, rescueMeasuresOf, rescueOdds } from '../statistics/rescue.ts';
import { sampledBirths } from './fates.ts';
import { type Panel, panelNames, panelOf } from './panel-rules.ts';
import { capParam, freshSeedsParam, regretRuleParam, unitRunsParam, workersParam } from './params.ts';
import { populationOf, requireLiving } from './populations.ts';
import { type RescueAnswer, rescueAnswer } from './rescue-answer.ts';
import { type RescueHome, type RescuePopulation, rescuePopulations } from './rescue-cells.ts';
import { failures, type Stages, stagesOf } from './scores.ts';
import { blocksBySeed, type LeftOut, type SeedBlock } from './seed-blocks.ts';
import { openTrainer } from './train-cells.ts';
import { unseenSplit, workbenchesOf } from './workbench.ts';

const name = 'rescue';
const fewBirths = 'It must be a whole number from 2 on: of one nothing is known of how far births vary.';

const rescueParams = z.strictObject({
  runs: unitRunsParam(),
  against: param(
    z
      .array(positive())
      .overwrite((runs) => [...new Set(runs)])
      .exactOptional(),
    {
      summary: 'other runs that they are compared with, in blocks of one seed',
      ...{ value: 'runs', list: 'commas' },
    },
  ),
  sample: param(z.int(fewBirths).min(2, fewBirths).default(8), {
    summary:
      'so many births of each fate at random (living, ancestor of the living, failed, outcompeted, aged)',
    value: 'n',
  }),
  delta: param(z.number().min(0, 'It must not be below 0.').default(0.1), {
    summary: 'decades below survivors that still count as as good as they',
    value: 'decades',
  }),
  rule: regretRuleParam(),
  panel: param(
    z
      .array(z.string().min(1))
      .min(1)
      .default([...panelNames]),
    {
      summary: 'the rules that a birth is tried under, besides its own; default the 15 of the panel',
      value: 'names',
      list: 'commas',
    },
  ),
  tuned: param(z.boolean().default(true), {
    summary: 'try rules at their own learning rates only: a tenth of the trainings, and no regret',
  }),
  seeds: freshSeedsParam(),
  tuningSeeds: param(positive().default(2), {
    summary: 'other seeds, by which learning rates and the best rule are chosen',
    value: 'n',
  }),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof rescueParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over tasks and fresh seeds',
  fates:
    'living at the end; ancestor: dead, and somebody living has its architecture by descent; failed, outcompeted or aged: dead, and nobody has. The last three are the culled, the first two the survivors. Births that were lost with a worker are in no count',
  sample:
    'of each fate births drawn without replacement, whatever their fitness; each stands for N / n births of its fate (Horvitz and Thompson), founders among them',
  home: 'home is the rule that a birth was born with, at its own learning rate and tuned: where rules do not evolve it is the one of the run, where they do a run has many homes',
  best: 'the best of the panel and of the own rule, chosen by the tuning seeds on a split that gradients did not see, over all tasks; at own rates, and tuned to one of 9 rates, 10^(j/2) times the own one for j from -2 to 6',
  regret:
    'R = (best tuned - score) / best tuned of the rule that is asked for, clipped to 0 and 1; where the best is no better than an untrained predictor there is none. 1 - R is how friendly an architecture is to the rule',
  shift:
    'shift: mean of survivors less mean of all births; living only: mean of the living less mean of all births, which is the error of looking at the living alone',
  discarded:
    'share of the culled whose best reaches the mean home score of the living, less delta: at home with their own rule as well, rescued only with another. Rescued of the living is what a panel is worth by itself',
  'as good':
    'share of the culled whose best reaches the mean best score of the living, less delta: with its best rule for everybody, so that runs with other rules can be compared',
  keys: 'distinct architectures of the culled that nobody living has and that some rule takes to the home score of the best of the living (chosen by trainings anew), less delta; each birth counts by how many share its architecture',
  errors:
    'se: of the random sample alone, by its design; bars are taken as given. Births of a run share ancestors and rivals: between runs the run, and between groups the block of one seed is the unit; limits are BCa, 95 %; p is one-sided, of a mean above 0, over all changes of signs',
  odds: 'odds that a culled birth is rescued, of the first group over those of the second, by block and fate (Mantel and Haenszel): its limits take births as independent and are too narrow, the blocks decide',
} as const;

/** Runs to assay, all of them once, and how they are paired. */
interface Chosen {
  readonly groups: readonly (readonly RunRow[])[];
  readonly rows: readonly RunRow[];
  readonly paired: {
    readonly blocks: readonly SeedBlock<{ readonly row: RunRow }>[];
    readonly leftOut: readonly LeftOut[];
  } | null;
}

/** Whether those that selection threw away would have been as good, and how those that it kept differ. */
export const rescueAssay = question({
  name,
  version: 1,
  summary:
    'do survivors differ from all that were born, and would the culled have done as well under another rule?',
  params: rescueParams,
  answer: rescueAnswer,
  async ask(lineage, params, context) {
    const chosen = chosenGroups(lineage, params);
    const populations = chosen.rows.map((row) => populationOf(lineage, row));
    requireLiving(populations);
    const benches = await benchesOf(chosen);
    const homes = chosen.rows.map((row, i): RescueHome => {
      const own = benches.get(row)!;
      const sample = sampledBirths(lineage, name, row.seed, row, params.sample);
      return { block: row.seed, population: populations[i]!, ...{ own, judged: own, sample } };
    });
    return withStore(lineage, 'Trainings', context, async (open) => {
      const panel = panelOf(open, params.panel, params.rule);
      const trainer = openTrainer(open, context, params.workers);
      try {
        const stages = stagesOf(name, trainer, params.cap);
        const found = await rescuePopulations(stages, panel, homes, params);
        return answerOf(chosen, panel, homes, found, stages, params);
      } finally {
        await trainer.close();
      }
    });
  },
});

function chosenGroups(lineage: Lineage, { runs, against = [] }: Params): Chosen {
  const both = runs.filter((run) => against.includes(run));
  if (both.length > 0)
    throw new UserError(
      both.map((run) => ({
        code: 'run-twice',
        message: `run ${run} is named among the runs and under --against`,
        hint: 'name it once',
      })),
    );
  const rows = chosenUnits(lineage, [...runs, ...against]);
  requireBirths(...rows);
  if (against.length === 0) return { groups: [rows], rows, paired: null };
  const groups = [rows.slice(0, -against.length), rows.slice(-against.length)] as const;
  const groupOf = (group: readonly RunRow[], called: string) => ({
    ...{ name: called, members: group.map((row) => ({ row })) },
  });
  const paired = blocksBySeed(
    [groupOf(groups[0], 'of the first group'), groupOf(groups[1], 'under --against')],
    { one: 'of one group', other: 'of the other group' },
  );
  return { groups, rows, paired };
}

/** Runs of one block are trained on the same tasks; others need not be. */
async function benchesOf({ rows, paired }: Chosen): Promise<Map<RunRow, WorkbenchContent>> {
  const pairs = (paired?.blocks ?? []).map(({ first, second }) => [first.row, second.row]);
  const blocks = [...pairs, ...rows.filter((row) => !pairs.flat().includes(row)).map((row) => [row])];
  const benches = await workbenchesOf(blocks);
  return new Map(blocks.flatMap((block, i) => block.map((row) => [row, benches[i]!])));
}

function answerOf(
  chosen: Chosen,
  { rules, rule }: Panel,
  homes: readonly RescueHome[],
  found: readonly RescuePopulation[],
  { all }: Stages,
  { sample, seeds, tuningSeeds, tuned, delta, cap }: Params,
): RescueAnswer {
  const benches = homes.map(({ own }) => own);
  return {
    ...{ runs: chosen.rows.map(({ run }) => run), unfinished: [...unfinishedRuns(chosen.rows)] },
    rule: rules[rule]!.name,
    panel: rules.map(({ name: known, defaults, text }) => ({ name: known, defaults, text })),
    asked: { sample, seeds, tuningSeeds, tuned, delta, cap },
    conventions: {
      ...conventions,
      engine: benches[0]!.engine.numericClass,
      unseen: [...new Set(benches.map(unseenSplit))].join(', '),
    },
    documents: documentDifferences(chosen.groups),
    cells: { trainings: all.length, failed: failures(all) },
    populations: homes.map(({ population: { row }, sample: births }, i) => ({
      ...{ run: row.run, seed: row.seed, births: births.sizes, lost: births.lost },
      ...{ lostArchitectures: births.lostArchitectures, champion: found[i]!.champion },
      ...found[i]!.analysis,
    })),
    births: found.flatMap(({ births }) => births),
    ...resultsOf(chosen, homes, found),
    caution:
      'A birth is tried by its architecture alone: what it would have left had it bred is not known, and a rule that is tuned for it had more tries than selection gave its own. What small tasks and networks show need not hold for large ones: say so with every number.',
  };
}

function resultsOf(
  { groups, paired }: Chosen,
  homes: readonly RescueHome[],
  found: readonly RescuePopulation[],
): Pick<RescueAnswer, 'groups' | 'contrast'> {
  const analyses = new Map(homes.map(({ population: { row } }, i) => [row, found[i]!.analysis]));
  const measures = new Map([...analyses].map(([row, analysis]) => [row, rescueMeasuresOf(analysis)]));
  const over = <T>(of: (measure: (typeof rescueMeasures)[number]) => T) =>
    Object.fromEntries(rescueMeasures.map((measure) => [measure, of(measure)]));
  const blocks = (paired?.blocks ?? []).map(({ seed, first, second }) => ({
    ...{ seed, first: first.row, second: second.row },
  }));
  const oddsAt = (rate: 'default' | 'tuned') =>
    rescueOdds(
      blocks.flatMap(({ first, second }) => {
        const [one, other] = [analyses.get(first)!.rates[rate], analyses.get(second)!.rates[rate]];
        return one === null || other === null ? [] : [[one, other] as const];
      }),
    );
  return {
    groups: groups.map((rows, g) => ({
      runs: rows.map(({ run }) => run),
      results: over((measure) =>
        meanOverRuns(
          rows.map((row) => measures.get(row)![measure]),
          stream(streamNames.assayed(name, g === 0 ? measure : `${measure} against`)),
        ),
      ) as RescueAnswer['groups'][number]['results'],
    })),
    contrast:
      paired === null
        ? null
        : {
            blocks: blocks.map(({ seed, first, second }) => ({ seed, first: first.run, second: second.run })),
            leftOut: [...paired.leftOut],
            results: over((measure) => {
              const values = blocks.flatMap(({ first, second }) => {
                const [one, other] = [measures.get(first)![measure], measures.get(second)![measure]];
                return one === null || other === null ? [] : [one - other];
              });
              return values.length === 0
                ? null
                : overBlocks(values, stream(streamNames.assayed(name, `${measure} contrast`)));
            }) as NonNullable<RescueAnswer['contrast']>['results'],
            odds: { default: oddsAt('default'), tuned: oddsAt('tuned') },
          },
  };
}
