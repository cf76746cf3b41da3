import { type RuleOp, ruleOps } from '../../genome/update-rule/ops.ts';
import { ruleNodeText } from '../../genome/update-rule/print.ts';
import type { Scope, UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { opIndices, opNamesOf, type RuleOpNode, replaceNode } from './rule-edits.ts';

/** Changes an op into another of the same kind and number of arguments; for a reduction it may be the scope that changes. */
export const alterOp: Operator<UpdateRule> = (rule, _settings, random) => {
  const indices = opIndices(rule);
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const node = rule.nodes[index] as RuleOpNode;
  const locus = ruleNodeText(rule, index);
  if (node.over !== undefined && random.uniform() < 0.5) {
    const over = random.pick(
      (['row', 'col', 'tensor', 'all'] as const).filter((scope: Scope) => scope !== node.over),
    );
    return {
      result: replaceNode(rule, index, (old) => ({ ...(old as RuleOpNode), over })),
      locus,
      before: `over: ${node.over}`,
      after: `over: ${over}`,
    };
  }
  const { kind, args, count: before }: RuleOp = ruleOps[node.op];
  const others = opNamesOf(kind).filter((name) => name !== node.op && ruleOps[name].args === args);
  if (others.length === 0) return null;
  const op = random.pick(others);
  const { count }: RuleOp = ruleOps[op];
  const { count: _dropped, ...kept } = node;
  const changed: RuleOpNode = {
    ...kept,
    op,
    ...(count === undefined ? {} : { count: before?.key === count.key ? node.count! : count.default }),
  };
  return {
    result: replaceNode(rule, index, () => changed),
    locus,
    before: node.op,
    after: op,
  };
};
