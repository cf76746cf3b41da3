/**
 * The home-advantage assay: are architectures that evolved under one rule better with it than with another, and those of the other the other way round? Each population's best, by
 * trainings anew, are trained under both rules from fresh seeds and measured on the final split, at the rules' own learning rates and at tuned ones.
 */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import { withStore } from '../analysis/store.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { mostWorkers } from '../dispatch/pool.ts';
import { fitnessOf } from '../evaluation/fitness.ts';
import { trialsOf } from '../evaluation/learning-rate.ts';
import type { CellKey } from '../lineage/cells.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames, trainingSeeds } from '../random/stream-names.ts';
import { homeAdvantage, meanRanks, meanScores, overBlocks } from '../statistics/home-advantage.ts';
import { mean } from '../statistics/moments.ts';
import { type Block, type PairedRuns, type Population, pairedRuns } from './fixed-rule-runs.ts';
import {
  type HomeAdvantageAnswer,
  homeAdvantageAnswer,
  type MeasureName,
  measureNames,
} from './home-advantage-answer.ts';
import { type CellTrainer, openTrainer, type Trained } from './train-cells.ts';
import { workbenchOfRuns } from './workbench.ts';

const name = 'home-advantage';

/** Learning rates on trial, the same for every rule: 10^(j/2) times its own. */
const trials = trialsOf([-2, 6]);

const homeAdvantageParams = z.strictObject({
  runs: param(
    z.array(positive()).overwrite((runs) => [...new Set(runs)]),
    {
      summary: 'runs of two conditions, each with one rule that was fixed; the same seeds in both',
      ...{ isPositional: true, list: 'both' },
    },
  ),
  top: param(positive().default(8), {
    summary: 'so many of each population, the best when trained anew',
    value: 'n',
  }),
  seeds: param(positive().default(5), { summary: 'fresh seeds that scores are means of', value: 'n' }),
  tuningSeeds: param(positive().default(2), {
    summary: 'other seeds, by which each architecture and rule choose among 9 learning rates',
    value: 'n',
  }),
  cap: param(z.number().positive('It must be above 0.').default(6), {
    summary:
      'a score counts at most so many decades of loss, so that a task solved whole cannot decide alone',
    value: 'decades',
  }),
  workers: param(positive().max(mostWorkers, `At most ${mostWorkers} threads.`).exactOptional(), {
    summary: 'worker threads; the answer does not depend on it',
    value: 'n',
  }),
});

type Params = z.output<typeof homeAdvantageParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over tasks and fresh seeds',
  subjects:
    'of the living at the end, each distinct architecture trained anew under its own rule from a seed that selection did not see, measured on a split that gradients did not see; the best of them',
  advantage:
    'H = [f(1,1) + f(2,2) - f(1,2) - f(2,1)] / 2, f(i,j) the mean score of subjects that evolved under rule i, trained under rule j',
  tuned:
    'for each architecture and rule the best of 9 learning rates, 10^(j/2) times the own one for j from -2 to 6, by seeds of its own',
  ranks: 'the same of ranks over all scores of a block, as shares of the highest rank',
  tests:
    'the block, a pair of runs of one seed, is the unit; p is one-sided, of a mean above 0, over all changes of signs; limits are BCa, 95 %, over blocks',
} as const;

/** Whether two populations are at home under the rules that they evolved with. */
export const homeAdvantageAssay = question({
  name,
  version: 1,
  summary: 'are architectures better with the rule that they evolved under than with that of others?',
  params: homeAdvantageParams,
  answer: homeAdvantageAnswer,
  async ask(lineage, params, context) {
    const chosen = chosenUnits(lineage, params.runs);
    requireBirths(...chosen);
    const paired = pairedRuns(lineage, chosen);
    const workbench = await workbenchOfRuns(
      paired.blocks.flatMap(({ first, second }) => [first.row, second.row]),
    );
    return withStore(lineage, 'Trainings', context, async (open) => {
      const trainer = openTrainer(open, workbench, context, params.workers);
      try {
        return await assayed(trainer, chosen, paired, workbench, params);
      } finally {
        await trainer.close();
      }
    });
  },
});

/** A subject of a block under a rule at a learning rate, to be trained on every task from so many seeds. */
interface Trial {
  readonly block: string;
  readonly architecture: number;
  readonly rule: number;
  readonly learningRate: number;
  readonly seeds: number;
}

/** What the three stages share: where they train, and how many trainings came to what. */
interface Stages {
  readonly trainer: CellTrainer;
  readonly workbench: WorkbenchContent;
  readonly cap: number;
  readonly all: Trained[];
}

/** The mean score of each trial. Subjects of one block are trained from the same seeds. */
async function scoresOf(
  { trainer, workbench, cap, all }: Stages,
  stage: string,
  split: CellKey['split'],
  of: readonly Trial[],
): Promise<number[]> {
  const keysOf = ({ block, seeds, architecture, rule, learningRate }: Trial): CellKey[] =>
    Array.from({ length: seeds }, (_, k) => trainingSeeds.assay(name, block, stage, k)).flatMap((seed) =>
      workbench.tasks.map((_, task) => ({ architecture, rule, task, seed, learningRate, split })),
    );
  const keys = of.map(keysOf);
  const trained = await trainer.train(stage, keys.flat());
  all.push(...trained);
  const scores = keys
    .flat()
    .map(({ task }, i) => scoreOf(trained[i]!, workbench.tasks[task]!.task.untrainedLoss, cap));
  return grouped(
    scores,
    keys.map(({ length }) => length),
  ).map((own) => mean(own));
}

/** A failed training is as good as none: it is never left out. */
function scoreOf({ loss, accuracy }: Trained, untrainedLoss: number, cap: number): number {
  if (loss === null) return 0;
  return Math.min(cap, Math.max(0, fitnessOf('loss-decades', { loss, accuracy }, untrainedLoss)));
}

/** Places of the highest scores; of equals the earlier one comes first. */
const bestPlaces = (scores: readonly number[], count: number): number[] =>
  scores
    .map((_, i) => i)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count);

/** The trial with the best score; of equals the one nearest to the rule's own rate, then the lower. */
const bestTrial = (scores: readonly number[]): number =>
  trials
    .map((j, i) => ({ j, score: scores[i]! }))
    .reduce((best, other) =>
      other.score > best.score || (other.score === best.score && Math.abs(other.j) < Math.abs(best.j))
        ? other
        : best,
    ).j;

async function assayed(
  trainer: CellTrainer,
  chosen: readonly RunRow[],
  paired: PairedRuns,
  workbench: WorkbenchContent,
  { top, seeds, tuningSeeds, cap }: Params,
): Promise<HomeAdvantageAnswer> {
  const stages: Stages = { trainer, workbench, cap, all: [] };
  const rules = paired.groups.map(({ rule }) => rule.id);
  const populations = paired.blocks.flatMap(({ seed: block, first, second }) => [
    { block, ...first, home: rules[0]! },
    { block, ...second, home: rules[1]! },
  ]);
  const isSelectable = workbench.tasks.every(({ task }) => task.splits.select.count > 0);
  const unseen = isSelectable ? 'select' : 'search';

  const candidates = populations.flatMap(({ block, home, architectures }) =>
    architectures.map(
      (architecture): Trial => ({ block, architecture, rule: home, learningRate: 0, seeds: 1 }),
    ),
  );
  const anew = await scoresOf(stages, 'subjects', unseen, candidates);
  const subjects = grouped(
    anew,
    populations.map(({ architectures }) => architectures.length),
  ).map((scores, i) => bestPlaces(scores, top).map((place) => populations[i]!.architectures[place]!));

  const crossed = populations.flatMap(({ block }, i) =>
    subjects[i]!.flatMap((architecture) => rules.map((rule) => ({ block, architecture, rule }))),
  );
  const tried = await scoresOf(
    stages,
    'tuning',
    unseen,
    crossed.flatMap((each) => trials.map((learningRate) => ({ ...each, learningRate, seeds: tuningSeeds }))),
  );
  const rates = grouped(
    tried,
    crossed.map(() => trials.length),
  ).map(bestTrial);

  const final = await scoresOf(
    stages,
    'judgement',
    'final',
    crossed.flatMap((each, i) => [0, rates[i]!].map((learningRate) => ({ ...each, learningRate, seeds }))),
  );
  // By population, subject, rule, and then default before tuned.
  const scores = grouped(
    final,
    subjects.map(({ length }) => 4 * length),
  );
  const blocks = paired.blocks.map((block, b) =>
    blockAnswer(block, scores[2 * b]!, scores[2 * b + 1]!, [
      subjects[2 * b]!.length,
      subjects[2 * b + 1]!.length,
    ]),
  );
  return {
    ...{ runs: chosen.map(({ run }) => run), unfinished: [...unfinishedRuns(chosen)] },
    rules: [ruleAnswer(paired, 0), ruleAnswer(paired, 1)],
    asked: { top, seeds, tuningSeeds, cap },
    conventions: { ...conventions, engine: workbench.engine.numericClass, unseen },
    leftOut: [...paired.leftOut],
    documents: paired.documents,
    cells: { trainings: stages.all.length, failed: failures(stages.all) },
    blocks,
    results: resultsOf(blocks),
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}

const ruleAnswer = ({ groups }: PairedRuns, i: 0 | 1) => ({
  name: groups[i].rule.name,
  text: groups[i].rule.text,
});

/** Consecutive parts of these lengths. */
function grouped<T>(values: readonly T[], lengths: readonly number[]): T[][] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return values.slice(end - length, end);
  });
}

type BlockAnswer = HomeAdvantageAnswer['blocks'][number];

const byMeasure = <T>(of: (measure: MeasureName) => T): Record<MeasureName, T> =>
  Object.fromEntries(measureNames.map((measure) => [measure, of(measure)])) as Record<MeasureName, T>;

/** `first`, `second`: scores of the two populations' subjects, each under both rules, at the default rate and the tuned one. */
function blockAnswer(
  { seed, first: one, second: other }: Block,
  first: readonly number[],
  second: readonly number[],
  subjects: readonly [number, number],
): BlockAnswer {
  const under = (scores: readonly number[], rule: 0 | 1, rate: 0 | 1) =>
    scores.filter((_, i) => i % 4 === 2 * rule + rate);
  const scores = byMeasure((measure) => {
    const rate = measure.startsWith('tuned') ? 1 : 0;
    const crossed = {
      firstAtHome: under(first, 0, rate),
      firstAway: under(first, 1, rate),
      secondAtHome: under(second, 1, rate),
      secondAway: under(second, 0, rate),
    };
    return measure.endsWith('ranks') ? meanRanks(crossed) : meanScores(crossed);
  });
  const population = ({ row, living, architectures }: Population, count: number) => ({
    ...{ run: row.run, living, architectures: architectures.length, subjects: count },
  });
  return {
    seed,
    first: population(one, subjects[0]),
    second: population(other, subjects[1]),
    scores,
    advantages: byMeasure((measure) => homeAdvantage(scores[measure])),
  };
}

function resultsOf(blocks: readonly BlockAnswer[]): HomeAdvantageAnswer['results'] {
  const over = (what: string, of: (block: BlockAnswer) => number) =>
    overBlocks(blocks.map(of), stream(streamNames.assayed(name, what)));
  const each = (part: 'advantage' | 'atFirst' | 'atSecond') =>
    byMeasure((measure) => over(`${measure} ${part}`, ({ advantages }) => advantages[measure][part]));
  return {
    advantage: each('advantage'),
    atFirst: each('atFirst'),
    atSecond: each('atSecond'),
    fromRate: over(
      'from rate',
      ({ advantages }) => advantages.default.advantage - advantages.tuned.advantage,
    ),
  };
}

function failures(trained: readonly Trained[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason, loss } of trained)
    if (loss === null && reason !== null) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
