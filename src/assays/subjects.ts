/** Which genomes of a population an assay is about: its best by trainings anew, or some at random. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { architecturesOf, type Carried, type Population } from './populations.ts';
import { bestPlaces, grouped, type Stages, type Trial } from './scores.ts';
import { unseenScores } from './tuning.ts';

/** A population, and where it evolved. */
export interface Home {
  /** Names the streams of its trainings: populations of one block share them. */
  readonly block: string;
  readonly population: Population;
  readonly own: WorkbenchContent;
}

/** A population whose architectures are tuned and judged on a workbench that may be another one. */
export interface JudgedHome extends Home {
  readonly judged: WorkbenchContent;
}

/** Which architectures are subjects: the best `top` of each population, or `sample` at random where it is said. */
export interface Choice {
  readonly top: number;
  readonly sample?: number | undefined;
}

/** The subjects of each population. @throws Interrupted, with what was trained stored. */
export const chosenArchitectures = async (
  stages: Stages,
  homes: readonly Home[],
  { top, sample }: Choice,
): Promise<number[][]> =>
  sample === undefined
    ? bestArchitectures(stages, homes, top)
    : homes.map((home) => sampledArchitectures(stages, home, sample));

/** How subjects were chosen, for the conventions of an answer. */
export const subjectsConvention = (sample: number | undefined): string =>
  sample === undefined
    ? 'of the living at the end, each distinct genome trained anew under its own rule, at the learning rate at which selection saw the first born of those that have it, from a seed that selection did not see, measured on a split that gradients did not see; the architectures of the best of them'
    : 'distinct architectures of the living at the end, drawn without replacement, each with the same probability';

/** The genomes of each population, the best first, by trainings anew under the rules that they have, at the learning rates at which selection saw them. @throws Interrupted. */
export async function rankedGenomes(stages: Stages, homes: readonly Home[]): Promise<Carried[][]> {
  const trials = homes.map(({ block, population: { genomes }, own: workbench }) =>
    genomes.map(
      ({ architecture, rule, trial: learningRate }): Trial => ({
        ...{ block, workbench, architecture, rule },
        ...{ learningRate, seeds: 1 },
      }),
    ),
  );
  const anew = await unseenScores(stages, 'subjects', trials.flat());
  return grouped(
    anew,
    trials.map(({ length }) => length),
  ).map((scores, i) =>
    bestPlaces(scores, scores.length).map((place) => homes[i]!.population.genomes[place]!),
  );
}

/** The distinct architectures of the best genomes of each population at most `top`, the best first. @throws Interrupted. */
export async function bestArchitectures(
  stages: Stages,
  homes: readonly Home[],
  top: number,
): Promise<number[][]> {
  const ranked = await rankedGenomes(stages, homes);
  return ranked.map((genomes) => [...new Set(genomes.map(({ architecture }) => architecture))].slice(0, top));
}

/** So many of the distinct architectures of a population, each with the same probability, in the order of their first births; all where they are no more. */
export function sampledArchitectures(
  { assay }: Pick<Stages, 'assay'>,
  { block, population }: Pick<Home, 'block' | 'population'>,
  size: number,
): number[] {
  const architectures = architecturesOf(population);
  const order = stream(streamNames.assaySample(assay, block)).permutation(architectures.length);
  return [...order.subarray(0, size)].sort((a, b) => a - b).map((place) => architectures[place]!);
}
