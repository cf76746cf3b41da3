/**
 * With what chance each of the living gave a chromosome, or its share of a genome, to a birth: the scheme's own probabilities, given the population as it stood when the birth was bred.
 * Every scheme and condition of this program has its law here; equal fitnesses share their chances equally.
 */
import type { ConditionName } from '../evolution/conditions.ts';
import { evolvingChromosome } from '../evolution/conditions.ts';
import type { SchemeName } from '../evolution/selection.ts';
import type { ControllerSettings } from '../evolution/settings.ts';
import { speciesOf } from '../evolution/survival.ts';
import type { Chromosome } from '../genome/genome.ts';
import type { Heritable } from '../lineage/taxa.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { rankTails } from '../statistics/tournament.ts';
import { partsOf } from './descent-shares.ts';

/** Fills in the chances of `n` members, fittest first; `ties(r)` is the rank after the last that is as fit as rank r. */
type Law = (
  chances: Float64Array,
  n: number,
  ties: (rank: number) => number,
  settings: EvolutionSettings,
) => void;

const even: Law = (chances, n) => chances.fill(1 / n, 0, n);

const fittest: Law = (chances, n) => {
  chances.fill(0, 0, n);
  chances[0] = 1;
};

/** Uniform over the fittest share, of equals the older: as `truncated` in selection.ts. */
const truncation: Law = (chances, n, _, settings) => {
  const kept = Math.ceil(settings.truncation * n);
  chances.fill(1 / kept, 0, kept);
  chances.fill(0, kept, n);
};

function tournament(): Law {
  const known = new Map<number, Float64Array>();
  return (chances, n, ties, settings) => {
    const tails = known.get(n) ?? rankTails(n, settings.tournament);
    known.set(n, tails);
    for (let first = 0; first < n; ) {
      const end = ties(first);
      chances.fill((tails[first]! - tails[end]!) / (end - first), first, end);
      first = end;
    }
  };
}

/** Null where nobody is drawn. */
const laws = {
  aging: tournament,
  truncation: () => truncation,
  'map-elites': () => even,
  'random-parents': () => even,
  // The winner's place among the contestants is random.
  'shuffled-fitness': () => even,
  'shuffled-labels': tournament,
  'random-search': null,
} as const satisfies Record<SchemeName, (() => Law) | null>;

/** True for schemes whose births have no parents. */
export const isParentless = (scheme: SchemeName): boolean => laws[scheme] === null;

type Settings = Pick<ControllerSettings, 'evolution'>;

/** From where a chromosome comes: the scheme's winner, or the fittest of the living, or of the other species. */
type Source = 'winner' | 'fittest' | 'fittest-of-others';

const winner = (): Source => 'winner';
const sources = {
  joint: winner,
  'rule-fixed': winner,
  'architecture-fixed': winner,
  'rule-resampled': winner,
  alternating: (chromosome, birth, { evolution }) =>
    evolvingChromosome(evolution, birth) === chromosome ? 'winner' : 'fittest',
  cooperative: (chromosome, birth) =>
    (speciesOf(birth) === 0) === (chromosome === 'architecture') ? 'winner' : 'fittest-of-others',
} as const satisfies Record<
  ConditionName,
  (chromosome: Chromosome, birth: number, settings: Settings) => Source
>;

/** Whether a child may have its other chromosome from a second draw of the same kind (`evolution.reassortment`); else one draw gives both. */
const reassorts = {
  joint: true,
  'rule-fixed': true,
  'architecture-fixed': true,
  'rule-resampled': false,
  alternating: false,
  cooperative: false,
} as const satisfies Record<ConditionName, boolean>;

/** Members, fittest first and of equals the older, each with its chance. Good until the pool changes. */
export interface Drawing {
  readonly members: readonly number[];
  /** By place; longer than `members`. */
  readonly chances: Float64Array;
}

/** One of the independent draws that a birth is made of. */
export interface Draw extends Drawing {
  /** How much of its ancestry it gives. */
  readonly share: number;
  /** The variance of what it gives, in variances of one member drawn by these chances. */
  readonly spread: number;
}

/** Who lives while births are gone through in order, and with what chance each would have been drawn. */
export interface BreedingPool {
  /** An individual joins the population, or leaves it. */
  join(individual: number): void;
  leave(individual: number): void;
  /** Who may have given this chromosome to a birth that is bred now; null where it has no parent. */
  drawing(chromosome: Chromosome, birth: number): Drawing | null;
  /** What gives a chromosome or a genome to a birth that is bred now; nothing where it has no parent. Each is good until the next is asked for. */
  draws(of: Heritable, birth: number): Iterable<Draw>;
}

/** `fitness` is what selection sees; `mayBreed` 0 keeps out, unless nobody else is there. */
export function breedingPool(
  evolution: EvolutionSettings,
  fitness: Float64Array,
  mayBreed: Uint8Array,
): BreedingPool {
  const law = laws[evolution.scheme]?.() ?? null;
  const isCooperative = evolution.condition === 'cooperative';
  const species = (individual: number) => (isCooperative ? speciesOf(individual) : 0);
  const free = [new Ranking(fitness), new Ranking(fitness)];
  const held = [new Ranking(fitness), new Ranking(fitness)];
  const of = (individual: number) => (mayBreed[individual] === 1 ? free : held)[species(individual)]!;
  const eligible = (which: number) => (free[which]!.members.length > 0 ? free : held)[which]!;
  let chances = new Float64Array(0);
  const drawn = (from: Ranking, by: Law): Drawing => {
    const n = from.members.length;
    if (chances.length < n) chances = new Float64Array(2 * n);
    by(chances, n, (rank) => from.endOfTies(rank), evolution);
    return { members: from.members, chances };
  };
  const sourceOf = (chromosome: Chromosome, birth: number) => {
    if (law === null || birth < evolution.population) return null;
    const own = eligible(species(birth));
    if (own.members.length === 0) return null;
    const source = sources[evolution.condition](chromosome, birth, { evolution });
    if (source === 'winner') return { from: own, by: law };
    if (source === 'fittest') return { from: own, by: fittest };
    const others = eligible(1 - species(birth));
    return others.members.length === 0 ? { from: own, by: law } : { from: others, by: fittest };
  };
  const reassortment = reassorts[evolution.condition] ? evolution.reassortment : 0;
  return {
    join: (individual) => of(individual).add(individual),
    leave: (individual) => of(individual).remove(individual),
    drawing(chromosome, birth) {
      const source = sourceOf(chromosome, birth);
      return source === null ? null : drawn(source.from, source.by);
    },
    *draws(heritable, birth) {
      const [one, other] = partsOf(heritable).map((part) => sourceOf(part, birth));
      if (one == null || other === null) return;
      if (other === undefined) yield { ...drawn(one.from, one.by), share: 1, spread: 1 };
      else if (one.from === other.from && one.by === other.by)
        // Two draws, with the chance of reassortment, give half the variance of one.
        yield { ...drawn(one.from, one.by), share: 1, spread: 1 - reassortment / 2 };
      else for (const { from, by } of [one, other]) yield { ...drawn(from, by), share: 1 / 2, spread: 1 / 4 };
    },
  };
}

/** Fittest first, of equals the older. */
class Ranking {
  readonly members: number[] = [];
  readonly #fitness: Float64Array;

  constructor(fitness: Float64Array) {
    this.#fitness = fitness;
  }

  /** The place of an individual, or where it would stand. */
  #place(individual: number): number {
    const value = this.#fitness[individual]!;
    let [low, high] = [0, this.members.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.members[middle]!;
      const before = this.#fitness[other]! > value || (this.#fitness[other] === value && other < individual);
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(individual: number): void {
    this.members.splice(this.#place(individual), 0, individual);
  }

  remove(individual: number): void {
    const place = this.#place(individual);
    if (this.members[place] !== individual) throw new RangeError(`${individual} is not in the population`);
    this.members.splice(place, 1);
  }

  endOfTies(rank: number): number {
    const value = this.#fitness[this.members[rank]!];
    let end = rank + 1;
    while (end < this.members.length && this.#fitness[this.members[end]!] === value) end += 1;
    return end;
  }
}
