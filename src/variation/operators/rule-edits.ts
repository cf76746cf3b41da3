/** Small edits of update-rule programs that the operators share. A program is topologically ordered, so inserted nodes push later indices up. */
import { type RuleOp, type RuleOpName, ruleOps } from '../../genome/update-rule/ops.ts';
import { ruleNodeText } from '../../genome/update-rule/print.ts';
import type { RuleInput, RuleNode, Scope, UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { exp } from '../../numerics/elementary.ts';
import type { Random } from '../../random/stream.ts';
import { shortNumber } from '../operator.ts';

/** A node of an update rule that computes something, as against an input, a constant or a state. */
export type RuleOpNode = Extract<RuleNode, { kind: 'op' }>;

/** The ops of one kind, in the order of the table. */
export const opNamesOf = (kind: RuleOp['kind']): RuleOpName[] =>
  (Object.keys(ruleOps) as RuleOpName[]).filter((name) => ruleOps[name].kind === kind);

/** Indices of the nodes that are ops. */
export const opIndices = (rule: UpdateRule): number[] =>
  [...rule.nodes.keys()].filter((i) => rule.nodes[i]!.kind === 'op');

/** A place where a value is read: argument `arg` of node `reader`, the output, or what a state is set to. */
export type Edge =
  | { readonly kind: 'arg'; readonly reader: number; readonly arg: number }
  | { readonly kind: 'output' }
  | { readonly kind: 'state'; readonly slot: number };

/** Every place where a value is read: arguments of ops in their order, then the output, then what each state is set to. */
export function edgesOf(rule: UpdateRule): Edge[] {
  const args = rule.nodes.flatMap((node, reader) =>
    node.kind === 'op' ? node.args.map((_, arg): Edge => ({ kind: 'arg', reader, arg })) : [],
  );
  return [...args, { kind: 'output' }, ...rule.states.map((_, slot): Edge => ({ kind: 'state', slot }))];
}

/** Index of the node that is read at the edge. */
export function sourceOf(rule: UpdateRule, edge: Edge): number {
  if (edge.kind === 'output') return rule.output;
  return edge.kind === 'state'
    ? rule.states[edge.slot]!.next
    : (rule.nodes[edge.reader] as RuleOpNode).args[edge.arg]!;
}

/** Nodes that may stand at an edge: what its reader can see. */
export const visibleFrom = (rule: UpdateRule, edge: Edge): number =>
  edge.kind === 'arg' ? edge.reader : rule.nodes.length;

/** The rule with the edge reading `target` instead. */
export function redirect(rule: UpdateRule, edge: Edge, target: number): UpdateRule {
  if (edge.kind === 'output') return { ...rule, output: target };
  if (edge.kind === 'state')
    return {
      ...rule,
      states: rule.states.map((state, slot) => (slot === edge.slot ? { ...state, next: target } : state)),
    };
  return replaceNode(
    rule,
    edge.reader,
    (node) =>
      ({
        ...node,
        args: (node as RuleOpNode).args.map((arg, i) => (i === edge.arg ? target : arg)),
      }) as RuleNode,
  );
}

/** The rule with the node at an index changed. */
export function replaceNode(
  rule: UpdateRule,
  index: number,
  change: (node: RuleNode) => RuleNode,
): UpdateRule {
  return { ...rule, nodes: rule.nodes.map((node, i) => (i === index ? change(node) : node)) };
}

/** New nodes placed before index `at`; `make` gets the index of the first. Later nodes and everything that points to them move up. */
export function insertNodes(
  rule: UpdateRule,
  at: number,
  inserted: readonly RuleNode[],
): { readonly rule: UpdateRule; moved(index: number): number } {
  const moved = (index: number) => (index >= at ? index + inserted.length : index);
  const shifted = rule.nodes.map((node) =>
    node.kind === 'op' ? { ...node, args: node.args.map(moved) } : node,
  );
  return {
    moved,
    rule: {
      nodes: [...shifted.slice(0, at), ...inserted, ...shifted.slice(at)],
      states: rule.states.map((state) => ({ ...state, next: moved(state.next) })),
      output: moved(rule.output),
    },
  };
}

/** Nodes to be put before index `at`, built one after the other: each call gives the index that its node will have. */
export function patchAt(at: number) {
  const nodes: RuleNode[] = [];
  const put = (node: RuleNode) => at + nodes.push(node) - 1;
  return {
    nodes: nodes as readonly RuleNode[],
    constant: (value: number) => put({ kind: 'constant', value }),
    input: (input: RuleInput) => put({ kind: 'input', input }),
    state: (slot: number) => put({ kind: 'state', slot }),
    op: (
      op: RuleOpName,
      args: readonly number[],
      more: { readonly over?: Scope; readonly count?: number } = {},
    ) => put({ kind: 'op', op, args, ...more }),
  };
}

/** The rule with a patch before what the edge's reader sees, and the edge reading `target`, a node of the patch or before it. */
export function graft(
  rule: UpdateRule,
  edge: Edge,
  patch: ReturnType<typeof patchAt>,
  target: number,
): UpdateRule {
  const inserted = insertNodes(rule, visibleFrom(rule, edge), patch.nodes);
  return redirect(inserted.rule, moveEdge(edge, inserted.moved), target);
}

/** What the lineage keeps of a change at an edge. */
export const atEdge = (rule: UpdateRule, edge: Edge) => ({
  locus: edgeLocus(rule, edge),
  before: edgeText(rule, edge),
});

/** The same edge after nodes have moved to other indices. */
export const moveEdge = (edge: Edge, moved: (index: number) => number): Edge =>
  edge.kind === 'arg' ? { ...edge, reader: moved(edge.reader) } : edge;

/** A fresh leaf: an input, or a constant over twelve decades, sometimes near 0, 1 or 2. */
export function randomLeaf(random: Random): RuleNode {
  const inputs: readonly RuleInput[] = ['g', 'g', 'w', 't', 'L'];
  return random.uniform() < 0.5
    ? { kind: 'input', input: random.pick(inputs) }
    : { kind: 'constant', value: randomConstant(random) };
}

/** A constant to start with: in three of ten cases a usual one, else log-normal around e^-6 with a standard deviation of 3 in the exponent, one in five negative. */
export function randomConstant(random: Random): number {
  if (random.uniform() < 0.3) return random.pick([0.5, 0.9, 0.99, 0.999, 1, 2]);
  return shortNumber((random.uniform() < 0.2 ? -1 : 1) * exp(-6 + 3 * random.normal()));
}

/** The text of what stands at an edge, for the mutation log. */
export const edgeText = (rule: UpdateRule, edge: Edge): string => ruleNodeText(rule, sourceOf(rule, edge));

/** How the mutation log names an edge: `u` for the output, `s1` ... for a state, else the reader and which of its arguments, from 1. */
export const edgeLocus = (rule: UpdateRule, edge: Edge): string =>
  edge.kind === 'output'
    ? 'u'
    : edge.kind === 'state'
      ? `s${edge.slot + 1}`
      : `${ruleNodeText(rule, edge.reader)} [${edge.arg + 1}]`;
