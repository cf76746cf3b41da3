/**
 * Is the tree balanced? Indices on the tree of branch points (`branchingTree`: tips are the extant, no unifurcations, no stem). Judge them against
 * replays with shuffled fitness, not against Yule trees.
 */
import { log, log10 } from '../numerics/elementary.ts';
import { depths, outDegrees, type Tree } from './phylogeny.ts';

/** How unequal the sides of a tree are, by several indices. */
export interface TreeBalance {
  readonly tips: number;
  readonly branchPoints: number;
  /** Sum over tips of the edges to the root (Sackin 1972; Shao and Sokal 1990). */
  readonly sackin: number;
  /** Sum over branch points of the difference in tips between both sides (Colless 1982); null where a branch point has more than two. */
  readonly colless: number | null;
  /** Colless over its greatest value, (n - 1) (n - 2) / 2; null with it, and for fewer than three tips. */
  readonly correctedColless: number | null;
  /** Mir, Rotger and Rosselló 2018, with f(k) = ln(k + e) and the mean deviation from the median. */
  readonly collessLike: number;
  /** Sum over branch points but the root of 1 / (longest way down, in edges) (Shao and Sokal 1990). */
  readonly b1: number;
  /** Entropy, base 10, of where a walk from the root ends that takes every way down alike (Shao and Sokal 1990). */
  readonly b2: number;
  /** Branch points whose children are two tips. */
  readonly cherries: number;
}

/** The indices of a tree with its unifurcations collapsed. */
export function treeBalance(tree: Tree): TreeBalance {
  const { parent } = tree;
  const n = parent.length;
  const [degree, depth] = [outDegrees(tree), depths(tree)];
  const isTip = (i: number) => degree[i] === 0;
  const tips = Int32Array.from(degree, (k) => (k === 0 ? 1 : 0));
  const height = new Int32Array(n);
  const walk = new Float64Array(n).fill(1);
  const tipChildren = new Int32Array(n);
  const imbalance = new Float64Array(n);
  let [sackin, colless, b1, b2, cherries] = [0, 0, 0, 0, 0];
  for (let i = 1; i < n; i++) walk[i] = walk[parent[i]!]! / degree[parent[i]!]!;
  for (let i = n - 1; i >= 0; i--) {
    const above = parent[i]!;
    if (isTip(i)) {
      sackin += depth[i]!;
      b2 -= walk[i]! * log10(walk[i]!);
    } else {
      if (above >= 0) b1 += 1 / height[i]!;
      if (degree[i] === 2 && tipChildren[i] === 2) cherries += 1;
      colless += Math.abs(imbalance[i]!);
    }
    if (above < 0) continue;
    // Of two children: the tips of one less those of the other.
    imbalance[above] = imbalance[above] === 0 ? tips[i]! : imbalance[above]! - tips[i]!;
    tips[above]! += tips[i]!;
    height[above] = Math.max(height[above]!, height[i]! + 1);
    if (isTip(i)) tipChildren[above]! += 1;
  }
  const count = degree.filter((k) => k === 0).length;
  const isBinary = degree.every((k) => k === 0 || k === 2);
  return {
    tips: count,
    branchPoints: n - count,
    sackin,
    colless: isBinary ? colless : null,
    correctedColless: isBinary && count > 2 ? (2 * colless) / ((count - 1) * (count - 2)) : null,
    collessLike: collessLike(tree),
    ...{ b1, b2, cherries },
  };
}

/** How far the sizes of a node's subtrees are apart. Names stand in output: permanent. */
export const dissimilarities = ['mean-deviation', 'variance', 'standard-deviation'] as const;

/** How the sizes of subtrees are compared (Mir, Rotger and Rosselló 2018). */
export type Dissimilarity = (typeof dissimilarities)[number];

/** The sum over branch points of the dissimilarity of their subtrees' sizes, a size being the sum of ln(k + e) over nodes with k children. */
export function collessLike(tree: Tree, dissimilarity: Dissimilarity = 'mean-deviation'): number {
  const degree = outDegrees(tree);
  return imbalanceSum(
    tree,
    (node) => log(degree[node]! + Math.E),
    (sizes) => measures[dissimilarity](sizes),
  );
}

/** Visits nodes from the last to the first; a node's size is its own weight and the sizes of its children. */
function imbalanceSum(
  { parent }: Tree,
  weight: (node: number) => number,
  dissimilarity: (sizes: readonly number[]) => number,
): number {
  const sizes: (number[] | undefined)[] = new Array(parent.length);
  let total = 0;
  for (let i = parent.length - 1; i >= 0; i--) {
    const below = sizes[i] ?? [];
    sizes[i] = undefined;
    if (below.length > 1) total += dissimilarity(below);
    const above = parent[i]!;
    if (above < 0) continue;
    const size = below.reduce((sum, each) => sum + each, weight(i));
    const siblings = sizes[above];
    if (siblings === undefined) sizes[above] = [size];
    else siblings.push(size);
  }
  return total;
}

const squaredDeviations = (sizes: readonly number[]): number => {
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return sizes.reduce((sum, size) => sum + (size - mean) * (size - mean), 0) / (sizes.length - 1);
};

/** From the median. */
export function meanDeviation(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return sizes.reduce((sum, size) => sum + Math.abs(size - median), 0) / sizes.length;
}

const measures = {
  'mean-deviation': meanDeviation,
  variance: squaredDeviations,
  'standard-deviation': (sizes) => Math.sqrt(squaredDeviations(sizes)),
} as const satisfies Record<Dissimilarity, (sizes: readonly number[]) => number>;
