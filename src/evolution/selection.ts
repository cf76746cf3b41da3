/** Who breeds. Contestants are drawn uniformly with replacement and recorded, so that selection and drift can be told apart afterwards. */
import type { Random } from '../random/stream.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import type { Member, Population } from './population.ts';

/** How parents are chosen and who survives. Names stand in documents: permanent. */
export type SchemeName = EvolutionSettings['scheme'];

/** A parent, and whom it was chosen among. */
export interface Selected {
  readonly parent: Member;
  /** Birth indices in order of drawing, with repeats. */
  readonly contestants: readonly number[];
}

/** One parent from members that may breed and are not none; null where the scheme has no parents. */
type Scheme = (members: Population, settings: SelectionSettings, random: Random) => Selected | null;

/** The sizes that schemes of selection depend on. */
export type SelectionSettings = Pick<EvolutionSettings, 'tournament' | 'truncation'>;

const fitterOf = <T extends { readonly fitness: number }>(best: T, other: T) =>
  other.fitness > best.fitness ? other : best;

/** The fittest; of equals the one drawn first. */
export const fittest = (members: readonly Member[]): Member => members.reduce(fitterOf);

/** The winner's place is that of the best fitness after the fitnesses are permuted among the contestants: the same machinery, and no selection. */
const shuffled = (contestants: readonly Member[], random: Random): Member => {
  const order = random.permutation(contestants.length);
  return contestants
    .map((member, i) => ({ member, fitness: contestants[order[i]!]!.fitness }))
    .reduce(fitterOf).member;
};

const tournament =
  (choose: (contestants: readonly Member[], random: Random) => Member): Scheme =>
  (members, { tournament: size }, random) => {
    const drawn = Array.from({ length: size }, () => random.pick(members));
    return { parent: choose(drawn, random), contestants: drawn.map(({ birthIndex }) => birthIndex) };
  };

const uniform: Scheme = (members, _, random) => {
  const parent = random.pick(members);
  return { parent, contestants: [parent.birthIndex] };
};

/** Uniform over the fittest share, rounded up; of equals the older comes first. */
const truncated: Scheme = (members, settings, random) => {
  const ranked = [...members].sort((a, b) => b.fitness - a.fitness || a.birthIndex - b.birthIndex);
  return uniform(ranked.slice(0, Math.ceil(settings.truncation * ranked.length)), settings, random);
};

const schemes = {
  aging: tournament(fittest),
  truncation: truncated,
  'map-elites': uniform,
  'random-parents': uniform,
  'shuffled-fitness': tournament(shuffled),
  'shuffled-labels': tournament(fittest),
  'random-search': () => null,
} as const satisfies Record<SchemeName, Scheme>;

/** Those who may breed; where nobody may, everybody may. */
export function eligible(population: Population): Population {
  const free = population.filter(({ mayBreed }) => mayBreed);
  return free.length > 0 ? free : population;
}

/** One parent from a population that is not empty. */
export function select(
  scheme: SchemeName,
  population: Population,
  settings: SelectionSettings,
  random: Random,
): Selected | null {
  return schemes[scheme](eligible(population), settings, random);
}
