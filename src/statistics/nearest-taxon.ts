/** How near the nearest relative is. On trees of `extantTree`; two passes, linear in nodes, whatever the depth. */
import { type DistanceUnit, stepLengths } from './phylogenetic-diversity.ts';
import type { Tree } from './phylogeny.ts';

/** From each extant node to the nearest other extant node; Infinity at nodes that are not extant, and where there is no other in the same tree. */
export function nearestDistances(tree: Tree, unit: DistanceUnit = 'edges'): Float64Array {
  const { parent, extant } = tree;
  const n = parent.length;
  const step = stepLengths(tree, unit);
  // The two nearest extant below each node, by different branches: the node itself is a branch of its own.
  const [first, second] = [new Float64Array(n), new Float64Array(n).fill(Number.POSITIVE_INFINITY)];
  const via = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    first[i] = extant[i] === 1 ? 0 : Number.POSITIVE_INFINITY;
    if (extant[i] === 1) via[i] = i;
  }
  for (let i = n - 1; i > 0; i--) {
    const above = parent[i]!;
    if (above < 0) continue;
    const far = first[i]! + step[i]!;
    if (far < first[above]! || via[above] === -1) {
      second[above] = first[above]!;
      first[above] = far;
      via[above] = i;
    } else if (far < second[above]!) second[above] = far;
  }
  // The nearest outside the own subtree, by way of the parent.
  const outside = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  for (let i = 1; i < n; i++) {
    const above = parent[i]!;
    if (above < 0) continue;
    const beside = via[above] === i ? second[above]! : first[above]!;
    outside[i] = step[i]! + Math.min(outside[above]!, beside);
  }
  return outside.map((far, i) => (extant[i] === 1 ? Math.min(far, second[i]!) : Number.POSITIVE_INFINITY));
}

/** MNTD (Webb 2000); null for fewer than two. @throws RangeError where an extant node has no other in its tree. */
export function meanNearestDistance(tree: Tree, unit: DistanceUnit = 'edges'): number | null {
  const distances = nearestDistances(tree, unit).filter((_, i) => tree.extant[i] === 1);
  if (distances.length < 2) return null;
  if (!distances.every(Number.isFinite))
    throw new RangeError('the extant form several trees: some have no relative');
  return distances.reduce((sum, each) => sum + each, 0) / distances.length;
}
