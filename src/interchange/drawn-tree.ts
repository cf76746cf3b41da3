/**
 * A phylogeny as trees that can be written down: of the living and their ancestors, or of all; a living ancestor is a tip of length 0 beside its descendants,
 * since every living must be a tip. Edges are as long as their times of origin are apart.
 */
import { isExtant, type PhylogenyRecord } from './phylogeny-record.ts';

/** A forest as arrays, parents before children. */
export interface DrawnTree {
  /** -1 at a root. */
  readonly parent: Int32Array;
  /** Of the edge above; at a root of a collapsed tree the stem that was merged into it. */
  readonly length: Float64Array;
  /** Which node of the record; -1 for the inner node of a living ancestor, whose tip has the name. */
  readonly node: Int32Array;
}

/** What of a phylogeny is drawn. */
export interface Drawing {
  /** The extinct too. */
  readonly all: boolean;
  /** Nodes with one child are merged into the edge below. */
  readonly collapse: boolean;
}

/** Of a record in which everyone has at most one parent. */
export function drawnTree(record: PhylogenyRecord, { all, collapse }: Drawing): DrawnTree {
  const { parent, origin } = record;
  const n = parent.length;
  const kept = Uint8Array.from(parent, (_, i) => (all || isExtant(record, i) ? 1 : 0));
  const degree = new Int32Array(n);
  for (let i = n - 1; i >= 0; i--) {
    if (kept[i] === 0 || parent[i]! < 0) continue;
    kept[parent[i]!] = 1;
    degree[parent[i]!]! += 1;
  }
  const drawn: { parent: number[]; length: number[]; node: number[] } = { parent: [], length: [], node: [] };
  const draw = (above: number, length: number, node: number): number => {
    drawn.length.push(length);
    drawn.node.push(node);
    return drawn.parent.push(above) - 1;
  };
  // Where the children of each node attach, and since when the edge there has been growing.
  const place = new Int32Array(n).fill(-1);
  const since = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (kept[i] === 0) continue;
    const above = parent[i]!;
    const from = above < 0 ? origin[i]! : since[above]!;
    const isLivingAncestor = degree[i]! > 0 && isExtant(record, i);
    if (collapse && degree[i] === 1 && !isLivingAncestor) {
      place[i] = above < 0 ? -1 : place[above]!;
      since[i] = from;
      continue;
    }
    place[i] = draw(above < 0 ? -1 : place[above]!, origin[i]! - from, isLivingAncestor ? -1 : i);
    if (isLivingAncestor) draw(place[i]!, 0, i);
    since[i] = origin[i]!;
  }
  return {
    parent: Int32Array.from(drawn.parent),
    length: Float64Array.from(drawn.length),
    node: Int32Array.from(drawn.node),
  };
}

/** Nodes without children, in order. */
export function tipsOf({ parent }: DrawnTree): number[] {
  const isInner = new Uint8Array(parent.length);
  for (const above of parent) if (above >= 0) isInner[above] = 1;
  return [...parent.keys()].filter((i) => isInner[i] === 0);
}
