/** Update rule -> text that people read, write, diff and paste. States are named s1, s2 ..., values used more than once v1, v2 ... */
import { callNesting, isReadable, leafNesting, maxNesting, type Nesting } from '../../notation/nesting.ts';
import { printExpression, printStatement } from '../../notation/print.ts';
import type { Expression, Statement } from '../../notation/syntax.ts';
import { type RuleOp, ruleOps } from './ops.ts';
import { readCounts } from './traverse.ts';
import type { UpdateRule } from './update-rule.ts';

const at = { line: 0, column: 0 };

/** The whole program. Reading it back gives the same canonical rule. */
export function printUpdateRule(rule: UpdateRule): string {
  return ruleStatements(rule)
    .map((statement) => `${printStatement(statement)}\n`)
    .join('');
}

/** The name of a node where it has one, else its expression: how mutation logs and messages speak of a place. */
export function ruleNodeText(rule: UpdateRule, index: number): string {
  const names = nodeNames(rule);
  return names.get(index) ?? printExpression(expressionOf(rule, index, names, true));
}

function ruleStatements(rule: UpdateRule): Statement[] {
  const names = nodeNames(rule);
  const statements: Statement[] = rule.states.flatMap((state, slot) =>
    state.initial === 0 ? [] : [{ kind: 'init', name: stateName(slot), value: state.initial, at }],
  );
  const assign = (name: string, value: Expression) => statements.push({ kind: 'assign', name, value, at });
  for (const index of rule.nodes.keys()) {
    const name = names.get(index);
    if (name !== undefined) assign(name, expressionOf(rule, index, names, true));
    if (index === rule.output && name !== 'u') assign('u', expressionOf(rule, index, names, false));
  }
  for (const [slot, state] of rule.states.entries()) {
    if (names.get(state.next) !== stateName(slot))
      assign(stateName(slot), expressionOf(rule, state.next, names, false));
  }
  return statements;
}

const stateName = (slot: number) => `s${slot + 1}`;

/** Names of the nodes that get a line of their own: what states are set to, ops that are read more than once, and parts of what would nest too deep to be read back. */
function nodeNames(rule: UpdateRule): Map<number, string> {
  const names = new Map<number, string>();
  for (const [slot, state] of rule.states.entries()) {
    if (rule.nodes[state.next]!.kind === 'op' && !names.has(state.next))
      names.set(state.next, stateName(slot));
  }
  let values = 0;
  const counts = readCounts(rule);
  const parts = partsOfItsOwn(rule, (index) => counts[index]! > 1 || names.has(index));
  for (const [index, count] of counts.entries()) {
    if (rule.nodes[index]!.kind !== 'op' || names.has(index)) continue;
    if (index === rule.output && count === 1) names.set(index, 'u');
    else if (count > 1 || parts.has(index)) names.set(index, `v${++values}`);
  }
  return names;
}

/** Nodes read once that must be named all the same, as what reads them would nest too deep. Arguments stand before their readers. */
function partsOfItsOwn(rule: UpdateRule, isNamed: (index: number) => boolean): ReadonlySet<number> {
  const parts = new Set<number>();
  if (rule.nodes.length <= fewestNodesTooDeep) return parts;
  const inline = (index: number) => (isNamed(index) || parts.has(index) ? leafNesting : nestings[index]!);
  const nestings: Nesting[] = [];
  for (const node of rule.nodes) {
    if (node.kind !== 'op') {
      nestings.push(leafNesting);
      continue;
    }
    const nesting = () => {
      const attributes =
        (node.over === undefined ? 0 : 1) + ((ruleOps[node.op] as RuleOp).count === undefined ? 0 : 1);
      const isNumber = rule.nodes[node.args[0]!]?.kind === 'constant';
      return callNesting(node.op, node.args.map(inline), isNumber, attributes);
    };
    let own = nesting();
    if (!isReadable(own)) {
      for (const arg of node.args) if (inline(arg).height > 0) parts.add(arg);
      own = nesting();
    }
    nestings.push(own);
  }
  return parts;
}

/** No program of fewer nodes can nest too deep: an op adds at most two to the depth. */
const fewestNodesTooDeep = maxNesting / 2;

/** `expand` writes the node itself even where it has a name. */
function expressionOf(
  rule: UpdateRule,
  index: number,
  names: ReadonlyMap<number, string>,
  expand: boolean,
): Expression {
  const name = names.get(index);
  if (name !== undefined && !expand) return { kind: 'name', name, at };
  const node = rule.nodes[index]!;
  switch (node.kind) {
    case 'input':
      return { kind: 'name', name: node.input, at };
    case 'constant':
      return { kind: 'number', value: node.value, at };
    case 'state':
      return { kind: 'previous', name: stateName(node.slot), at };
    case 'op': {
      const args = node.args.map((arg) => expressionOf(rule, arg, names, false));
      const count = (ruleOps[node.op] as RuleOp).count;
      const attributes = [
        ...(node.over === undefined ? [] : [{ key: 'over', value: node.over, at }]),
        ...(count === undefined ? [] : [{ key: count.key, value: node.count ?? count.default, at }]),
      ];
      return { kind: 'call', op: node.op, args, attributes, at };
    }
  }
}
