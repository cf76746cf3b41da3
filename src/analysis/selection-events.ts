/**
 * Between two censuses many births pass, and each is a draw from a known population with known chances. The number of descendants w of a parent (a member of
 * the first census) is therefore taken apart, birth by birth, into
 *
 *     drift        who gave what is inherited, less the scheme's chances of it: of mean 0 at every birth, whatever came before
 *     scheme       the scheme's chances, less even ones among those who could be drawn
 *     viability    less children that never joined, and chromosomes that were replaced whole
 *     turnover     even chances, less deaths of descendants
 *
 * which is the Doob decomposition of w along the donors, by halves where whole genomes are followed. Covariances of these parts with a trait add up to the selection term of the Price equation.
 * Chances are those of the population from which the birth was bred: right after birth b - inFlight was told.
 */
import { neutralLabel } from '../evolution/population.ts';
import { type Census, censuses } from '../lineage/census.ts';
import type { History, Operators } from '../lineage/history.ts';
import type { Heritable } from '../lineage/taxa.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { mean } from '../statistics/moments.ts';
import { type Inheritance, type PriceTerms, priceTerms } from '../statistics/price.ts';
import { type BreedingPool, breedingPool } from './breeding-chances.ts';
import { type Descent, descentBetween, partsOf } from './descent-shares.ts';
import { addExpected, addGiven, Sums } from './selection-sums.ts';

/** The value of a trait of an individual. */
export type Trait = (individual: number) => number;

/** A run as the Price equation goes through it. */
export interface SelectionInput {
  readonly history: History;
  readonly evolution: EvolutionSettings;
  /** What is followed from census to census. */
  readonly of: Heritable;
  /** What selection saw, by birth. */
  readonly fitness: Float64Array;
  readonly mayBreed: Uint8Array;
  /** By trait: of what carries it. */
  readonly operators: Readonly<Record<string, Operators>>;
  /** By name. Every member of a census needs a value; NaN is allowed in between, where it only hides what changed it. */
  readonly traits: Readonly<Record<string, Trait>>;
  /** Of the censuses, ascending, at least two. */
  readonly times: readonly number[];
}

/** The selection term of one trait in parts; they add up to it. */
export interface SelectionParts {
  readonly scheme: number;
  readonly drift: number;
  /** Standard deviation of `drift` that the scheme's chances give it. */
  readonly driftSd: number;
  readonly viability: number;
  readonly turnover: number;
}

/** The Price equation of one trait over an interval, in all its parts. */
export interface TraitSelection {
  readonly price: PriceTerms;
  /** Transmission by what changed the trait at each step from parent to child; they add up to it. */
  readonly byOperator: ReadonlyMap<string, number>;
  readonly parts: SelectionParts;
}

/** Two censuses, and who at the later one descends from whom at the earlier. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  /** Birth indices of the living at `from`, and how many of the living at `to` descend from each; of genomes in shares, which need not be whole. */
  readonly parents: Int32Array;
  readonly descendants: Float64Array;
  readonly children: number;
  /** Those of `to` without an ancestor among the parents: because their line began anew, or because the ancestor had died with its child unborn. */
  readonly begun: number;
  readonly orphaned: number;
  /** Null where none of the living at `to` descends from a parent. */
  readonly traits: Readonly<Record<string, TraitSelection>> | null;
}

/** What selection sees where it is not the fitness that was evaluated: labels are drawn at birth and kept for life. */
export function seenFitness(evolution: EvolutionSettings, seed: string, fitness: Float64Array): Float64Array {
  if (evolution.scheme !== 'shuffled-labels') return fitness;
  return fitness.map((value, i) => (Number.isNaN(value) ? value : neutralLabel(seed, i)));
}

/** In one pass over the births; per birth linear in the population and in the number of traits. */
export function* selectionIntervals(input: SelectionInput): Generator<Interval> {
  const { history, evolution, times } = input;
  const { gone, births } = history;
  const pool = breedingPool(evolution, input.fitness, input.mayBreed);
  const dying = byEvent(gone);
  // The population from which births are bred lags behind the one that is told.
  let told = -1;
  const advance = (to: number) => {
    for (; told < to; ) {
      told += 1;
      if (gone[told] !== told) pool.join(told);
      for (const individual of dying(told)) if (individual !== told) pool.leave(individual);
    }
  };
  const places = new Int32Array(births);
  let before: Census | null = null;
  for (const census of censuses(history, times)) {
    if (before !== null) yield intervalOf(input, before, census, { pool, advance, dying, places });
    before = census;
  }
}

interface Walk {
  readonly pool: BreedingPool;
  advance(to: number): void;
  dying(event: number): Iterable<number>;
  readonly places: Int32Array;
}

function intervalOf(
  input: SelectionInput,
  first: Census,
  last: Census,
  { pool, advance, dying, places }: Walk,
): Interval {
  const { history, evolution, of } = input;
  const [{ time: from, living: parents }, { time: to, living: children }] = [first, last];
  const descent = descentBetween(history, of, first, last, places);
  const { placeOf } = descent;
  const names = Object.keys(input.traits);
  const values = names.map((name) => descent.inherited(centredOn(input.traits[name]!, parents)));
  const sums = new Sums(names.length);
  for (let b = from + 1; b <= to; b++) {
    advance(b - evolution.inFlight);
    for (const { share, spread, ...drawing } of pool.draws(of, b))
      addExpected(sums, drawing, values, placeOf, { share, spread });
    addGiven(sums, history, of, b, values, placeOf);
    for (const dead of dying(b))
      if (dead !== b) for (let k = 0; k < names.length; k++) sums.deaths[k]! += values[k]![placeOf(dead)]!;
  }
  const n = parents.length;
  const descendants = descent.descendants.slice(0, n);
  const interval = {
    ...{ from, to, parents, descendants, children: children.length, begun: descent.begun },
    orphaned: descent.descendants.at(-1)!,
  };
  const shares = descent.inherited(new Float64Array(n).fill(1));
  const linked = children.reduce((sum, child) => sum + shares[placeOf(child)]!, 0);
  if (linked === 0) return { ...interval, traits: null };
  const line: Line = { descent, first, last, shares, linked };
  return {
    ...interval,
    traits: Object.fromEntries(
      names.map((name, k) => {
        const price = priceTerms(Float64Array.from(parents, input.traits[name]!), {
          ...{ w: descendants, linked },
          ...childrenOf(line, input.traits[name]!, values[k]!),
        });
        return [
          name,
          {
            price,
            byOperator: byOperator(input, name, line, price.transmission),
            parts: {
              scheme: sums.scheme[k]! / linked,
              drift: (sums.drawn[k]! - sums.scheme[k]! - sums.even[k]!) / linked,
              driftSd: Math.sqrt(sums.variance[k]!) / linked,
              viability: -sums.lost[k]! / linked,
              turnover: (sums.even[k]! - sums.deaths[k]!) / linked,
            },
          },
        ];
      }),
    ),
  };
}

/** The ancestry of an interval. */
interface Line {
  readonly descent: Descent;
  readonly first: Census;
  readonly last: Census;
  /** How much of each has an ancestor among the parents, and the sum over the living at the end. */
  readonly shares: Float64Array;
  readonly linked: number;
}

/** The children's side of the Price equation. `centred`: of each the parents' trait less its mean, by shares. */
function childrenOf(
  { descent: { placeOf }, first, last, shares }: Line,
  z: Trait,
  centred: Float64Array,
): Omit<Inheritance, 'w' | 'linked'> {
  const centre = mean(Float64Array.from(first.living, z));
  let [after, changed, unlinked, fresh] = [0, 0, 0, 0];
  for (const child of last.living) {
    const [trait, place] = [z(child), placeOf(child)];
    const share = shares[place]!;
    after += share * trait;
    changed += share * (trait - centre) - centred[place]!;
    unlinked += 1 - share;
    fresh += (1 - share) * trait;
  }
  return { after, changed, unlinked, fresh };
}

/** The trait of each parent less their mean. */
function centredOn(trait: Trait, parents: Int32Array): Float64Array {
  const values = Float64Array.from(parents, trait);
  const centre = mean(values);
  return values.map((value) => value - centre);
}

/** What a step without a value at either end is put under. */
export const unmeasured = 'not measured';

/** A chromosome came from another parent than the share that is followed. */
export const reassorted = 'reassortment';

/** Transmission by what changed the trait at each step from donor to child; '' is nothing. */
function byOperator(
  { history, of, operators, traits }: SelectionInput,
  trait: string,
  { descent: { placeOf, descendants }, first, last, shares, linked }: Line,
  transmission: number,
): ReadonlyMap<string, number> {
  const parts = partsOf(of);
  const z = traits[trait]!;
  const sums = new Map<string, number>();
  let isWhole = true;
  const add = (name: string, change: number) => {
    if (Number.isNaN(change)) isWhole = false;
    else if (change !== 0) sums.set(name, (sums.get(name) ?? 0) + change);
  };
  for (let b = first.time + 1; b <= last.time; b++) {
    const through = descendants[placeOf(b)]! / parts.length;
    if (through === 0) continue;
    for (const part of parts) {
      const donor = history.donor[part][b]!;
      const weight = donor < 0 ? 0 : (through * shares[placeOf(donor)]!) / linked;
      if (weight === 0) continue;
      const giver = giverOf(history, operators[trait]!, donor, b);
      add(labelOf(history, operators[trait]!, b), weight * (z(b) - z(giver)));
      if (giver !== donor) add(reassorted, weight * (z(giver) - z(donor)));
    }
  }
  if (!isWhole) sums.set(unmeasured, transmission - [...sums.values()].reduce((sum, each) => sum + each, 0));
  return sums;
}

/** From whom the child has what carries the trait: the donor that is followed, or the one of the carrier, where that is another one. */
function giverOf({ donor }: History, { of }: Operators, followed: number, child: number): number {
  if (of === 'genome') return followed;
  const own = donor[of][child]!;
  return own < 0 ? followed : own;
}

/** A genome that was put together from two is changed by that too. */
function labelOf({ donor }: History, { of, names, code }: Operators, child: number): string {
  const name = names[code[child]!]!;
  if (of !== 'genome') return name;
  const [architecture, rule] = [donor.architecture[child]!, donor.rule[child]!];
  if (architecture < 0 || rule < 0 || architecture === rule) return name;
  return name === '' ? reassorted : `${reassorted} + ${name}`;
}

/** Who was gone at each event. */
function byEvent(gone: Int32Array): (event: number) => Int32Array {
  const n = gone.length;
  const start = new Int32Array(n + 1);
  for (const at of gone) if (at >= 0) start[at + 1]! += 1;
  for (let t = 0; t < n; t++) start[t + 1]! += start[t]!;
  const next = start.slice();
  const individuals = new Int32Array(start[n] ?? 0);
  gone.forEach((at, i) => {
    if (at >= 0) individuals[next[at]!++] = i;
  });
  return (event) => individuals.subarray(start[event]!, start[event + 1]!);
}
