import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** Orthogonalizes what stands on a random edge, tensor by tensor. Momentum and this edit make Muon. */
export const insertOrthogonalization: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const target = patch.op('orthogonalize', [sourceOf(rule, edge)]);
  return { result: graft(rule, edge, patch, target), ...atEdge(rule, edge), after: 'orthogonalize' };
};
