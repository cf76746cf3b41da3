/** The trainings of the transplant assay: the best of each run by trials anew, then the architectures of every run under the rules of every run. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { mean } from '../statistics/moments.ts';
import { type Carried, type Population, requireLiving } from './populations.ts';
import { bestPlaces, grouped, type Stages, scoresBySeed } from './scores.ts';
import type { Trained } from './train-cells.ts';
import { tunedRates, unseenScores } from './tuning.ts';

/** A genome that stands for its run, and its score when it was chosen. */
export interface Subject {
  readonly genome: Carried;
  readonly anew: number;
}

/** Architectures of one run under the rules of one run. */
export interface Pair {
  /** Places among the runs. */
  readonly architectures: number;
  readonly rules: number;
  /** By seed: means over architectures, rules and tasks. */
  readonly scores: readonly number[];
  /** The rate of each architecture and rule, architectures outermost. */
  readonly learningRates: readonly number[];
  readonly failed: number;
  /** Trainings whose score is the cap. */
  readonly capped: number;
}

/** All pairs, row by row, and what was trained for them on the final split. */
export interface Transplanted {
  readonly pairs: readonly Pair[];
  readonly judged: readonly Trained[];
}

/** Where runs are compared, and what names the seeds that they have in common, so that a run which is added trains its own pairs only. */
export interface CommonGround {
  readonly workbench: WorkbenchContent;
  readonly block: string;
}

/** Of each population its best genomes, by trainings anew under the rules that they have, at the learning rates at which selection saw them. @throws UserError for runs in which nobody lives; Interrupted, with what was trained stored. */
export async function transplantSubjects(
  stages: Stages,
  { workbench, block }: CommonGround,
  populations: readonly Population[],
  top: number,
): Promise<Subject[][]> {
  requireLiving(populations);
  const trials = populations.flatMap(({ genomes }) =>
    genomes.map(({ architecture, rule, trial: learningRate }) => ({
      ...{ workbench, block, architecture, rule },
      ...{ learningRate, seeds: 1 },
    })),
  );
  const anew = grouped(
    await unseenScores(stages, 'subjects', trials),
    populations.map(({ genomes }) => genomes.length),
  );
  return populations.map(({ genomes }, i) =>
    bestPlaces(anew[i]!, top).map((place) => ({ genome: genomes[place]!, anew: anew[i]![place]! })),
  );
}

/** Every pair is tuned for itself on one grid, and judged from the same seeds. @throws Interrupted, with what was trained stored. */
export async function transplantPairs(
  stages: Stages,
  { workbench, block }: CommonGround,
  subjects: readonly (readonly Subject[])[],
  { seeds, tuningSeeds }: { readonly seeds: number; readonly tuningSeeds: number },
): Promise<Transplanted> {
  const places = subjects.flatMap((_, architectures) =>
    subjects.map((_, rules) => ({ architectures, rules })),
  );
  const crossed = places.map(({ architectures, rules }) =>
    subjects[architectures]!.flatMap(({ genome: { architecture } }) =>
      subjects[rules]!.map(({ genome: { rule } }) => ({ workbench, block, architecture, rule })),
    ),
  );
  const sizes = crossed.map(({ length }) => length);
  const rates = await tunedRates(stages, crossed.flat(), tuningSeeds);
  const before = stages.all.length;
  const scores = await scoresBySeed(
    stages,
    'judgement',
    'final',
    crossed.flat().map((each, i) => ({ ...each, learningRate: rates[i]!, seeds })),
  );
  const judged = stages.all.slice(before);
  const [ofPairs, ratesOfPairs] = [grouped(scores, sizes), grouped(rates, sizes)];
  const trainedOfPairs = grouped(
    judged,
    sizes.map((size) => size * seeds * workbench.tasks.length),
  );
  return {
    judged,
    pairs: places.map((place, p) => ({
      ...place,
      scores: Array.from({ length: seeds }, (_, k) => mean(ofPairs[p]!.flatMap((own) => own[k]!))),
      learningRates: ratesOfPairs[p]!,
      failed: trainedOfPairs[p]!.filter(({ loss }) => loss === null).length,
      capped: ofPairs[p]!.flat(2).filter((score) => score === stages.cap).length,
    })),
  };
}
