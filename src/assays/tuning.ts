/** What assays do before they judge, on splits that are not for claims: trials anew, and the choice of a learning rate. */
import { mean } from '../statistics/moments.ts';
import { bestRate, grouped, rateTrials, type Stages, scoresBySeed, type Trial } from './scores.ts';
import { unseenSplit } from './workbench.ts';

/** Mean scores of trials, each on the split of its workbench that is not for claims and that selection saw the least of. @throws Interrupted, with what was trained stored. */
export const unseenScores = async (
  stages: Stages,
  stage: string,
  trials: readonly Trial[],
): Promise<number[]> => (await unseenBySeed(stages, stage, trials)).map((own) => mean(own.flat()));

/** The same before means are taken: of each trial the seeds, of each seed the tasks. */
async function unseenBySeed(stages: Stages, stage: string, trials: readonly Trial[]): Promise<number[][][]> {
  const splits = [...new Set(trials.map(({ workbench }) => unseenSplit(workbench)))];
  const scores = new Array<number[][]>(trials.length);
  for (const split of splits) {
    const places = trials.flatMap(({ workbench }, i) => (unseenSplit(workbench) === split ? [i] : []));
    const found = await scoresBySeed(
      stages,
      stage,
      split,
      places.map((i) => trials[i]!),
    );
    places.forEach((i, k) => {
      scores[i] = found[k]!;
    });
  }
  return scores;
}

/** A genome to be tuned on a workbench. */
export type Untuned = Omit<Trial, 'learningRate' | 'seeds'>;

/** Of each genome the scores at `rateTrials`, of each rate the seeds, of each seed the tasks, from so many seeds of a stage of its own. @throws Interrupted, with what was trained stored. */
export async function triedRates(
  stages: Stages,
  genomes: readonly Untuned[],
  seeds: number,
): Promise<number[][][][]> {
  const tried = await unseenBySeed(
    stages,
    'tuning',
    genomes.flatMap((each) => rateTrials.map((learningRate) => ({ ...each, learningRate, seeds }))),
  );
  return grouped(
    tried,
    genomes.map(() => rateTrials.length),
  );
}

/** Of each genome the best of them. @throws Interrupted, with what was trained stored. */
export const tunedRates = async (
  stages: Stages,
  genomes: readonly Untuned[],
  seeds: number,
): Promise<number[]> =>
  (await triedRates(stages, genomes, seeds)).map((tried) => bestRate(tried.map((own) => mean(own.flat()))));
