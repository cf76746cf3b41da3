import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** Puts L-BFGS on a random edge: what stood there is multiplied by the inverse Hessian of the last steps, whose pairs are taken on one batch. Two new states. */
export const insertHistory: Operator<UpdateRule> = (rule, settings, random) => {
  if (rule.states.length + 2 > settings.limits.ruleStates) return null;
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const slot = rule.states.length;
  const memory = random.pick([3, 5, 10]);
  const args = [sourceOf(rule, edge), patch.state(slot), patch.state(slot + 1)];
  const grafted = graft(rule, edge, patch, patch.op('lbfgs', args, { count: memory }));
  const pair = patchAt(grafted.nodes.length);
  const change = pair.op('sub', [pair.op('gradAt', [grafted.output]), pair.input('g')]);
  return {
    result: {
      ...grafted,
      nodes: [...grafted.nodes, ...pair.nodes],
      states: [...grafted.states, { next: grafted.output, initial: 0 }, { next: change, initial: 0 }],
    },
    ...atEdge(rule, edge),
    after: `lbfgs, memory ${memory}`,
  };
};
