/**
 * Tree indices as the library Empirical (emp::Systematics, phylotrackpy) defines them, for comparison with published runs: on the tree of the extant with
 * unifurcations and stem (`extantTree`), where extant taxa may be ancestors. They differ from the textbook's in `tree-balance.ts`.
 */
import { log } from '../numerics/elementary.ts';
import { lastCommonAncestor, outDegrees, type Tree } from './phylogeny.ts';
import { meanDeviation } from './tree-balance.ts';

/** sackin_index: over extant taxa, ancestors too, branch points strictly above, up to and with the last common ancestor. Null where there is none. */
export function empiricalSackin(tree: Tree): number | null {
  if (lastCommonAncestor(tree) < 0) return null;
  const degree = outDegrees(tree);
  const above = new Int32Array(tree.parent.length);
  let sum = 0;
  for (let i = 0; i < above.length; i++) {
    const parent = tree.parent[i]!;
    if (parent >= 0) above[i] = above[parent]! + (degree[parent]! > 1 ? 1 : 0);
    if (tree.extant[i] === 1) sum += above[i]!;
  }
  return sum;
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
