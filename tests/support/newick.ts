import type { Tree } from '../../src/statistics/phylogeny.ts';

/** A tree of extant tips from Newick text without lengths; nodes in preorder, edges of length 1. */
export function parseNewick(text: string): Tree {
  const parent: number[] = [];
  const isTip: number[] = [];
  let above = -1;
  for (const token of text.matchAll(/[(),;]|[^(),;]+/g)) {
    if (token[0] === '(') {
      isTip.push(0);
      above = parent.push(above) - 1;
    } else if (token[0] === ')') above = parent[above]!;
    else if (token[0] !== ',' && token[0] !== ';') {
      isTip.push(1);
      parent.push(above);
    }
  }
  return {
    parent: Int32Array.from(parent),
    length: Float64Array.from(parent, (up) => (up < 0 ? 0 : 1)),
    extant: Uint8Array.from(isTip),
    id: Int32Array.from(parent, (_, i) => i),
  };
}
