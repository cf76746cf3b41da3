import { type RuleOp, ruleOps } from '../../genome/update-rule/ops.ts';
import { ruleNodeText } from '../../genome/update-rule/print.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator } from '../operator.ts';
import { opIndices, type RuleOpNode, replaceNode } from './rule-edits.ts';

/** Changes the number that belongs to an op by a log-normal factor: tries, memory, particles, pairs. */
export const alterCount: Operator<UpdateRule> = (rule, _settings, random) => {
  const indices = opIndices(rule).filter((i) => (rule.nodes[i] as RuleOpNode).count !== undefined);
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const node = rule.nodes[index] as RuleOpNode;
  const { key, min, max } = (ruleOps[node.op] as RuleOp).count!;
  const drawn = Math.round(logNormalStep(node.count!, 0.5, random, exp));
  const count = Math.min(Math.max(drawn, min), max);
  return {
    result: replaceNode(rule, index, (old) => ({ ...(old as RuleOpNode), count })),
    locus: ruleNodeText(rule, index),
    before: `${key}: ${node.count}`,
    after: `${key}: ${count}`,
  };
};
