/**
 * The canonical form of an update rule, version 1: dead code dropped, common subexpressions merged (what is random excepted: two draws are two draws),
 * arguments of commutative ops and states in an order that does not depend on names or on the order of lines. Behaviour is unchanged to the bit.
 */
import { postorder } from '../postorder.ts';
import { structuralHash } from '../structural-hash.ts';
import { ruleOps } from './ops.ts';
import type { RuleNode, RuleState, UpdateRule } from './update-rule.ts';

const isCommutative = (node: RuleNode) =>
  node.kind === 'op' && (ruleOps[node.op] as { commutative?: true }).commutative === true;
const isRandom = (node: RuleNode) =>
  node.kind === 'op' && (ruleOps[node.op] as { random?: true }).random === true;

/** Any update rule in canonical form. Applied to a canonical one it gives an equal one. */
export function canonicalUpdateRule(rule: UpdateRule): UpdateRule {
  const signatures = nodeSignatures(rule);
  return arranged(rule, (args) => inOrderOf(args, signatures));
}

/** The canonical form of a rule whose commutative arguments are known to be in order, as they are in canonical text: without the signatures, which cost most. */
export const canonicalInOrder = (rule: UpdateRule): UpdateRule => arranged(rule, (args) => args);

/** The two arguments of a commutative op, the one of the lesser key first. */
function inOrderOf(args: readonly number[], keys: readonly number[]): readonly number[] {
  const [first, second] = args as [number, number];
  return keys[first]! <= keys[second]! ? args : [second, first];
}

function arranged(
  rule: UpdateRule,
  inOrder: (commutativeArgs: readonly number[]) => readonly number[],
): UpdateRule {
  const nodes: RuleNode[] = [];
  const byContent = new Map<string, number>();
  /** Where each node went; -1 before it is placed. */
  const moved = new Int32Array(rule.nodes.length).fill(-1);
  const slots = new Map<number, number>();
  const order: number[] = [];

  function argsOf(old: number): readonly number[] {
    const node = rule.nodes[old]!;
    if (node.kind !== 'op') return [];
    return isCommutative(node) ? inOrder(node.args) : node.args;
  }

  function place(old: number, args: readonly number[]): void {
    const node = rebuilt(rule.nodes[old]!, args);
    const content = contentOf(node);
    let index = isRandom(node) ? undefined : byContent.get(content);
    if (index === undefined) {
      index = nodes.push(Object.freeze(node)) - 1;
      byContent.set(content, index);
    }
    moved[old] = index;
  }

  function rebuilt(node: RuleNode, args: readonly number[]): RuleNode {
    if (node.kind === 'op') return { ...node, args: args.map((arg) => moved[arg]!) };
    if (node.kind !== 'state') return node;
    let slot = slots.get(node.slot);
    if (slot === undefined) {
      slot = order.push(node.slot) - 1;
      slots.set(node.slot, slot);
    }
    return { kind: 'state', slot };
  }

  function emit(old: number): number {
    postorder(old, argsOf, (node) => moved[node]! >= 0, place);
    return moved[old]!;
  }

  const output = emit(rule.output);
  const states: RuleState[] = [];
  // `order` grows while the states' own programs are emitted.
  for (let i = 0; i < order.length; i++) {
    const state = rule.states[order[i]!]!;
    states.push({ next: emit(state.next), initial: state.initial });
  }
  return { nodes, states, output };
}

/** Equal for equal nodes, and for no others. */
function contentOf(node: RuleNode): string {
  switch (node.kind) {
    case 'input':
      return node.input;
    case 'constant':
      return `constant ${node.value}`;
    case 'state':
      return `previous ${node.slot}`;
    case 'op':
      return `${node.op} ${node.args.join(' ')} ${node.over ?? ''} ${node.count ?? ''}`;
  }
}

/** How many steps back states are followed to tell them apart. Fixed, so that a signature does not depend on what else the program holds. */
const unrolledSteps = 4;

/** A number per node that depends on what it computes and on nothing else; states are told apart by unrolling them a few steps. */
function nodeSignatures(rule: UpdateRule): readonly number[] {
  const nodes: number[] = [];
  /** The same numbers as text: each is written once, however many read it. */
  const texts: string[] = [];
  let states = rule.states.map(({ initial }) => String(structuralHash(`initial ${initial}`)));
  const fed: boolean[] = [];
  for (let round = 0; round < unrolledSteps; round++) {
    for (const [index, node] of rule.nodes.entries()) {
      // What no state feeds is the same in every round.
      if (round === 0)
        fed.push(node.kind === 'state' || (node.kind === 'op' && node.args.some((arg) => fed[arg]!)));
      if (round > 0 && !fed[index]!) continue;
      nodes[index] = signatureOf(node, nodes, texts, states);
      texts[index] = String(nodes[index]);
    }
    states = rule.states.map(({ initial, next }) =>
      String(structuralHash(`state ${initial} `, texts[next]!)),
    );
  }
  return nodes;
}

function signatureOf(
  node: RuleNode,
  nodes: readonly number[],
  texts: readonly string[],
  states: readonly string[],
): number {
  switch (node.kind) {
    case 'input':
      return structuralHash('input ', node.input);
    case 'constant':
      return structuralHash('constant ', String(node.value));
    case 'state':
      return structuralHash('previous ', states[node.slot]!);
    case 'op': {
      const args = isCommutative(node) ? inOrderOf(node.args, nodes) : node.args;
      const pieces: string[] = [node.op, ' '];
      for (const [i, arg] of args.entries()) {
        if (i > 0) pieces.push(' ');
        pieces.push(texts[arg]!);
      }
      pieces.push(' ', String(node.over ?? node.count ?? ''));
      return structuralHash(...pieces);
    }
  }
}
