import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { edgesWhere, insertion, makeNode, pickUnits, sourceOfEdge } from './architecture-edits.ts';

/** Puts an embedding on an edge with one channel: numbers become tokens, tokens become learned vectors. */
export const insertEmbed: Operator<Architecture> = (architecture, settings, random) => {
  const edges = edgesWhere(architecture, settings, (shape) => shape[2] === 1);
  if (edges.length === 0) return null;
  const { edge } = random.pick(edges);
  const tokens = random.pick([2, 4, 16, 64]);
  const units = pickUnits(settings, random);
  const node = makeNode('embed', [sourceOfEdge(architecture, edge)], { tokens, units });
  return insertion(architecture, edge, [node], `embed(tokens: ${tokens}, units: ${units})`);
};
