/**
 * Who descends from whom, and when each was there: what phylogenies are written from and read into, whether of a run or of another program. Parallel
 * arrays, parents before children; a million births are a million elements and no objects.
 */
import type { Chromosome } from '../genome/genome.ts';
import type { Tree } from '../lineage/ancestry.ts';
import { loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import { livesOf, loadBirths } from '../lineage/taxa.ts';

/** Times that a file may leave out: `origin_time`, `destruction_time`. */
export type UntoldTimes = 'origins' | 'ends';

/** Nodes in parallel arrays, parents before children; times in births or, of a file, in its units. */
export interface PhylogenyRecord {
  /** Names: whole numbers, each once. */
  readonly id: Float64Array;
  /** Index of the parent, below the own; -1 for none. */
  readonly parent: Int32Array;
  /** Of a second parent, likewise. */
  readonly otherParent: Int32Array;
  readonly origin: Float64Array;
  /** Infinity while alive. */
  readonly destruction: Float64Array;
  /** Living members: of an individual 1 or 0. */
  readonly members: Float64Array;
  /**
   * Times that the file does not tell; absent where it tells all. Untold origins are 0. Where ends are untold, who has living members counts as living, or where these
   * are untold too, who has no offspring (as in Empirical's LoadFromFile); others end when they originate.
   */
  readonly untold?: readonly UntoldTimes[];
}

/** What the nodes are. Names stand in command lines: permanent. */
export const nodeNames = ['individuals', 'taxa'] as const;
/** Individuals or taxa. */
export type NodeName = (typeof nodeNames)[number];

/** Individuals of a run, named by birth: with both parents, or with the donor of one chromosome. */
export function individualsRecord(lineage: Lineage, run: number, tree: Tree): PhylogenyRecord {
  const { donor, death } = loadBirths(lineage, run, tree === 'rule' ? 'rule' : 'architecture');
  const parents = tree === 'pedigree' ? loadHistory(lineage, run) : null;
  const n = donor.length;
  return {
    id: Float64Array.from({ length: n }, (_, i) => i),
    parent: parents?.parent ?? donor,
    otherParent: parents?.otherParent ?? new Int32Array(n).fill(-1),
    origin: Float64Array.from({ length: n }, (_, i) => i),
    destruction: Float64Array.from(death, (at) => (at < 0 ? Number.POSITIVE_INFINITY : at)),
    members: Float64Array.from(death, (at) => (at < 0 ? 1 : 0)),
  };
}

/** Taxa of one chromosome, named by the birth of their founder. */
export function taxaRecord(lineage: Lineage, run: number, of: Chromosome): PhylogenyRecord {
  const births = loadBirths(lineage, run, of);
  const taxa = livesOf(births);
  const members = new Float64Array(taxa.count);
  births.death.forEach((at, i) => {
    if (at < 0) members[taxa.taxonOf[i]!]! += 1;
  });
  return {
    id: Float64Array.from(taxa.entry),
    parent: taxa.parent,
    otherParent: new Int32Array(taxa.count).fill(-1),
    origin: Float64Array.from(taxa.entry),
    destruction: Float64Array.from(taxa.exit, (at, i) => (taxa.last[i]! < 0 ? Number.POSITIVE_INFINITY : at)),
    members,
  };
}

/** Whether node i lives on. */
export const isExtant = ({ destruction }: PhylogenyRecord, i: number): boolean =>
  destruction[i] === Number.POSITIVE_INFINITY;

/** How many have two parents. */
export const twoParentCount = ({ otherParent }: PhylogenyRecord): number =>
  otherParent.reduce((count, parent) => count + (parent >= 0 ? 1 : 0), 0);
