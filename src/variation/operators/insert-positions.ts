import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { edgesWhere, hasPositions, insertion, makeNode, sourceOfEdge } from './architecture-edits.ts';

/** Adds a vector per position to what stands on an edge with more than one position, without which attention does not know their order. */
export const insertPositions: Operator<Architecture> = (architecture, settings, random) => {
  const edges = edgesWhere(architecture, settings, hasPositions);
  if (edges.length === 0) return null;
  const { edge } = random.pick(edges);
  const kind = random.pick(['learned', 'sinusoid'] as const);
  const node = makeNode('positions', [sourceOfEdge(architecture, edge)], { kind });
  return insertion(architecture, edge, [node], `${kind} positions`);
};
