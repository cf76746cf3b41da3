/** Who lives on after a birth is told. */
import { ruleFamily } from '../genome/traits.ts';
import { log10 } from '../numerics/elementary.ts';
import type { DeathCause } from './birth.ts';
import type { Member, Population } from './population.ts';
import type { ControllerSettings } from './settings.ts';

/** The living after a birth, and who died of it. */
export interface Survival {
  readonly population: Population;
  readonly dead: readonly { readonly member: Member; readonly cause: DeathCause }[];
}

/** The population with its newest member, and who had to go for it. */
export function settle(settings: ControllerSettings, population: Population, newest: Member): Survival {
  const { scheme, condition, population: size } = settings.evolution;
  if (scheme === 'map-elites') return settleMap(population, newest);
  if (condition !== 'cooperative') return age([...population, newest], size, () => true);
  const species = speciesOf(newest.birthIndex);
  const places = species === 0 ? Math.ceil(size / 2) : Math.floor(size / 2);
  return age([...population, newest], places, ({ birthIndex }) => speciesOf(birthIndex) === species);
}

/** Cooperative: births with an even index are of the architectures, the others of the rules. */
export const speciesOf = (birthIndex: number): 0 | 1 => (birthIndex % 2 === 0 ? 0 : 1);

/** The oldest of those that share the places die until there are enough. */
function age(members: Population, places: number, shares: (member: Member) => boolean): Survival {
  let excess = members.filter(shares).length - places;
  const dead: Member[] = [];
  const population = members.filter((member) => {
    if (excess <= 0 || !shares(member)) return true;
    excess -= 1;
    dead.push(member);
    return false;
  });
  return { population, dead: dead.map((member) => ({ member, cause: 'aged' })) };
}

/** MAP-Elites (Mouret and Clune 2015): each cell keeps its fittest; a newcomer must be fitter than who is there. */
function settleMap(population: Population, newest: Member): Survival {
  const cell = cellOf(newest);
  const holder = population.find((member) => cellOf(member) === cell);
  if (holder === undefined) return { population: [...population, newest], dead: [] };
  const loser = newest.fitness > holder.fitness ? holder : newest;
  return {
    population: [...population, newest].filter((member) => member !== loser),
    dead: [{ member: loser, cause: 'outcompeted' }],
  };
}

const mostStates = 3;

/** Size in half-decades of parameters, and the rule's signature: its family and how many states it keeps, 3 standing for more. */
export function cellOf({ genome, parameters }: Pick<Member, 'genome' | 'parameters'>): string {
  const { rule } = genome;
  const size = Math.floor(2 * log10(Math.max(1, parameters)));
  return `${size}/${ruleFamily(rule)}/${Math.min(mostStates, rule.states.length)}`;
}
