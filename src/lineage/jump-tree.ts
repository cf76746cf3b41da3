/**
 * A forest that grows by leaves, with skew-binary jump pointers (Myers 1983): ancestor queries in O(log n), O(1) at insertion.
 * jump(x) = jump(jump(p)) if depth(p) - depth(jump(p)) = depth(jump(p)) - depth(jump(jump(p))), else p. A root jumps to itself.
 */
export interface JumpTree {
  readonly size: number;
  /** Adds node number `size`; `parent` is an earlier node, or null for a root. */
  add(parent: number | null): { readonly depth: number; readonly jump: number };
  depth(node: number): number;
  jump(node: number): number;
}

/** A tree without nodes. Nodes are numbered in the order of adding, parents before children. */
export function createJumpTree(capacity = 1024): JumpTree {
  let depths = new Int32Array(capacity);
  let jumps = new Int32Array(capacity);
  let size = 0;
  const grow = () => {
    depths = enlarged(depths);
    jumps = enlarged(jumps);
  };
  return {
    get size() {
      return size;
    },
    add(parent) {
      if (size === depths.length) grow();
      const node = size++;
      depths[node] = parent === null ? 0 : depths[parent]! + 1;
      jumps[node] = parent === null ? node : jumpBelow(parent);
      return { depth: depths[node]!, jump: jumps[node]! };
    },
    depth: (node) => depths[node]!,
    jump: (node) => jumps[node]!,
  };

  function jumpBelow(parent: number): number {
    const near = jumps[parent]!;
    const far = jumps[near]!;
    return depths[parent]! - depths[near]! === depths[near]! - depths[far]! ? far : parent;
  }
}

function enlarged(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
