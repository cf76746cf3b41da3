/** Update rule -> text that people read, write, diff and paste. States are named s1, s2 ..., values used more than once v1, v2 ... */
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

/** Names of the nodes that get a line of their own: what states are set to, and ops that are read more than once. */
function nodeNames(rule: UpdateRule): Map<number, string> {
  const names = new Map<number, string>();
  for (const [slot, state] of rule.states.entries()) {
    if (rule.nodes[state.next]!.kind === 'op' && !names.has(state.next))
      names.set(state.next, stateName(slot));
  }
  let values = 0;
  for (const [index, count] of readCounts(rule).entries()) {
    if (rule.nodes[index]!.kind !== 'op' || names.has(index)) continue;
    if (index === rule.output && count === 1) names.set(index, 'u');
    else if (count > 1) names.set(index, `v${++values}`);
  }
  return names;
}

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
