import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** Puts matrix preconditioners on both sides of what stands on a random edge: roots of running sums of g g' and g' g, as in Shampoo. Two new states. */
export const insertPreconditioner: Operator<UpdateRule> = (rule, settings, random) => {
  if (rule.states.length + 2 > settings.limits.ruleStates) return null;
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const g = patch.input('g');
  const across = patch.op('transpose', [g]);
  const root = patch.constant(random.pick([2, 4]));
  const isAverage = random.uniform() < 0.5;
  const slot = rule.states.length;
  const sums = [
    [g, across],
    [across, g],
  ].map((factors, i) => {
    const [old, gram] = [patch.state(slot + i), patch.op('matmul', factors)];
    return isAverage ? patch.op('lerp', [old, gram, patch.constant(0.95)]) : patch.op('add', [old, gram]);
  }) as [number, number];
  const left = patch.op('matmul', [patch.op('inverseRoot', [sums[0], root]), sourceOf(rule, edge)]);
  const target = patch.op('matmul', [left, patch.op('inverseRoot', [sums[1], root])]);
  const grafted = graft(rule, edge, patch, target);
  return {
    result: { ...grafted, states: [...grafted.states, ...sums.map((next) => ({ next, initial: 1e-4 }))] },
    ...atEdge(rule, edge),
    after: `inverse roots on both sides`,
  };
};
