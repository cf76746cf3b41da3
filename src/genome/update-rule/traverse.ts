/** Small questions about the shape of an update rule's graph. */
import type { UpdateRule } from './update-rule.ts';

/** How often each node is read: by ops, and once more if it is the output. */
export function readCounts(rule: UpdateRule): number[] {
  const counts = rule.nodes.map(() => 0);
  for (const node of rule.nodes) {
    if (node.kind === 'op') for (const arg of node.args) counts[arg]! += 1;
  }
  counts[rule.output]! += 1;
  return counts;
}

/** Ops in the rule: its length as a program. */
export const instructionCount = (rule: UpdateRule): number =>
  rule.nodes.reduce((count, node) => count + (node.kind === 'op' ? 1 : 0), 0);
