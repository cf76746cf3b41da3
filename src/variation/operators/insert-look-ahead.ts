import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** What stands on a random edge is replaced by the gradient a small way along it: extra gradients look down, sharpness-aware minimization looks up. */
export const insertLookAhead: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const way = random.pick([-0.1, -0.01, -0.001, 0.001, 0.01, 0.05]);
  const source = sourceOf(rule, edge);
  const isNormalised = random.uniform() < 0.5;
  const direction = isNormalised
    ? patch.op('div', [source, patch.op('norm', [source], { over: 'all' })])
    : source;
  const target = patch.op('gradAt', [patch.op('mul', [patch.constant(way), direction])]);
  return {
    result: graft(rule, edge, patch, target),
    ...atEdge(rule, edge),
    after: `gradAt(${way} * ...)`,
  };
};
