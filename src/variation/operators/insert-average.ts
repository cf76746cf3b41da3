import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocus,
  edgesOf,
  edgeText,
  insertNodes,
  moveEdge,
  redirect,
  sourceOf,
  visibleFrom,
} from './rule-edits.ts';

/** Puts an exponential moving average on a random edge: x becomes lerp(s', x, beta), a new state. Momentum and second moments are this edit. */
export const insertAverage: Operator<UpdateRule> = (rule, settings, random) => {
  if (rule.states.length >= settings.limits.ruleStates) return null;
  const edge = random.pick(edgesOf(rule));
  const beta = random.pick([0.5, 0.9, 0.95, 0.99, 0.999]);
  const at = visibleFrom(rule, edge);
  const slot = rule.states.length;
  const inserted = insertNodes(rule, at, [
    { kind: 'state', slot },
    { kind: 'constant', value: beta },
    { kind: 'op', op: 'lerp', args: [at, sourceOf(rule, edge), at + 1] },
  ]);
  const withState = { ...inserted.rule, states: [...inserted.rule.states, { next: at + 2, initial: 0 }] };
  return {
    result: redirect(withState, moveEdge(edge, inserted.moved), at + 2),
    locus: edgeLocus(rule, edge),
    before: edgeText(rule, edge),
    after: `lerp(s', ..., ${beta})`,
  };
};
