import { ruleNodeText } from '../../genome/update-rule/print.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocus,
  edgesOf,
  edgeText,
  insertNodes,
  moveEdge,
  randomLeaf,
  redirect,
  sourceOf,
  visibleFrom,
} from './rule-edits.ts';

/** Lets a random edge read another value in sight: an input, a constant, a state or an earlier op. */
export const rewire: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const at = visibleFrom(rule, edge);
  const candidates = [...rule.nodes.keys()].filter((i) => i < at && i !== sourceOf(rule, edge));
  const locus = edgeLocus(rule, edge);
  const before = edgeText(rule, edge);
  if (candidates.length > 0 && random.uniform() < 0.7) {
    const target = random.pick(candidates);
    return { result: redirect(rule, edge, target), locus, before, after: ruleNodeText(rule, target) };
  }
  const leaf =
    random.uniform() < 0.3 && rule.states.length > 0
      ? ({ kind: 'state', slot: random.below(rule.states.length) } as const)
      : randomLeaf(random);
  const inserted = insertNodes(rule, at, [leaf]);
  return {
    result: redirect(inserted.rule, moveEdge(edge, inserted.moved), at),
    locus,
    before,
    after: ruleNodeText(inserted.rule, at),
  };
};
