/**
 * The home-advantage assay: are architectures that evolved under one rule better with it than with another, and those of the other the other way round? Each population's best, by
 * trainings anew, are trained under both rules from fresh seeds and measured on the final split, at the rules' own learning rates and at tuned ones.
 */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { overBlocks } from '../statistics/home-advantage.ts';
import { type PairedRuns, pairedRuns } from './fixed-rule-runs.ts';
import { type HomeAdvantageAnswer, homeAdvantageAnswer, type MeasureName } from './home-advantage-answer.ts';
import { type HomeBlock, type HomeBlockAnswer, homeAdvantageBlocks } from './home-advantage-blocks.ts';
import { capParam, tuningSeedsParam, workersParam } from './params.ts';
import { failures, stagesOf } from './scores.ts';
import { subjectsConvention } from './subjects.ts';
import type { CellTrainer } from './train-cells.ts';
import { withTrainer } from './with-trainer.ts';
import { unseenSplit, workbenchesOf } from './workbench.ts';

const name = 'home-advantage';

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
  tuningSeeds: tuningSeedsParam(),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof homeAdvantageParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over tasks and fresh seeds',
  subjects: subjectsConvention(undefined),
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
    const benches = await workbenchesOf(paired.blocks.map(({ first, second }) => [first.row, second.row]));
    return withTrainer(lineage, params.workers, context, (_open, trainer) =>
      assayed(trainer, chosen, paired, benches, params),
    );
  },
});

async function assayed(
  trainer: CellTrainer,
  chosen: readonly RunRow[],
  paired: PairedRuns,
  benches: readonly WorkbenchContent[],
  { top, seeds, tuningSeeds, cap }: Params,
): Promise<HomeAdvantageAnswer> {
  const stages = stagesOf(name, trainer, cap);
  const [first, second] = paired.groups;
  const blocks = await homeAdvantageBlocks(
    stages,
    [first.rule.id, second.rule.id],
    paired.blocks.map(
      ({ seed, ...block }, b): HomeBlock => ({
        name: seed,
        populations: [block.first, block.second],
        ...{ own: benches[b]!, judged: benches[b]! },
      }),
    ),
    { top, seeds, tuningSeeds },
  );
  return {
    ...{ runs: chosen.map(({ run }) => run), unfinished: [...unfinishedRuns(chosen)] },
    rules: [ruleAnswer(paired, 0), ruleAnswer(paired, 1)],
    asked: { top, seeds, tuningSeeds, cap },
    conventions: {
      ...conventions,
      engine: benches[0]!.engine.numericClass,
      unseen: [...new Set(benches.map(unseenSplit))].join(', '),
    },
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

function resultsOf(blocks: readonly HomeBlockAnswer[]): HomeAdvantageAnswer['results'] {
  const over = (what: string, of: (block: HomeBlockAnswer) => number) =>
    overBlocks(blocks.map(of), stream(streamNames.assayed(name, what)));
  const byMeasure = (part: 'advantage' | 'atFirst' | 'atSecond') => {
    const each = (measure: MeasureName) =>
      over(`${measure} ${part}`, ({ advantages }) => advantages[measure][part]);
    return {
      ...{ default: each('default'), tuned: each('tuned') },
      ...{ 'default ranks': each('default ranks'), 'tuned ranks': each('tuned ranks') },
    };
  };
  return {
    ...{ advantage: byMeasure('advantage'), atFirst: byMeasure('atFirst'), atSecond: byMeasure('atSecond') },
    fromRate: over(
      'from rate',
      ({ advantages }) => advantages.default.advantage - advantages.tuned.advantage,
    ),
  };
}
