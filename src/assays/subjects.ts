/** Which genomes of a population an assay is about: its best by trainings anew, or some at random. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import type { Carried, Population } from './populations.ts';
import { bestPlaces, grouped, type Stages, type Trial } from './scores.ts';
import { unseenScores } from './tuning.ts';

/** A population, and where it evolved. */
export interface Home {
  /** Names the streams of its trainings: populations of one block share them. */
  readonly block: string;
  readonly population: Population;
  readonly own: WorkbenchContent;
}

/** The genomes of each population, the best first, by trainings anew under the rules that they have. @throws Interrupted. */
export async function rankedGenomes(stages: Stages, homes: readonly Home[]): Promise<Carried[][]> {
  const trials = homes.map(({ block, population: { genomes }, own: workbench }) =>
    genomes.map(
      ({ architecture, rule }): Trial => ({
        ...{ block, workbench, architecture, rule },
        ...{ learningRate: 0, seeds: 1 },
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

/** So many of the distinct architectures of a population, each with the same probability, in the order of their ids; all where they are no more. */
export function sampledArchitectures(
  { assay }: Pick<Stages, 'assay'>,
  { block, population: { genomes } }: Pick<Home, 'block' | 'population'>,
  size: number,
): number[] {
  const architectures = [...new Set(genomes.map(({ architecture }) => architecture))];
  const order = stream(streamNames.assaySample(assay, block)).permutation(architectures.length);
  return [...order.subarray(0, size)].sort((a, b) => a - b).map((place) => architectures[place]!);
}
