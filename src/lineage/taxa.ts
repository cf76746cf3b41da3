/**
 * Taxa: individuals that share one block (or the whole genome) and hang together in its donor tree; one per evolutionary origin, so the same block
 * invented twice is two taxa. Linear in births: one pass over typed arrays.
 */
import type { Chromosome } from '../genome/genome.ts';
import { type DeathRecord, loadDeaths } from './deaths.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';

/** What is inherited as one: a chromosome, or both together. Stored in output: permanent. */
export const heritables = ['architecture', 'rule', 'genome'] as const;

/** What taxa are of: one of the chromosomes, or whole genomes. */
export type Heritable = (typeof heritables)[number];

/** Times are births since the run's start. One element per taxon, in order of origin. */
export interface TaxonLives {
  readonly count: number;
  /** Birth index of the founder, which is also the taxon's origin (entry). */
  readonly entry: Int32Array;
  /** When the last carrier died, or the last told birth for those alive. */
  readonly exit: Int32Array;
  /** 1 extinct; 0 censored: alive at the end, or all of those who died last were lost with a worker. */
  readonly event: Uint8Array;
  /** The carrier that died last (birth index); -1 for taxa alive at the end. */
  readonly last: Int32Array;
  /** Block id. */
  readonly block: Int32Array;
  /** Carriers ever born. */
  readonly carriers: Int32Array;
  /** The founder's taxon in the donor tree, -1 for a taxon of a founder of the run. */
  readonly parent: Int32Array;
  /** Taxon of each birth. */
  readonly taxonOf: Int32Array;
}

/** The lives of all taxa of a run. */
export const taxonLives = (lineage: Lineage, run: number, of: Heritable): TaxonLives =>
  livesOf(loadBirths(lineage, run, of));

/** Every told birth of a run by its donor, its block and its death. */
export interface Births {
  /** `donor[i]` < i, or -1 for the founder of a tree. */
  readonly donor: Int32Array;
  /** Of genomes: who gave the other chromosome, where that was somebody else; -1 elsewhere. */
  readonly otherDonor?: Int32Array;
  readonly block: Int32Array;
  /** When i died, or -1 while alive. */
  readonly death: Int32Array;
  /** 1 where the death was a loss of the machine and none of the genome: it censors. */
  readonly lost: Uint8Array;
  /** The last told birth. */
  readonly end: number;
}

/** The pure part. */
export function livesOf({ donor, block, death, lost, end }: Births): TaxonLives {
  const births = donor.length;
  const taxonOf = new Int32Array(births);
  const founders: number[] = [];
  for (let i = 0; i < births; i++) {
    const from = donor[i]!;
    const inherits = from >= 0 && block[from] === block[i];
    taxonOf[i] = inherits ? taxonOf[from]! : founders.push(i) - 1;
  }
  const count = founders.length;
  const exit = new Int32Array(count);
  const event = new Uint8Array(count).fill(1);
  const last = new Int32Array(count).fill(-1);
  const alive = new Uint8Array(count);
  const carriers = new Int32Array(count);
  for (let i = 0; i < births; i++) {
    const taxon = taxonOf[i]!;
    carriers[taxon]! += 1;
    if (death[i]! < 0) alive[taxon] = 1;
    else if (death[i]! > exit[taxon]!) {
      exit[taxon] = death[i]!;
      event[taxon] = 1 - lost[i]!;
      last[taxon] = i;
    } else if (death[i]! === exit[taxon]! && lost[i] === 0 && event[taxon] === 0) {
      event[taxon] = 1;
      last[taxon] = i;
    }
  }
  for (let taxon = 0; taxon < count; taxon++) {
    if (alive[taxon] === 0) continue;
    event[taxon] = 0;
    exit[taxon] = end;
    last[taxon] = -1;
  }
  return {
    count,
    entry: Int32Array.from(founders),
    exit,
    event,
    last,
    block: Int32Array.from(founders, (founder) => block[founder]!),
    carriers,
    parent: Int32Array.from(founders, (founder) => (donor[founder]! < 0 ? -1 : taxonOf[donor[founder]!]!)),
    taxonOf,
  };
}

/** Birth of the `n`-th carrier of each taxon, n >= 1; -1 where it never had so many. */
export function nthCarriers({ count, taxonOf }: TaxonLives, n: number): Int32Array {
  const seen = new Int32Array(count);
  const births = new Int32Array(count).fill(-1);
  taxonOf.forEach((taxon, birth) => {
    seen[taxon]! += 1;
    if (seen[taxon] === n) births[taxon] = birth;
  });
  return births;
}

/** Births with the block of each chromosome that was asked for. */
export interface LoadedBirths extends Births, DeathRecord {
  readonly carried: Readonly<Partial<Record<Chromosome, Int32Array>>>;
}

/** The births of a chromosome, or of whole genomes, as typed arrays: what `livesOf` takes. */
export function loadBirths(lineage: Lineage, run: number, of: Heritable): LoadedBirths {
  const { db } = lineage;
  const end = db.prepare<[number], number>('SELECT last_told FROM run WHERE id = ?').pluck().get(run) ?? -1;
  const descent =
    of === 'genome' ? genomeDescent(lineage, run, end) : chromosomeDescent(lineage, run, end, of);
  return { ...descent, ...loadDeaths(lineage, run, end) };
}

type Descent = Pick<LoadedBirths, 'donor' | 'otherDonor' | 'block' | 'carried'>;

function chromosomeDescent({ db }: Lineage, run: number, end: number, chromosome: Chromosome): Descent {
  const donor = new Int32Array(end + 1);
  const block = new Int32Array(end + 1);
  const rows = db
    .prepare<[number, number], [number, number | null, number]>(
      `SELECT id, ${chromosome}_from, ${chromosome} FROM parentage WHERE id BETWEEN ? AND ? ORDER BY id`,
    )
    .raw();
  for (const [id, from, of] of rows.iterate(individualId(run, 0), individualId(run, end))) {
    donor[birthIndexOf(id)] = from === null ? -1 : birthIndexOf(from);
    block[birthIndexOf(id)] = of;
  }
  return { donor, block, carried: { [chromosome]: block } };
}

function genomeDescent({ db }: Lineage, run: number, end: number): Descent {
  const column = () => new Int32Array(end + 1).fill(-1);
  const from = { architecture: column(), rule: column() };
  const carried = { architecture: column(), rule: column() };
  const rows = db
    .prepare<[number, number], [number, number | null, number | null, number, number]>(
      'SELECT id, architecture_from, rule_from, architecture, rule FROM parentage WHERE id BETWEEN ? AND ? ORDER BY id',
    )
    .raw();
  for (const [id, fromA, fromR, architecture, rule] of rows.iterate(
    individualId(run, 0),
    individualId(run, end),
  )) {
    const i = birthIndexOf(id);
    if (fromA !== null) from.architecture[i] = birthIndexOf(fromA);
    if (fromR !== null) from.rule[i] = birthIndexOf(fromR);
    carried.architecture[i] = architecture;
    carried.rule[i] = rule;
  }
  return { ...genomesOf(from, carried), carried };
}

/**
 * Genomes by number, and the donor of each: of those who gave a chromosome the one with the same genome, the architecture's before the rule's; where none has it, the
 * architecture's, or the rule's where the architecture came from nobody. So genomes have one donor and a tree, though a child may have two parents.
 */
export function genomesOf(
  from: Readonly<Record<Chromosome, Int32Array>>,
  carried: Readonly<Record<Chromosome, Int32Array>>,
): Pick<Births, 'donor' | 'block'> & { readonly otherDonor: Int32Array } {
  const births = carried.rule.length;
  const [donor, otherDonor] = [new Int32Array(births), new Int32Array(births)];
  const block = new Int32Array(births);
  const known = new Map<number, number>();
  for (let i = 0; i < births; i++) {
    // Both ids in one number that is exact: a file holds far fewer than 2^26 blocks.
    const key = carried.architecture[i]! * 0x400_0000 + carried.rule[i]!;
    block[i] = known.get(key) ?? known.size;
    known.set(key, block[i]!);
    const [a, r] = [from.architecture[i]!, from.rule[i]!];
    const same = [a, r].find((parent) => parent >= 0 && block[parent] === block[i]);
    donor[i] = same ?? (a >= 0 ? a : r);
    otherDonor[i] = a === r ? -1 : donor[i] === a ? r : a;
  }
  return { donor, otherDonor, block };
}
