import { ruleOps } from '../../genome/update-rule/ops.ts';
import type { RuleNode, UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocus,
  edgesOf,
  edgeText,
  insertNodes,
  moveEdge,
  opNamesOf,
  randomLeaf,
  redirect,
  sourceOf,
  visibleFrom,
} from './rule-edits.ts';

/** Puts a random op on a random edge of the program: its first argument is what stood there, the others are values in sight or fresh leaves. */
export const insertOp: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const op = random.pick(opNamesOf('pointwise'));
  const at = visibleFrom(rule, edge);
  const leaves: RuleNode[] = [];
  const others = Array.from({ length: ruleOps[op].args - 1 }, () => {
    if (at > 0 && random.uniform() < 0.5) return random.below(at);
    return at + leaves.push(randomLeaf(random)) - 1;
  });
  const args = [sourceOf(rule, edge), ...others];
  if (args.length === 2 && random.uniform() < 0.5) args.reverse();
  const inserted = insertNodes(rule, at, [...leaves, { kind: 'op', op, args }]);
  return {
    result: redirect(inserted.rule, moveEdge(edge, inserted.moved), at + leaves.length),
    locus: edgeLocus(rule, edge),
    before: edgeText(rule, edge),
    after: op,
  };
};
