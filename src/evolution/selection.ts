/** Who breeds. Every scheme draws contestants uniformly with replacement and records them, so that selection and drift can be told apart afterwards. */

import type { Random } from '../random/stream.ts';
import type { SearchDocument } from '../search-space/document.ts';
import type { Member, Population } from './population.ts';

export type SchemeName = SearchDocument['evolution']['scheme'];

export interface Selected {
  readonly parent: Member;
  /** Birth indices in order of drawing, with repeats. */
  readonly contestants: readonly number[];
}

type Choose = (contestants: readonly Member[], random: Random) => Member;

/** The fittest; of equals the one drawn first. */
const fittest: Choose = (contestants) =>
  contestants.reduce((best, other) => (other.fitness > best.fitness ? other : best));

/** The winner's place is that of the best fitness after the fitnesses are permuted among the contestants: the same machinery, and no selection. */
const shuffled: Choose = (contestants, random) => {
  const order = random.permutation(contestants.length);
  const dealt = contestants.map((member, i) => ({ member, fitness: contestants[order[i]!]!.fitness }));
  return dealt.reduce((best, other) => (other.fitness > best.fitness ? other : best)).member;
};

const schemes = {
  aging: { contestants: (tournament: number) => tournament, choose: fittest },
  'shuffled-fitness': { contestants: (tournament: number) => tournament, choose: shuffled },
  'random-parents': { contestants: () => 1, choose: fittest },
  'random-search': { contestants: () => 0, choose: fittest },
} as const satisfies Record<SchemeName, { contestants(tournament: number): number; choose: Choose }>;

/** One parent from a population that is not empty. Null where the scheme has no parents. */
export function select(
  scheme: SchemeName,
  population: Population,
  tournament: number,
  random: Random,
): Selected | null {
  const { contestants: count, choose } = schemes[scheme];
  const drawn = Array.from({ length: count(tournament) }, () => random.pick(population));
  return drawn.length === 0
    ? null
    : { parent: choose(drawn, random), contestants: drawn.map((member) => member.birthIndex) };
}
