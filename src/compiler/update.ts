/** Update rule -> typed and scheduled update: constants folded, shapes inferred, and each node put in the pass in which it can be computed. */
import { type RuleOpName, ruleOps } from '../genome/update-rule/ops.ts';
import { inferValueShapes } from '../genome/update-rule/shapes.ts';
import type { RuleNode, UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Update, UpdateNode } from './program.ts';
import { isPointwiseOp, scalarOps } from './scalar-ops.ts';

/** Folds constants, infers shapes and finds the pass of every node. The rule has been validated. */
export function scheduleUpdate(rule: UpdateRule): Update {
  const folded = { ...rule, nodes: foldConstants(rule.nodes) };
  const shapes = inferValueShapes(folded);
  const nodes: UpdateNode[] = [];
  for (const [index, node] of folded.nodes.entries()) {
    const pass =
      node.kind === 'op'
        ? node.args.reduce((latest, arg) => Math.max(latest, readableFrom(nodes[arg]!)), 0)
        : 0;
    nodes.push({ ...node, shape: shapes.nodes[index]!, pass });
  }
  return {
    nodes,
    states: rule.states.map((state, slot) => ({ ...state, shape: shapes.states[slot]! })),
    output: rule.output,
    passes: 1 + nodes.reduce((latest, node) => Math.max(latest, readableFrom(node)), 0),
  };
}

/** Whether a value is complete only once its pass has ended: reductions are summed during the pass, whole ops are computed after it. */
export const closesPass = (node: RuleNode): boolean =>
  node.kind === 'op' && (ruleOps[node.op].kind === 'reduction' || ruleOps[node.op].kind === 'whole');

/** The first pass in which a value can be read. */
const readableFrom = (node: UpdateNode): number => node.pass + (closesPass(node) ? 1 : 0);

/**
 * What a pass computes for `roots`: those, and the pointwise nodes below them that are not one number for all (which are computed once, before the loops), in program order. Pointwise
 * values that several passes need are computed in each.
 */
export function nodesNeeded(nodes: readonly UpdateNode[], roots: readonly number[], pass: number): number[] {
  const seen = new Set<number>(roots);
  // A set is walked in the order in which it grows; no recursion, as rules may be deep.
  for (const index of seen) {
    const node = nodes[index]!;
    if (node.kind !== 'op' || ruleOps[node.op].kind !== 'pointwise') continue;
    if (node.shape !== 'all' && node.pass <= pass) for (const arg of node.args) seen.add(arg);
  }
  return [...seen].sort((a, b) => a - b);
}

/** Ops on constants alone are computed now; indices stay as they are. `debias` depends on t and is left. */
function foldConstants(nodes: readonly RuleNode[]): RuleNode[] {
  const folded: RuleNode[] = [];
  for (const node of nodes) folded.push(foldOne(node, folded));
  return folded;
}

function foldOne(node: RuleNode, before: readonly RuleNode[]): RuleNode {
  if (node.kind !== 'op' || !isPointwiseOp(node.op) || node.op === 'debias') return node;
  const args = node.args.map((arg) => before[arg]!);
  if (!args.every((arg) => arg.kind === 'constant')) return node;
  const value = scalarOps[node.op as Exclude<RuleOpName & keyof typeof scalarOps, 'debias'>](
    ...(args.map((arg) => arg.value) as [number, number, number]),
  );
  return Number.isFinite(value) ? { kind: 'constant', value } : node;
}
