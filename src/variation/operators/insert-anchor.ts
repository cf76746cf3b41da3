import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import { atEdge, edgesOf, graft, patchAt, sourceOf, visibleFrom } from './rule-edits.ts';

/** Corrects what stands on a random edge by the gradients at an anchor, which is renewed from time to time with its full gradient: SVRG. Three new states. */
export const insertAnchor: Operator<UpdateRule> = (rule, settings, random) => {
  if (rule.states.length + 3 > settings.limits.ruleStates) return null;
  const edge = random.pick(edgesOf(rule));
  const patch = patchAt(visibleFrom(rule, edge));
  const { op, constant, input, state } = patch;
  const slot = rule.states.length;
  const period = random.pick([20, 50, 100]);
  const [one, w, left] = [constant(1), input('w'), state(slot)];
  const isFresh = op('less', [left, one]);
  const counter = op('where', [isFresh, constant(period - 1), op('sub', [left, one])]);
  const anchor = op('where', [isFresh, w, state(slot + 1)]);
  const full = op('where', [isFresh, op('fullGradAt', [constant(0), isFresh]), state(slot + 2)]);
  const there = op('gradAt', [op('sub', [anchor, w])]);
  const target = op('add', [op('sub', [sourceOf(rule, edge), there]), full]);
  const grafted = graft(rule, edge, patch, target);
  const states = [counter, anchor, full].map((next) => ({ next, initial: 0 }));
  return {
    result: { ...grafted, states: [...grafted.states, ...states] },
    ...atEdge(rule, edge),
    after: `anchor every ${period} steps`,
  };
};
