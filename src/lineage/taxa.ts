/**
 * Taxa: individuals that share one block and hang together in the donor tree of that block; one per evolutionary origin, so the same block
 * invented twice is two taxa. Linear in births: one pass over typed arrays.
 */
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';

/** Times are births since the run's start. One element per taxon, in order of origin. */
export interface TaxonLives {
  readonly count: number;
  /** Birth index of the founder, which is also the taxon's origin (entry). */
  readonly entry: Int32Array;
  /** When the last carrier died, or the last told birth for those alive. */
  readonly exit: Int32Array;
  /** 1 extinct; 0 censored: alive at the end, or the last carrier's worker was lost. */
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

export function taxonLives(lineage: Lineage, run: number, chromosome: Chromosome): TaxonLives {
  const births = loadBirths(lineage, run, chromosome);
  return livesOf(births);
}

export interface Births {
  /** `donor[i]` < i, or -1 for the founder of a tree. */
  readonly donor: Int32Array;
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

/** The births of one chromosome as typed arrays: what `livesOf` takes. */
export function loadBirths(lineage: Lineage, run: number, chromosome: Chromosome): Births {
  const { db } = lineage;
  const end = db.prepare<[number], number>('SELECT last_told FROM run WHERE id = ?').pluck().get(run) ?? -1;
  const donor = new Int32Array(end + 1);
  const block = new Int32Array(end + 1);
  const death = new Int32Array(end + 1).fill(-1);
  const lost = new Uint8Array(end + 1);
  const rows = db
    .prepare<[number, number], [number, number | null, number]>(
      `SELECT id, ${chromosome}_from, ${chromosome} FROM parentage WHERE id BETWEEN ? AND ? ORDER BY id`,
    )
    .raw();
  for (const [id, from, of] of rows.iterate(individualId(run, 0), individualId(run, end))) {
    donor[birthIndexOf(id)] = from === null ? -1 : birthIndexOf(from);
    block[birthIndexOf(id)] = of;
  }
  const deaths = db
    .prepare<[number, number], [number, number, number]>(
      `SELECT d.individual, d.at, e.reason IS 'worker-lost' FROM death d JOIN evaluation e ON e.individual = d.individual
       WHERE d.individual BETWEEN ? AND ?`,
    )
    .raw();
  for (const [id, at, wasLost] of deaths.iterate(individualId(run, 0), individualId(run, end))) {
    death[birthIndexOf(id)] = at;
    lost[birthIndexOf(id)] = wasLost;
  }
  return { donor, block, death, lost, end };
}
