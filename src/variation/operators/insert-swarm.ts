import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** A particle swarm in the place of what stands on a random edge, or added to it. */
export const insertSwarm: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const particles = random.pick([4, 8, 20]);
  const parts = [random.pick([0.01, 0.1, 1]), 0.72984, 1.49618].map(patch.constant);
  const swarm = patch.op('swarm', parts, { count: particles });
  const isAdded = random.uniform() < 0.3;
  const target = isAdded ? patch.op('add', [sourceOf(rule, edge), swarm]) : swarm;
  return {
    result: graft(rule, edge, patch, target),
    ...atEdge(rule, edge),
    after: `${isAdded ? '+ ' : ''}swarm of ${particles}`,
  };
};
