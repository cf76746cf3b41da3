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

/** Adds a little fresh noise to what stands on a random edge. */
export const insertNoise: Operator<UpdateRule> = (rule, _settings, random) => {
  const edge = random.pick(edgesOf(rule));
  const at = visibleFrom(rule, edge);
  const op = random.pick(['normal', 'uniform'] as const);
  const scale = random.pick([1e-4, 1e-3, 1e-2]);
  const inserted = insertNodes(rule, at, [
    { kind: 'op', op, args: [] },
    { kind: 'constant', value: scale },
    { kind: 'op', op: 'mul', args: [at, at + 1] },
    { kind: 'op', op: 'add', args: [sourceOf(rule, edge), at + 2] },
  ]);
  return {
    result: redirect(inserted.rule, moveEdge(edge, inserted.moved), at + 3),
    locus: edgeLocus(rule, edge),
    before: edgeText(rule, edge),
    after: `+ ${scale} ${op}()`,
  };
};
