import { ruleNodeText } from '../../genome/update-rule/print.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { opIndices, type RuleOpNode } from './rule-edits.ts';

/** Takes an op out of the program: whoever read it reads one of its arguments instead. */
export const deleteOp: Operator<UpdateRule> = (rule, _settings, random) => {
  const candidates = opIndices(rule).filter((i) => (rule.nodes[i] as RuleOpNode).args.length > 0);
  if (candidates.length === 0) return null;
  const index = random.pick(candidates);
  const kept = random.pick((rule.nodes[index] as RuleOpNode).args);
  const move = (i: number) => (i === index ? kept : i);
  const result: UpdateRule = {
    nodes: rule.nodes.map((node) => (node.kind === 'op' ? { ...node, args: node.args.map(move) } : node)),
    states: rule.states.map((state) => ({ ...state, next: move(state.next) })),
    output: move(rule.output),
  };
  return {
    result,
    locus: ruleNodeText(rule, index),
    before: (rule.nodes[index] as RuleOpNode).op,
    after: ruleNodeText(rule, kept),
  };
};
