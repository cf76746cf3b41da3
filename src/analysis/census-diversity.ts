/** How diverse a population was at each census, and what the tree of a run looks like. From typed arrays; linear in births, without recursion. */
import type { Tree } from '../lineage/ancestry.ts';
import { censuses } from '../lineage/census.ts';
import type { History } from '../lineage/history.ts';
import { livesOf } from '../lineage/taxa.ts';
import { hillNumber, type Partition, partitionDiversity } from '../statistics/hill.ts';
import { numbered } from '../statistics/lives.ts';
import type { LineageRecord } from '../statistics/tree-statistics.ts';

/** What is counted: blocks of a chromosome, or both together. Names stand in output: permanent. */
export const carried = ['architecture', 'rule', 'genome'] as const;

/** What kinds are counted: blocks of either chromosome, or genotypes. */
export type Carried = (typeof carried)[number];

/** Orders of the Hill numbers. */
export const orders = [0, 1, 2] as const;

/** Hill numbers of those who lived at one time. */
export interface CensusDiversity {
  readonly time: number;
  readonly living: number;
  /** By order. */
  readonly hill: Readonly<Record<Carried, readonly number[]>>;
  /** By order, over communities of equal weight; null where there are none, or one of them is empty. */
  readonly partition: Readonly<Record<Carried, readonly Partition[] | null>>;
}

/** `community` says where an individual lives, where the run has communities that share no places, such as the species of cooperative coevolution. */
export function diversityOverTime(
  history: History,
  times: readonly number[],
  community: ((birth: number) => number) | null,
): CensusDiversity[] {
  const types: Record<Carried, ArrayLike<number>> = { ...history.block, genome: genotypes(history) };
  return Array.from(censuses(history, times), ({ time, living }) => {
    const of = <T>(measure: (labels: Int32Array) => T) => ({
      architecture: measure(living.map((i) => types.architecture[i]!)),
      rule: measure(living.map((i) => types.rule[i]!)),
      genome: measure(living.map((i) => types.genome[i]!)),
    });
    const homes = community === null ? null : living.map(community);
    return {
      time,
      living: living.length,
      hill: of((labels) => orders.map((q) => hillNumber(countsOf(labels), q))),
      partition: of((labels) => (homes === null ? null : partitions(labels, homes))),
    };
  });
}

function countsOf(labels: Int32Array): Int32Array {
  const { codes, labels: types } = numbered(labels);
  const counts = new Int32Array(types.length);
  for (const code of codes) counts[code]! += 1;
  return counts;
}

function partitions(labels: Int32Array, homes: Int32Array): Partition[] | null {
  const [types, places] = [numbered(labels), numbered(homes)];
  if (places.labels.length < 2) return null;
  const counts = places.labels.map(() => new Int32Array(types.labels.length));
  types.codes.forEach((type, i) => {
    counts[places.codes[i]!]![type]! += 1;
  });
  return orders.map((q) => partitionDiversity(counts, q));
}

/** A number per genotype: a pair of blocks. */
function genotypes({ block, births }: History): Float64Array {
  // Block ids stay far below 2^26, so a pair is exact as a number.
  return Float64Array.from(
    { length: births },
    (_, i) => block.architecture[i]! * 67_108_864 + block.rule[i]!,
  );
}

/** What the nodes of a tree are. Names stand in output: permanent. */
export const nodeKinds = ['taxa', 'individuals'] as const;

/** What the nodes of a tree are: individuals or taxa. */
export type NodeKind = (typeof nodeKinds)[number];

/** The tree of a run: of the selected parents or of a chromosome's donors; taxa are maximal sets that share blocks, in the pedigree genotypes. */
export function treeRecord(history: History, tree: Tree, nodes: NodeKind): LineageRecord {
  const { births, gone } = history;
  const parent = tree === 'pedigree' ? history.parent : history.donor[tree];
  if (nodes === 'individuals')
    return {
      parent,
      origin: Int32Array.from({ length: births }, (_, i) => i),
      extant: Uint8Array.from(gone, (at) => (at < 0 ? 1 : 0)),
    };
  const block = tree === 'pedigree' ? numbered(genotypes(history)).codes : history.block[tree];
  const taxa = livesOf({
    ...{ donor: parent, block, death: gone, lost: new Uint8Array(births), end: births - 1 },
  });
  return { parent: taxa.parent, origin: taxa.entry, extant: taxa.event.map((ended) => 1 - ended) };
}
