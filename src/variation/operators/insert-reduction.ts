import type { Scope, UpdateRule } from '../../genome/update-rule/update-rule.ts';
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

/** Divides or multiplies what stands on a random edge by a reduction of a value in sight: norms, means and maxima over rows, columns, tensors or all parameters. */
export const insertReduction: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const source = sourceOf(rule, edge);
  const at = visibleFrom(rule, edge);
  const over = random.pick<Scope>(['row', 'col', 'tensor', 'all']);
  const op = random.pick(['mean', 'norm', 'max', 'rms'] as const);
  const combine = random.pick(['div', 'div', 'mul'] as const);
  const of = random.uniform() < 0.5 ? source : random.below(at);
  const inserted = insertNodes(rule, at, [
    { kind: 'op', op, args: [of], over },
    { kind: 'op', op: combine, args: [source, at] },
  ]);
  return {
    result: redirect(inserted.rule, moveEdge(edge, inserted.moved), at + 1),
    locus: edgeLocus(rule, edge),
    before: edgeText(rule, edge),
    after: `${combine} ${op} over ${over}`,
  };
};
