/**
 * Tree indices as the library Empirical (emp::Systematics, phylotrackpy) defines them, for comparison with published runs: on the tree of the extant with
 * unifurcations and stem (`extantTree`), where extant taxa may be ancestors. They differ from the textbook's in `tree-balance.ts`.
 */
import { log } from '../numerics/elementary.ts';
import { extantBelow, lastCommonAncestor, outDegrees, type Tree } from './phylogeny.ts';
import { meanDeviation } from './tree-balance.ts';

/**
 * sackin_index: over extant taxa, ancestors too, the branch points strictly between the taxon and the last common ancestor, and 1 for that ancestor; also
 * for itself, and where it does not branch, as a living ancestor of a single line. Null where there is none.
 */
export function empiricalSackin(tree: Tree): number | null {
  const top = lastCommonAncestor(tree);
  if (top < 0) return null;
  const degree = outDegrees(tree);
  const above = new Int32Array(tree.parent.length);
  let sum = 0;
  // What stands before the common ancestor is its stem.
  for (let i = top; i < above.length; i++) {
    const parent = tree.parent[i]!;
    above[i] = i === top || parent === top ? 1 : above[parent]! + (degree[parent]! > 1 ? 1 : 0);
    if (tree.extant[i] === 1) sum += above[i]!;
  }
  return sum;
}

/**
 * GetEvolutionaryDistinctiveness, for each node in units of its lengths: every edge below the last common ancestor, and the time that each extant taxon has
 * stood since its origin (`pendant`, by node), is shared equally among the extant taxa from there on, a living ancestor among them (after Isaac et al. 2007). The stem counts nothing, and
 * the last common ancestor has 0 even if it lives. 0 for nodes that are not extant. Null where there is no common ancestor; Empirical has -1 there.
 */
export function empiricalDistinctiveness(tree: Tree, pendant: ArrayLike<number>): Float64Array | null {
  const top = lastCommonAncestor(tree);
  if (top < 0) return null;
  const below = extantBelow(tree);
  const shared = new Float64Array(tree.parent.length);
  const each = new Float64Array(tree.parent.length);
  for (let i = top + 1; i < shared.length; i++) {
    shared[i] = shared[tree.parent[i]!]! + tree.length[i]! / below[i]!;
    if (tree.extant[i] === 1) each[i] = shared[i]! + pendant[i]! / below[i]!;
  }
  return each;
}

/**
 * colless_like_index: as Mir et al. 2018 with f(k) = ln(k + e) and the mean deviation from the median, but a child weighs by its own number of children
 * even where it has one, and the unifurcations below it are skipped. Equal to `collessLike` on trees without unifurcations.
 */
export function empiricalCollessLike(tree: Tree): number {
  const degree = outDegrees(tree);
  const n = tree.parent.length;
  // Sizes of the children of each node; those of a node with one child are its child's.
  const sizes: (number[] | undefined)[] = new Array(n);
  let total = 0;
  for (let i = n - 1; i >= 0; i--) {
    const below = sizes[i] ?? [];
    sizes[i] = undefined;
    const parent = tree.parent[i]!;
    if (degree[i]! > 1) total += meanDeviation(below);
    if (parent < 0) continue;
    if (degree[parent] === 1) {
      sizes[parent] = below;
      continue;
    }
    const size = below.reduce((sum, each) => sum + each, log(degree[i]! + Math.E));
    const siblings = sizes[parent];
    if (siblings === undefined) sizes[parent] = [size];
    else siblings.push(size);
  }
  return total;
}
