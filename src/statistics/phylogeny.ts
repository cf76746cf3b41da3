/**
 * Trees as arrays, parents before children, so that one loop down is preorder and one loop up is postorder: no recursion, whatever the depth. From the full
 * record of a run to the tree of the extant, and from that to the tree of branch points that books of phylogenetics mean.
 */

export interface Tree {
  /** Index of the parent, below the own index; -1 at a root. */
  readonly parent: Int32Array;
  /** Of the edge above; at a root the stem that was cut off, 0 if none was. */
  readonly length: Float64Array;
  readonly extant: Uint8Array;
  /** Which node of the record this is. */
  readonly id: Int32Array;
}

/**
 * The record reduced to the extant and their ancestors. Unifurcations and the stem above the last common ancestor stay: this is the tree that Empirical
 * counts on. `origin`: times of origin, edges are their differences; without it every edge has length 1.
 * @throws RangeError for a parent that does not stand before its child, or an origin before that of the parent.
 */
export function extantTree(
  parent: ArrayLike<number>,
  extant: ArrayLike<number | boolean>,
  origin?: ArrayLike<number>,
): Tree {
  const n = parent.length;
  const kept = Uint8Array.from({ length: n }, (_, i) => (extant[i] ? 1 : 0));
  for (let i = n - 1; i >= 0; i--) {
    const above = parent[i]!;
    if (!(above >= -1 && above < i)) throw new RangeError(`node ${i} has parent ${above}`);
    if (kept[i] === 1 && above >= 0) kept[above] = 1;
  }
  const id = Int32Array.from({ length: n }, (_, i) => i).filter((i) => kept[i] === 1);
  const place = new Int32Array(n).fill(-1);
  id.forEach((i, at) => {
    place[i] = at;
  });
  const length = Float64Array.from(id, (i) => {
    const above = parent[i]!;
    if (above < 0) return 0;
    const span = origin === undefined ? 1 : origin[i]! - origin[above]!;
    if (!(span >= 0)) throw new RangeError(`node ${i} originates before its parent ${above}`);
    return span;
  });
  return {
    parent: Int32Array.from(id, (i) => (parent[i]! < 0 ? -1 : place[parent[i]!]!)),
    length,
    extant: Uint8Array.from(id, (i) => (extant[i] ? 1 : 0)),
    id,
  };
}

/** Children of each node. */
export function outDegrees({ parent }: Tree): Int32Array {
  const degree = new Int32Array(parent.length);
  for (const above of parent) if (above >= 0) degree[above]! += 1;
  return degree;
}

/** Extant nodes in the subtree of each node, itself included. */
export function extantBelow({ parent, extant }: Tree): Int32Array {
  const below = Int32Array.from(extant);
  for (let i = parent.length - 1; i > 0; i--) if (parent[i]! >= 0) below[parent[i]!]! += below[i]!;
  return below;
}

/** Edges from the root. */
export function depths({ parent }: Tree): Int32Array {
  const depth = new Int32Array(parent.length);
  for (let i = 0; i < parent.length; i++) depth[i] = parent[i]! < 0 ? 0 : depth[parent[i]!]! + 1;
  return depth;
}

/** The last common ancestor of the extant, in a tree of `extantTree`; -1 for nobody and for several roots. */
export function lastCommonAncestor(tree: Tree): number {
  const n = tree.parent.length;
  if (n === 0 || tree.parent.indexOf(-1, 1) >= 0) return -1;
  const degree = outDegrees(tree);
  let at = 0;
  // In a tree of the extant the only child of a stem node is the next node: no other can stand between.
  while (tree.extant[at] === 0 && degree[at] === 1) at = tree.parent.indexOf(at, at + 1);
  return at;
}

/**
 * The tree of branch points of a tree of the extant: every extant node is a tip, an extant ancestor by a tip of length 0 beside its descendants (as Newick
 * needs); nodes with one child are merged into the edge below; the stem is cut off at the root and its length kept there.
 * @throws RangeError for nobody, and where the extant have several founders.
 */
export function branchingTree(tree: Tree): Tree {
  const top = lastCommonAncestor(tree);
  if (top < 0)
    throw new RangeError(
      tree.parent.length === 0
        ? 'nobody is extant'
        : 'the extant have no common ancestor: they form several trees',
    );
  const degree = outDegrees(tree);
  const parent: number[] = [];
  const length: number[] = [];
  const extant: number[] = [];
  const id: number[] = [];
  const add = (above: number, edge: number, isTip: boolean, of: number) => {
    extant.push(isTip ? 1 : 0);
    length.push(edge);
    id.push(of);
    return parent.push(above) - 1;
  };
  // Where each node's children attach, and the length gathered since there.
  const place = new Int32Array(tree.parent.length).fill(-1);
  const gathered = new Float64Array(tree.parent.length);
  for (let i = 0; i < tree.parent.length; i++) {
    const above = tree.parent[i]!;
    gathered[i] = (above < 0 ? 0 : gathered[above]!) + tree.length[i]!;
    place[i] = above < 0 ? -1 : place[above]!;
    const isTip = tree.extant[i] === 1;
    const branches = degree[i]! + (isTip && degree[i]! > 0 ? 1 : 0);
    if (i < top || branches === 1) continue;
    const at = add(place[i]!, gathered[i]!, branches === 0, tree.id[i]!);
    if (branches > 0 && isTip) add(at, 0, true, tree.id[i]!);
    place[i] = at;
    gathered[i] = 0;
  }
  return {
    parent: Int32Array.from(parent),
    length: Float64Array.from(length),
    extant: Uint8Array.from(extant),
    id: Int32Array.from(id),
  };
}
