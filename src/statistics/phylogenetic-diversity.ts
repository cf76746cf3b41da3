/** How much evolution the extant hold: the length of their tree, the distances between them, and each one's own share. On trees of `extantTree`. */
import { depths, extantBelow, lastCommonAncestor, outDegrees, type Tree } from './phylogeny.ts';

/** The length of the tree that joins the living, by several conventions. */
export interface PhylogeneticDiversity {
  /** Edges, unifurcations and stem counted. Of one root: Empirical's phylogenetic diversity, which is the number of nodes less one. */
  readonly edges: number;
  /** Edges below the last common ancestor; null where there is none. */
  readonly edgesBelowAncestor: number | null;
  /** Sum of lengths (Faith 1992), with and without the stem. */
  readonly length: number;
  readonly lengthBelowAncestor: number | null;
}

/** Faith's diversity (1992) of the extant tips, in edges and in time, with and without the stem above their last common ancestor. */
export function phylogeneticDiversity(tree: Tree): PhylogeneticDiversity {
  const roots = tree.parent.filter((above) => above < 0).length;
  const edges = tree.parent.length - roots;
  const length = tree.length.reduce((sum, each) => sum + each, 0);
  const ancestor = lastCommonAncestor(tree);
  let [stemEdges, stem] = [0, 0];
  for (let at = ancestor; at >= 0 && tree.parent[at]! >= 0; at = tree.parent[at]!) {
    stemEdges += 1;
    stem += tree.length[at]!;
  }
  return {
    edges,
    edgesBelowAncestor: ancestor < 0 ? null : edges - stemEdges,
    length,
    lengthBelowAncestor: ancestor < 0 ? null : length - stem,
  };
}

/** What one step from a node to its parent counts. Names stand in output: permanent. */
export const distanceUnits = ['edges', 'branch-points', 'length'] as const;

/** What an edge counts: itself, or the time between its ends. */
export type DistanceUnit = (typeof distanceUnits)[number];

/** Moments of the distances between all pairs of tips. */
export interface PairwiseDistances {
  readonly pairs: number;
  readonly sum: number;
  /** MPD; null for fewer than two. */
  readonly mean: number | null;
  /** VPD, with pairs - 1; null for fewer than two pairs. */
  readonly variance: number | null;
}

/**
 * Over all pairs of extant nodes of one tree, without visiting pairs: where subtrees meet, counts of extant nodes with the means and spreads of their depths
 * suffice. Linear in nodes. Everything is centred (Chan, Golub and LeVeque 1983), so that long edges whose differences are short cost no digits of the
 * variance. `branch-points` skips nodes that neither are extant nor branch. @throws RangeError where the extant form several trees.
 */
export function pairwiseDistances(tree: Tree, unit: DistanceUnit = 'edges'): PairwiseDistances {
  const { parent } = tree;
  if (parent.indexOf(-1, 1) >= 0)
    throw new RangeError('the extant have no common ancestor: no path joins some pairs');
  const step = stepLengths(tree, unit);
  // Of the extant in the subtree of each node met so far: how many, and of their depths below it the sum, the mean and the squared deviations from that.
  const count = Float64Array.from(tree.extant);
  const sums = new Float64Array(parent.length);
  const means = new Float64Array(parent.length);
  const squares = new Float64Array(parent.length);
  let [pairs, sum, mean, square] = [0, 0, 0, 0];
  for (let i = parent.length - 1; i > 0; i--) {
    const above = parent[i]!;
    const [n, m] = [count[i]!, count[above]!];
    const below = sums[i]! + n * step[i]!;
    const depth = means[i]! + step[i]!;
    sum += m * below + n * sums[above]!;
    if (m > 0) {
      // Every depth on one side with every depth on the other: their means add up, and so do their variances.
      const distance = depth + means[above]!;
      square += m * squares[i]! + n * squares[above]! + squaresBetween(pairs, n * m, distance - mean);
      pairs += n * m;
      mean += (distance - mean) * ((n * m) / pairs);
    }
    squares[above]! += squares[i]! + squaresBetween(m, n, depth - means[above]!);
    means[above]! += (depth - means[above]!) * (n / (n + m));
    sums[above]! += below;
    count[above]! += n;
  }
  return {
    ...{ pairs, sum },
    mean: pairs === 0 ? null : sum / pairs,
    variance: pairs < 2 ? null : square / (pairs - 1),
  };
}

/** What two samples of n and m numbers, whose means are so far apart, add to the squared deviations from the mean of both. */
const squaresBetween = (n: number, m: number, apart: number): number => apart * apart * ((n * m) / (n + m));

/** Of the edge above each node. `branch-points`: 0 where the node neither is extant nor branches. */
export function stepLengths(tree: Tree, unit: DistanceUnit): ArrayLike<number> {
  if (unit === 'length') return tree.length;
  if (unit === 'edges') return new Uint8Array(tree.parent.length).fill(1);
  const degree = outDegrees(tree);
  return tree.extant.map((alive, i) => (alive === 1 || degree[i]! > 1 ? 1 : 0));
}

/**
 * Evolutionary distinctiveness by fair proportion: every edge, those of the stem too, is shared equally among the extant below it (Isaac et al. 2007). 0 for
 * nodes that are not extant; the sum is the tree's length. `empiricalDistinctiveness` is Empirical's, which differs.
 */
export function fairProportion(tree: Tree): Float64Array {
  const below = extantBelow(tree);
  const shared = new Float64Array(tree.parent.length);
  for (let i = 0; i < shared.length; i++) {
    const above = tree.parent[i]!;
    shared[i] = (above < 0 ? 0 : shared[above]!) + tree.length[i]! / below[i]!;
  }
  return shared.map((each, i) => (tree.extant[i] === 1 ? each : 0));
}

/** Edges from the root to the last common ancestor: Empirical's mrca_depth. Null where there is none. */
export function ancestorDepth(tree: Tree): number | null {
  const ancestor = lastCommonAncestor(tree);
  return ancestor < 0 ? null : depths(tree)[ancestor]!;
}
