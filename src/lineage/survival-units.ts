/** What may live and die: the units of survival analysis, each with when it began, when it ended and which block it is judged by. */

import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { type Cause, causes } from './deaths.ts';
import type { Lineage } from './open.ts';
import { type Births, type Heritable, type LoadedBirths, livesOf, loadBirths, nthCarriers } from './taxa.ts';

/** Times are births since the run's start. One element per unit. */
export interface UnitLives {
  /** The birth that it began with. */
  readonly entry: Int32Array;
  readonly exit: Int32Array;
  /** 1 ended; 0 censored: still there at the end, or what ended it was a loss of the machine. */
  readonly event: Uint8Array;
  /** The individual whose death ended it (birth index); -1 for what is still there at the end. */
  readonly last: Int32Array;
}

interface Unit {
  /** One of them, and many. */
  readonly noun: string;
  readonly plural: string;
  readonly began: string;
  readonly ended: string;
  /** What a reader must know before believing a number, where runs were bred by these schemes. */
  caution(schemes: readonly string[]): string | null;
  lives(births: Births): UnitLives;
}

/** Schemes under which who is outcompeted dies; under all others age decides. */
const outcompeting: readonly string[] = ['map-elites'] satisfies EvolutionSettings['scheme'][];

/** Names stand in output: permanent. */
export const survivalUnits = {
  taxa: {
    noun: 'taxon',
    plural: 'taxa',
    began: 'its origin',
    ended: 'its last carrier died',
    caution: () => null,
    lives: livesOf,
  },
  clades: {
    noun: 'clade',
    plural: 'clades',
    began: 'the birth of its founder',
    ended: 'nobody was alive who inherited from it (of genomes: either chromosome)',
    caution: () =>
      'Clades are nested: an ancestor outlives its descendants by definition, so they are far from independent.',
    lives: (births) => cladeLives(births),
  },
  individuals: {
    noun: 'individual',
    plural: 'individuals',
    began: 'its birth',
    ended: 'it died',
    caution: (schemes) =>
      schemes.every((scheme) => outcompeting.includes(scheme))
        ? null
        : 'Where the oldest dies, all who join the population die at the same age: only failures, which die at once, make a difference here. Prefer taxa.',
    lives: ({ death, lost, end }) => ({
      entry: Int32Array.from(death, (_, i) => i),
      exit: death.map((at) => (at < 0 ? end : at)),
      event: Uint8Array.from(death, (at, i) => (at < 0 ? 0 : 1 - lost[i]!)),
      last: death.map((at, i) => (at < 0 ? -1 : i)),
    }),
  },
} as const satisfies Record<string, Unit>;

/** What lives and dies in a table of survivorship. Names are typed by people and in scripts: permanent. */
export type UnitName = keyof typeof survivalUnits;

/** Names of all survival units. */
export const unitNames = Object.keys(survivalUnits) as UnitName[];

/** Which lives are asked for. */
export interface UnitQuestion {
  readonly of: Heritable;
  readonly units: UnitName;
  /** Of taxa: watched only from the birth of so many carriers on (left truncation); default 1, from their origin. */
  readonly trackedFrom?: number;
}

/** Each unit with the block of each chromosome that its first individual carried, and why the last of it died. */
export interface CarriedLives extends UnitLives {
  readonly carried: LoadedBirths['carried'];
  /** Null for what is still there at the end. */
  readonly cause: readonly (Cause | null)[];
  /** The birth from which on it is watched; `entry` unless tracking begins later. */
  readonly watched: Int32Array;
  /** Units that are not among these, since they never came under observation. */
  readonly untracked: number;
  /** The last told birth. */
  readonly end: number;
}

/** @throws RangeError for units other than taxa that are tracked from a later carrier on. */
export function unitLives(
  lineage: Lineage,
  run: number,
  { of, units, trackedFrom = 1 }: UnitQuestion,
): CarriedLives {
  if (trackedFrom > 1 && units !== 'taxa') throw new RangeError(`${units} have no carriers to count`);
  const births = untilTheEnd(loadBirths(lineage, run, of));
  const { entry, exit, event, last, watched, untracked } =
    trackedFrom > 1
      ? trackedTaxa(births, trackedFrom)
      : watchedThroughout(survivalUnits[units].lives(births));
  const { architecture, rule } = births.carried;
  const founders = (block: Int32Array) => entry.map((birth) => block[birth]!);
  return {
    ...{ entry, exit, event, last },
    cause: Array.from(last, (birth) => (birth < 0 ? null : causes[births.cause[birth]!]!)),
    carried: {
      ...(architecture === undefined ? {} : { architecture: founders(architecture) }),
      ...(rule === undefined ? {} : { rule: founders(rule) }),
    },
    ...{ watched, untracked, end: births.end },
  };
}

/**
 * What has happened by the last told birth: a run is watched to there and no further. A child that fails is dead at the next tick, as a life has no length 0; of the last child that tick is
 * not watched, whether it failed or lives. Counted as an end at age 1 it would stand among those at risk beside no child that lives: all of that birth who are seen at age 1 would have died.
 */
export const untilTheEnd = <B extends Births>(births: B): B => ({
  ...births,
  death: births.death.map((at) => (at > births.end ? -1 : at)),
});

type WatchedLives = UnitLives & Pick<CarriedLives, 'watched' | 'untracked'>;

const watchedThroughout = (lives: UnitLives): WatchedLives => ({
  ...lives,
  watched: lives.entry,
  untracked: 0,
});

/** Taxa that were watched for some time after their n-th carrier was born. */
export function trackedTaxa(births: Births, carriers: number): WatchedLives {
  const taxa = livesOf(births);
  const watched = nthCarriers(taxa, carriers);
  const kept = Int32Array.from(watched.keys()).filter(
    (taxon) => watched[taxon]! >= 0 && watched[taxon]! < taxa.exit[taxon]!,
  );
  return {
    entry: kept.map((taxon) => taxa.entry[taxon]!),
    exit: kept.map((taxon) => taxa.exit[taxon]!),
    event: Uint8Array.from(kept, (taxon) => taxa.event[taxon]!),
    last: kept.map((taxon) => taxa.last[taxon]!),
    watched: kept.map((taxon) => watched[taxon]!),
    untracked: taxa.count - kept.length,
  };
}

/**
 * The last death among an individual and its descendants, by every donor: children come after parents, so one pass back suffices. Of a chromosome there is one donor,
 * of genomes there may be two.
 */
export function cladeLives({ donor, otherDonor, death, lost, end }: Births): UnitLives {
  const exit = death.map((at) => (at < 0 ? end : at));
  const event = Uint8Array.from(death, (at, i) => (at < 0 ? 0 : 1 - lost[i]!));
  const last = death.map((at, i) => (at < 0 ? -1 : i));
  const alive = Uint8Array.from(death, (at) => (at < 0 ? 1 : 0));
  const pass = (i: number, from: number) => {
    if (from < 0) return;
    if (alive[i] === 1) {
      alive[from] = 1;
      exit[from] = end;
      event[from] = 0;
      last[from] = -1;
    } else if (alive[from] === 0 && exit[i]! > exit[from]!) {
      exit[from] = exit[i]!;
      event[from] = event[i]!;
      last[from] = last[i]!;
    }
  };
  for (let i = donor.length - 1; i > 0; i--) {
    pass(i, donor[i]!);
    if (otherDonor !== undefined) pass(i, otherDonor[i]!);
  }
  return { entry: Int32Array.from(death, (_, i) => i), exit, event, last };
}
