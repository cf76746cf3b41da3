/**
 * The transplant assay: are the architectures of a run better with the rules of their own run than with those of others, beyond good architectures and good rules? The best of each run, by trainings anew,
 * under the rules of every run: each pair tuned on the same grid, from fresh seeds, on the final split.
 */
import { z } from 'zod';
import { documentDifferences } from '../analysis/conditions.ts';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { chosenUnits, individualText, requireBirths } from '../lineage/chosen.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { mean } from '../statistics/moments.ts';
import { rankedTable, transplantAnalysis } from '../statistics/transplant.ts';
import { capParam, tuningSeedsParam, workersParam } from './params.ts';
import { type Population, populationOf, requireLiving } from './populations.ts';
import { failures, grouped, type Stages, stagesOf } from './scores.ts';
import { type TransplantAnswer, transplantAnswer } from './transplant-answer.ts';
import { transplantPairs, transplantSubjects } from './transplant-pairs.ts';
import { withTrainer } from './with-trainer.ts';
import { unseenSplit, workbenchesOf } from './workbench.ts';

const name = 'transplant';
const fewSeeds = 'It must be a whole number from 3 on: pairs are told from chance by the spread over seeds.';

const transplantParams = z.strictObject({
  runs: param(
    z.array(positive()).overwrite((runs) => [...new Set(runs)]),
    {
      summary: 'two runs or more, on the same tasks and with the same budget; 8 or more are advisable',
      ...{ isPositional: true, list: 'both' },
    },
  ),
  top: param(positive().default(1), {
    summary:
      'so many genomes of each run, the best when trained anew; a pair of runs is then the mean over n x n',
    value: 'n',
  }),
  seeds: param(z.int(fewSeeds).min(3, fewSeeds).default(5), {
    summary: 'fresh seeds of each pair, 3 or more',
    value: 'n',
  }),
  tuningSeeds: tuningSeedsParam(),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof transplantParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over architectures, rules and tasks',
  subjects:
    'of the living at the end, each distinct genome trained anew under its own rule, at the learning rate at which selection saw the first born of those that have it, from a seed that selection did not see, measured on a split that gradients did not see; the best of them',
  tuned:
    'for each architecture and rule the best of 9 learning rates, 10^(j/2) times the own one for j from -2 to 6, by seeds of its own',
  delta:
    'in y(i,j) = mu + A(i) + O(j) + delta [i = j] + e(i,j), y(i,j) the mean score of architectures of run i under rules of run j, delta is how much better own pairs are, beyond good architectures and good rules; limits by least squares, 95 %',
  tests:
    'the run is the unit; p is one-sided, of own pairs that are better, over the ways to pair architectures of runs with rules of runs: all n! up to 8 runs, else 9,999 draws',
  variance:
    'random effects of architectures, rules and pairs; seeds are the same for all pairs, so that the error is what architectures x rules x seeds leave; negative components count as 0; limits of the share are those of a pigeonhole bootstrap, 95 %, and too narrow below 6 runs',
  ranks: 'the same of ranks over the scores of all pairs and seeds, as shares of the highest rank',
} as const;

/** Whether architectures and rules of a run belong together. */
export const transplantAssay = question({
  name,
  version: 1,
  summary: 'are architectures better with the rules of their own run than with those of other runs?',
  params: transplantParams,
  answer: transplantAnswer,
  async ask(lineage, params, context) {
    const chosen = chosenUnits(lineage, params.runs);
    requireSeveral(chosen);
    requireBirths(...chosen);
    const populations = chosen.map((row) => populationOf(lineage, row));
    requireLiving(populations);
    const [workbench] = await workbenchesOf([chosen]);
    return withTrainer(lineage, params.workers, context, (_open, trainer) =>
      assayed(stagesOf(name, trainer, params.cap), workbench!, populations, params),
    );
  },
});

function requireSeveral(runs: readonly RunRow[]): void {
  if (runs.length >= 2) return;
  throw new UserError({
    code: 'too-few-runs',
    message: `run ${runs[0]!.run} alone has no other run that its architectures could be transplanted to`,
    hint: 'name two runs or more; `streetlight runs` lists them',
  });
}

async function assayed(
  stages: Stages,
  workbench: WorkbenchContent,
  populations: readonly Population[],
  { top, seeds, tuningSeeds, cap }: Params,
): Promise<TransplantAnswer> {
  const rows = populations.map(({ row }) => row);
  const ground = { workbench, block: 'runs' };
  const subjects = await transplantSubjects(stages, ground, populations, top);
  const { pairs, judged } = await transplantPairs(stages, ground, subjects, { seeds, tuningSeeds });
  const square = <T>(values: readonly T[]) =>
    grouped(
      values,
      rows.map(() => rows.length),
    );
  const scores = square(pairs.map((pair) => pair.scores));
  const ranks = rankedTable(scores);
  const meanRanks = ranks.flat().map((each) => mean(each));
  const analysed = (what: 'decades' | 'ranks') =>
    transplantAnalysis(what === 'ranks' ? ranks : scores, stream(streamNames.assayed(name, what)));
  return {
    ...{ runs: rows.map(({ run }) => run), unfinished: [...unfinishedRuns(rows)] },
    asked: { top, seeds, tuningSeeds, cap },
    conventions: { ...conventions, engine: workbench.engine.numericClass, unseen: unseenSplit(workbench) },
    documentsDifferIn: [...documentDifferences([rows]).within],
    cells: {
      ...{ trainings: stages.all.length, failed: failures(stages.all) },
      judged: {
        ...{ trainings: judged.length, failed: failures(judged) },
        capped: pairs.reduce((sum, { capped }) => sum + capped, 0),
      },
    },
    populations: populations.map(({ row: { run }, living, genomes }, i) => ({
      ...{ run, living, genomes: genomes.length },
      subjects: subjects[i]!.map(({ genome, anew }) => ({
        individual: individualText(genome.individual),
        anew,
      })),
    })),
    pairs: pairs.map(({ architectures, rules, failed, capped, ...pair }, p) => ({
      ...{ architectures: rows[architectures]!.run, rules: rows[rules]!.run },
      ...{ score: mean(pair.scores), rank: meanRanks[p]! },
      ...{ scores: [...pair.scores], learningRates: [...pair.learningRates], failed, capped },
    })),
    results: { decades: analysed('decades'), ranks: analysed('ranks') },
    caution:
      'Own pairs have lived within the limits of the search, and pairs of two runs need not: a pair that is too large for them counts as 0 decades, which raises delta by itself (see the failures). Runs that share founders or a rule have less to tell apart, and what small tasks and networks show need not hold for large ones: say so with every number.',
  };
}
