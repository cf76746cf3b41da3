/** Order of evaluation of a graph of nodes, without recursion: a chain of any length needs no call stack. */

/**
 * Visits everything that `root` reads, directly or not, and then `root` itself: arguments before their readers and in their order, each once.
 * `argsOf` is asked once for each node visited; `isVisited` says which nodes need no visit (any more), and must be true of a node once `visit` was called with it.
 * The graph has no cycles.
 */
export function postorder(
  root: number,
  argsOf: (node: number) => readonly number[],
  isVisited: (node: number) => boolean,
  visit: (node: number, args: readonly number[]) => void,
): void {
  if (isVisited(root)) return;
  const nodes = [root];
  const args = [argsOf(root)];
  const next = [0];
  while (nodes.length > 0) {
    const top = nodes.length - 1;
    const arg = args[top]![next[top]!++];
    if (arg === undefined) {
      visit(nodes.pop()!, args.pop()!);
      next.pop();
    } else if (!isVisited(arg)) {
      nodes.push(arg);
      args.push(argsOf(arg));
      next.push(0);
    }
  }
}
