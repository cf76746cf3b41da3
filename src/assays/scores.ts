/** Scores of genomes on a workbench, as assays have them: trials at a learning rate from seeds of their own, the better of several, and parts of lists. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { fitnessOf } from '../evaluation/fitness.ts';
import { trialsOf } from '../evaluation/learning-rate.ts';
import type { CellKey } from '../lineage/cells.ts';
import { trainingSeeds } from '../random/stream-names.ts';
import { mean } from '../statistics/moments.ts';
import type { CellRequest, CellTrainer, Trained } from './train-cells.ts';

/** A genome at a learning rate, to be trained on every task of a workbench from so many seeds. */
export interface Trial {
  readonly workbench: WorkbenchContent;
  /** Trials of one block are trained from the same seeds, and so can be compared. */
  readonly block: string;
  /** Ids of the rows in `block`. */
  readonly architecture: number;
  readonly rule: number;
  /** j: the update is multiplied by 10^(j/2). */
  readonly learningRate: number;
  readonly seeds: number;
  /** Only the seeds in even (0) or odd (1) places of them; all where it is not said. */
  readonly half?: 0 | 1;
  /** One of the tasks of the workbench; all of them where it is not said. */
  readonly task?: number;
}

/** What the stages of an assay share: its name, where it trains, how many decades count at most, and all that was trained so far. */
export interface Stages {
  readonly assay: string;
  readonly trainer: CellTrainer;
  /** A score counts at most so many decades. */
  readonly cap: number;
  readonly all: Trained[];
}

/** The stages of an assay, with nothing trained yet. */
export const stagesOf = (assay: string, trainer: CellTrainer, cap: number): Stages => ({
  ...{ assay, trainer, cap },
  all: [],
});

/** The mean score of each trial, in decades of loss on a split, over tasks and seeds. Stages have seeds of their own. @throws Interrupted, with what was trained stored. */
export const scoresOf = async (
  stages: Stages,
  stage: string,
  split: CellKey['split'],
  trials: readonly Trial[],
): Promise<number[]> => (await scoresBySeed(stages, stage, split, trials)).map((own) => mean(own.flat()));

/** The same before means are taken: of each trial the seeds, of each seed the tasks. */
export async function scoresBySeed(
  { assay, trainer, cap, all }: Stages,
  stage: string,
  split: CellKey['split'],
  trials: readonly Trial[],
): Promise<number[][][]> {
  const requestsOf = ({ workbench, block, seeds, half, task, ...genome }: Trial): CellRequest[][] =>
    seedPlaces(seeds, half)
      .map((k) => trainingSeeds.assay(assay, block, stage, k))
      .map((seed) =>
        (task === undefined ? [...workbench.tasks.keys()] : [task]).map((each) => ({
          workbench,
          key: { ...genome, task: each, seed, split },
        })),
      );
  const requests = trials.map(requestsOf);
  const flat = requests.flat(2);
  const trained = await trainer.train(stage, flat);
  all.push(...trained);
  const scores = flat.map(({ workbench, key }, i) =>
    scoreOf(trained[i]!, workbench.tasks[key.task]!.task.untrainedLoss, cap),
  );
  const bySeed = grouped(
    scores,
    requests.flat().map(({ length }) => length),
  );
  return grouped(
    bySeed,
    requests.map(({ length }) => length),
  );
}

const seedPlaces = (seeds: number, half?: 0 | 1): number[] =>
  Array.from({ length: seeds }, (_, k) => k).filter((k) => half === undefined || k % 2 === half);

/** A failed training is as good as none: it is never left out. */
function scoreOf({ loss, accuracy }: Trained, untrainedLoss: number, cap: number): number {
  if (loss === null) return 0;
  return Math.min(cap, Math.max(0, fitnessOf('loss-decades', { loss, accuracy }, untrainedLoss)));
}

/** Places of the highest scores; of equals the earlier one comes first. */
export const bestPlaces = (scores: readonly number[], count: number): number[] =>
  scores
    .map((_, i) => i)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count);

/** Learning rates on trial, the same for every rule: 10^(j/2) times its own. */
export const rateTrials = trialsOf([-2, 6]);

/** The trial of `rateTrials` with the best score; of equals the one nearest to the rule's own rate, then the lower. */
export const bestRate = (scores: readonly number[]): number =>
  rateTrials
    .map((j, i) => ({ j, score: scores[i]! }))
    .reduce((best, other) =>
      other.score > best.score || (other.score === best.score && Math.abs(other.j) < Math.abs(best.j))
        ? other
        : best,
    ).j;

/** Consecutive parts of these lengths. */
export function grouped<T>(values: readonly T[], lengths: readonly number[]): T[][] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return values.slice(end - length, end);
  });
}

/** Trainings that failed, by reason. */
export function failures(trained: readonly Trained[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason, loss } of trained)
    if (loss === null && reason !== null) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
