/**
 * Everything that is asked of one tree. Two trees can be made of a record: that of the extant and their ancestors, and the full one, in which everyone who was
 * ever born is a node and those without children are the tips. Where there are several founders, what needs one tree (distances, balance) is taken
 * with the founders joined at a root at birth 0, and `joined` says so; what counts edges or lengths is not.
 */
import { empiricalCollessLike, empiricalSackin } from './empirical-systematics.ts';
import { mean, variance } from './moments.ts';
import { meanNearestDistance } from './nearest-taxon.ts';
import {
  ancestorDepth,
  fairProportion,
  type PhylogeneticDiversity,
  pairwiseDistances,
  phylogeneticDiversity,
} from './phylogenetic-diversity.ts';
import { branchingTree, extantTree, lastCommonAncestor, outDegrees, type Tree } from './phylogeny.ts';
import { type TreeBalance, treeBalance } from './tree-balance.ts';

/** Nodes in order of origin, parents first. */
export interface LineageRecord {
  readonly parent: ArrayLike<number>;
  readonly origin: ArrayLike<number>;
  readonly extant: ArrayLike<number>;
}

/** Names stand in output: permanent. */
export const treeScopes = ['extant', 'full'] as const;

/** Which tree is described: of the living alone, or of all that ever lived. */
export type TreeScope = (typeof treeScopes)[number];

/** Distances in edges, unifurcations counted, and in births. */
export interface Distances {
  /** MPD; null for fewer than two tips. */
  readonly mean: number | null;
  /** VPD, with pairs - 1. */
  readonly variance: number | null;
  /** MNTD. */
  readonly nearest: number | null;
}

/** Everything that is told of one tree. */
export interface TreeStatistics {
  readonly scope: TreeScope;
  readonly nodes: number;
  readonly tips: number;
  readonly founders: number;
  /** Nodes with one child that are no tips: counted as edges, merged for balance. */
  readonly unifurcations: number;
  readonly joined: boolean;
  readonly diversity: PhylogeneticDiversity;
  readonly edges: Distances;
  readonly births: Distances;
  /** Fair proportion over tips, in births; the sum is the length of the tree. Null for nobody. */
  readonly distinctiveness: {
    readonly sum: number;
    readonly mean: number;
    readonly variance: number | null;
  } | null;
  /** On the tree of branch points: unifurcations merged, stem cut off. Null for nobody. */
  readonly balance: TreeBalance | null;
  /** As Empirical has them, on the tree with unifurcations and stem; null with several founders or nobody. */
  readonly empirical: { readonly sackin: number; readonly collessLike: number } | null;
  /** Null where the tips have no common ancestor. */
  readonly commonAncestor: { readonly origin: number; readonly depth: number } | null;
  /** Nodes by number of children. */
  readonly outDegrees: readonly { readonly children: number; readonly nodes: number }[];
  /**
   * Mean birth at which tips, and nodes of any kind, arose, and branch points, each by its children less one (null where nothing branches). Empirical's ave_origin_time is that
   * of all nodes of the full tree, its normalised one that of the branch points of the extant. Null for nobody.
   */
  readonly meanOrigin: {
    readonly tips: number;
    readonly nodes: number;
    readonly branchPoints: number | null;
  } | null;
}

/** Counts, diversity, distances, distinctiveness and balance of a tree in one scope. */
export function treeStatistics(record: LineageRecord, scope: TreeScope): TreeStatistics {
  const tips = scope === 'extant' ? record.extant : childless(record.parent);
  const timed = extantTree(record.parent, tips, record.origin);
  const degree = outDegrees(timed);
  const founders = timed.parent.reduce((count, above) => count + (above < 0 ? 1 : 0), 0);
  const whole = founders > 1 ? joinedAtStart(timed, record.origin) : timed;
  const ancestor = lastCommonAncestor(timed);
  const origins = Float64Array.from(timed.id, (id) => record.origin[id]!);
  const tipOrigins = origins.filter((_, i) => timed.extant[i] === 1);
  const isEmpty = timed.id.length === 0;
  return {
    scope,
    nodes: timed.id.length,
    tips: tipOrigins.length,
    founders,
    unifurcations: degree.reduce((count, k, i) => count + (k === 1 && timed.extant[i] === 0 ? 1 : 0), 0),
    joined: founders > 1,
    diversity: phylogeneticDiversity(timed),
    edges: distances(whole, 'edges'),
    births: distances(whole, 'length'),
    distinctiveness: isEmpty ? null : shares(timed),
    balance: isEmpty ? null : treeBalance(branchingTree(whole)),
    empirical:
      ancestor < 0 ? null : { sackin: empiricalSackin(timed)!, collessLike: empiricalCollessLike(timed) },
    commonAncestor:
      ancestor < 0
        ? null
        : {
            origin: record.origin[timed.id[ancestor]!]!,
            depth: ancestorDepth(timed)!,
          },
    outDegrees: histogram(degree),
    meanOrigin: isEmpty
      ? null
      : { tips: mean(tipOrigins), nodes: mean(origins), branchPoints: branchOrigin(origins, degree) },
  };
}

function branchOrigin(origins: Float64Array, degree: ArrayLike<number>): number | null {
  let [sum, weights] = [0, 0];
  for (const [i, origin] of origins.entries()) {
    const weight = Math.max(0, degree[i]! - 1);
    sum += weight * origin;
    weights += weight;
  }
  return weights === 0 ? null : sum / weights;
}

/** 1 where nobody names the node as parent. */
export function childless(parent: ArrayLike<number>): Uint8Array {
  const tips = new Uint8Array(parent.length).fill(1);
  for (let i = 0; i < parent.length; i++) if (parent[i]! >= 0) tips[parent[i]!] = 0;
  return tips;
}

/** All founders below one root at birth 0, which is no tip and stands for no node of the record. */
function joinedAtStart({ parent, length, extant, id }: Tree, origin: ArrayLike<number>): Tree {
  const n = parent.length;
  const under = <A extends Int32Array | Float64Array | Uint8Array>(
    made: A,
    root: number,
    of: (i: number) => number,
  ) => {
    made[0] = root;
    for (let i = 0; i < n; i++) made[i + 1] = of(i);
    return made;
  };
  return {
    parent: under(new Int32Array(n + 1), -1, (i) => parent[i]! + 1),
    length: under(new Float64Array(n + 1), 0, (i) => (parent[i]! < 0 ? origin[id[i]!]! : length[i]!)),
    extant: under(new Uint8Array(n + 1), 0, (i) => extant[i]!),
    id: under(new Int32Array(n + 1), -1, (i) => id[i]!),
  };
}

function distances(tree: Tree, unit: 'edges' | 'length'): Distances {
  const pairs = pairwiseDistances(tree, unit);
  return { mean: pairs.mean, variance: pairs.variance, nearest: meanNearestDistance(tree, unit) };
}

function shares(tree: Tree) {
  const each = fairProportion(tree).filter((_, i) => tree.extant[i] === 1);
  return { sum: each.reduce((sum, share) => sum + share, 0), mean: mean(each), variance: variance(each) };
}

function histogram(degree: Int32Array) {
  const counts = new Map<number, number>();
  for (const children of degree) counts.set(children, (counts.get(children) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([children, nodes]) => ({ children, nodes }));
}
