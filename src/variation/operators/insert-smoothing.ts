import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, visibleFrom } from './rule-edits.ts';

/** A gradient of the smoothed loss, from losses alone, in the place of what stands on a random edge: evolution strategies. */
export const insertSmoothing: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const pairs = random.pick([2, 4, 8]);
  const sigma = random.pick([0.01, 0.02, 0.1]);
  const target = patch.op('smoothGrad', [patch.constant(sigma)], { count: pairs });
  return {
    result: graft(rule, edge, patch, target),
    ...atEdge(rule, edge),
    after: `smoothGrad of ${pairs} pairs`,
  };
};
