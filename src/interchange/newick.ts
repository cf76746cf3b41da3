/** Trees in Newick, one per line and root. Without recursion: lines of descent are as long as a run. */
import type { DrawnTree } from './drawn-tree.ts';

/** A name as Newick and NEXUS take it: in quotes unless it is letters, digits and points only, and no number, which in NEXUS is the place of a taxon. In one line. */
export const newickLabel = (name: string): string =>
  /^[A-Za-z0-9.]*[A-Za-z][A-Za-z0-9.]*$/.test(name)
    ? name
    : `'${name.replaceAll(/\s+/g, ' ').replaceAll("'", "''")}'`;

/** `name` of a node of the record. */
export function* newickLines(tree: DrawnTree, name: (node: number) => string): Generator<string> {
  const { parent, length, node } = tree;
  const n = parent.length;
  const child = new Int32Array(n).fill(-1);
  const sibling = new Int32Array(n).fill(-1);
  for (let i = n - 1; i >= 0; i--) {
    const above = parent[i]!;
    if (above < 0) continue;
    sibling[i] = child[above]!;
    child[above] = i;
  }
  const told = (i: number) => {
    const label = node[i]! < 0 ? '' : newickLabel(name(node[i]!));
    return parent[i]! < 0 && length[i] === 0 ? label : `${label}:${length[i]}`;
  };
  for (let root = 0; root < n; root++) {
    if (parent[root]! >= 0) continue;
    if (child[root]! < 0) {
      // A tree of one tip: R's ape takes it below a root only.
      yield `(${newickLabel(name(node[root]!))}:${length[root]});`;
      continue;
    }
    const parts: string[] = [];
    let at = root;
    for (;;) {
      if (child[at]! >= 0) {
        parts.push('(');
        at = child[at]!;
        continue;
      }
      parts.push(told(at));
      while (at !== root && sibling[at]! < 0) {
        at = parent[at]!;
        parts.push(')', told(at));
      }
      if (at === root) break;
      parts.push(',');
      at = sibling[at]!;
    }
    yield `${parts.join('')};`;
  }
}
