/**
 * Between two censuses many births pass, and each is a draw from a known population with known chances. The number of descendants w of a parent (a member of
 * the first census) is therefore taken apart, birth by birth, into
 *
 *     drift        who gave the chromosome, less the scheme's chances of it: of mean 0 at every birth, whatever came before
 *     scheme       the scheme's chances, less even ones among those who could be drawn
 *     viability    less children that never joined, or whose chromosome was replaced whole
 *     turnover     even chances, less deaths of descendants
 *
 * which is the Doob decomposition of w along the donor path. Covariances of these parts with a trait add up to the selection term of the Price equation.
 * Chances are those of the population from which the birth was bred: right after birth b - inFlight was told.
 */
import type { Chromosome } from '../genome/genome.ts';
import { censuses } from '../lineage/census.ts';
import type { History, Operators } from '../lineage/history.ts';
import { stream } from '../random/stream.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { mean } from '../statistics/moments.ts';
import { type PriceEquation, priceEquation } from '../statistics/price.ts';
import { type BreedingPool, breedingPool, type Drawing } from './breeding-chances.ts';

/** The value of a trait of an individual. */
export type Trait = (individual: number) => number;

export interface SelectionInput {
  readonly history: History;
  readonly evolution: EvolutionSettings;
  readonly chromosome: Chromosome;
  /** What selection saw, by birth. */
  readonly fitness: Float64Array;
  readonly mayBreed: Uint8Array;
  readonly operators: Operators;
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

export interface TraitSelection {
  readonly price: PriceEquation;
  readonly parts: SelectionParts;
}

export interface Interval {
  readonly from: number;
  readonly to: number;
  /** Birth indices of the living at `from`, and how many of the living at `to` descend from each. */
  readonly parents: Int32Array;
  readonly descendants: Float64Array;
  /** The living at `to` without an ancestor among the parents: because their line began anew, or because the ancestor had died with its child unborn. */
  readonly begun: number;
  readonly orphaned: number;
  /** Null where none of the living at `to` descends from a parent. */
  readonly traits: Readonly<Record<string, TraitSelection>> | null;
}

/** What selection sees where it is not the fitness that was evaluated: labels are drawn at birth and kept for life. */
export function seenFitness(evolution: EvolutionSettings, seed: string, fitness: Float64Array): Float64Array {
  if (evolution.scheme !== 'shuffled-labels') return fitness;
  return fitness.map((value, i) => (Number.isNaN(value) ? value : stream(`${seed}/label/${i}`).uniform()));
}

/** Sums over the births of one interval, by trait, of the trait of the parent less the parents' mean. */
class Sums {
  readonly drawn: Float64Array;
  /** Chances less even ones, and even ones: what was expected is both. */
  readonly scheme: Float64Array;
  readonly even: Float64Array;
  readonly lost: Float64Array;
  readonly deaths: Float64Array;
  readonly variance: Float64Array;

  constructor(traits: number) {
    this.drawn = new Float64Array(traits);
    this.scheme = new Float64Array(traits);
    this.even = new Float64Array(traits);
    this.lost = new Float64Array(traits);
    this.deaths = new Float64Array(traits);
    this.variance = new Float64Array(traits);
  }
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
  const root = new Int32Array(births);
  let before: { time: number; living: Int32Array } | null = null;
  for (const census of censuses(history, times)) {
    if (before !== null) yield intervalOf(input, before, census, { pool, advance, dying, root });
    before = census;
  }
}

interface Walk {
  readonly pool: BreedingPool;
  advance(to: number): void;
  dying(event: number): Iterable<number>;
  /** Place of the ancestor among the parents; beyond them: the line began after the census, or its ancestor was dead by then. */
  readonly root: Int32Array;
}

function intervalOf(
  input: SelectionInput,
  { time: from, living: parents }: { time: number; living: Int32Array },
  { time: to, living: children }: { time: number; living: Int32Array },
  { pool, advance, dying, root }: Walk,
): Interval {
  const { history, evolution, chromosome } = input;
  const { gone } = history;
  const donor = history.donor[chromosome];
  const n = parents.length;
  const [begun, orphaned] = [n, n + 1];
  parents.forEach((individual, place) => {
    root[individual] = place;
  });
  const rootOf = (i: number) => (i > from || gone[i]! < 0 || gone[i]! > from ? root[i]! : orphaned);
  const names = Object.keys(input.traits);
  const centred = names.map((name) => centredOn(input.traits[name]!, parents));
  const sums = new Sums(names.length);
  for (let b = from + 1; b <= to; b++) {
    root[b] = donor[b]! < 0 ? begun : rootOf(donor[b]!);
    advance(b - evolution.inFlight);
    const drawing = pool.drawing(chromosome, b);
    const givers = giversOf(history, chromosome, b);
    const isLost = gone[b] === b || donor[b]! < 0;
    if (drawing !== null && givers.length > 0) {
      addDraw(sums, drawing, centred, rootOf, givers, isLost);
    }
    for (const dead of dying(b))
      if (dead !== b) for (let k = 0; k < names.length; k++) sums.deaths[k]! += centred[k]![rootOf(dead)]!;
  }
  const roots = children.map(rootOf);
  const descendants = new Float64Array(n);
  for (const place of roots) if (place < n) descendants[place]! += 1;
  const count = (which: number) => roots.reduce((sum, place) => sum + (place === which ? 1 : 0), 0);
  const interval = { from, to, parents, descendants, begun: count(begun), orphaned: count(orphaned) };
  const linked = children.length - interval.begun - interval.orphaned;
  if (linked === 0) return { ...interval, traits: null };
  const steps = stepWeights(input, from, to, children, (i) => rootOf(i) < n);
  const links = Int32Array.from(roots, (place) => (place < n ? place : -1));
  return {
    ...interval,
    traits: Object.fromEntries(
      names.map((name, k) => {
        const z = input.traits[name]!;
        const price = priceEquation(Float64Array.from(parents, z), {
          parent: links,
          trait: Float64Array.from(children, z),
        });
        return [
          name,
          {
            price: {
              ...price,
              byOperator: byOperator(input, z, from, steps, { linked, transmission: price.transmission }),
            },
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

/** One birth: what was to be expected of it, and what came. */
function addDraw(
  sums: Sums,
  { members, chances }: Drawing,
  centred: readonly Float64Array[],
  rootOf: (individual: number) => number,
  givers: readonly number[],
  isLost: boolean,
): void {
  const n = members.length;
  const roots = members.map(rootOf);
  centred.forEach((c, k) => {
    let [scheme, even, square] = [0, 0, 0];
    for (let place = 0; place < n; place++) {
      const value = c[roots[place]!]!;
      const chance = chances[place]!;
      // So that even chances give exactly 0.
      scheme += (chance - 1 / n) * value;
      even += value;
      square += chance * value * value;
    }
    even /= n;
    const expected = scheme + even;
    const drawn = givers.reduce((sum, giver) => sum + c[rootOf(giver)]!, 0) / givers.length;
    sums.scheme[k]! += scheme;
    sums.even[k]! += even;
    sums.drawn[k]! += drawn;
    sums.variance[k]! += Math.max(0, square - expected * expected);
    if (isLost) sums.lost[k]! += drawn;
  });
}

/** The trait of each parent less their mean, and 0 for lines without one. */
function centredOn(trait: Trait, parents: Int32Array): Float64Array {
  const values = Float64Array.from(parents, trait);
  const centre = mean(values);
  const centred = new Float64Array(parents.length + 2);
  values.forEach((value, place) => {
    centred[place] = value - centre;
  });
  return centred;
}

/** Who gave the chromosome, also where it was replaced afterwards; both parents where that cannot be told, none for a founder. */
function giversOf({ parent, otherParent, donor }: History, chromosome: Chromosome, birth: number): number[] {
  const [own, p1, p2] = [donor[chromosome][birth]!, parent[birth]!, otherParent[birth]!];
  if (own >= 0) return [own];
  if (p1 < 0) return [];
  if (p2 < 0) return [p1];
  // Of two parents one gave this chromosome and the other one the other.
  const beside = donor[chromosome === 'rule' ? 'architecture' : 'rule'][birth]!;
  return beside === p2 ? [p1] : beside === p1 ? [p2] : [p1, p2];
}

/** How many of the living at the end came by way of each birth of the interval; 0 where their line has no parent. */
function stepWeights(
  { history, chromosome }: SelectionInput,
  from: number,
  to: number,
  children: Int32Array,
  isLinked: (individual: number) => boolean,
): Int32Array {
  const donor = history.donor[chromosome];
  const weight = new Int32Array(to - from);
  for (const child of children) if (child > from && isLinked(child)) weight[child - from - 1]! += 1;
  for (let b = to; b > from; b--) {
    const above = donor[b]!;
    if (above > from) weight[above - from - 1]! += weight[b - from - 1]!;
  }
  return weight;
}

/** What a step without a value at either end is put under. */
export const unmeasured = 'not measured';

/** Transmission by what changed the chromosome at each step from parent to child; '' is nothing. */
function byOperator(
  { history, chromosome, operators }: SelectionInput,
  z: Trait,
  from: number,
  weight: Int32Array,
  { linked, transmission }: { readonly linked: number; readonly transmission: number },
): ReadonlyMap<string, number> {
  const donor = history.donor[chromosome];
  const sums = new Map<string, number>();
  let isWhole = true;
  weight.forEach((descendants, k) => {
    if (descendants === 0) return;
    const b = from + 1 + k;
    const change = z(b) - z(donor[b]!);
    if (Number.isNaN(change)) isWhole = false;
    if (Number.isNaN(change) || change === 0) return;
    const name = operators.names[operators.code[b]!]!;
    sums.set(name, (sums.get(name) ?? 0) + (descendants * change) / linked);
  });
  if (!isWhole) sums.set(unmeasured, transmission - [...sums.values()].reduce((sum, each) => sum + each, 0));
  return sums;
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
