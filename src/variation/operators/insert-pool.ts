import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { edgesWhere, hasPositions, insertion, makeNode, sourceOfEdge } from './architecture-edits.ts';

/** Puts a pool on an edge with more than one position: over windows, or over all positions. */
export const insertPool: Operator<Architecture> = (architecture, settings, random) => {
  const edges = edgesWhere(architecture, settings, hasPositions);
  if (edges.length === 0) return null;
  const { edge } = random.pick(edges);
  const kind = random.pick(['max', 'mean'] as const);
  const source = sourceOfEdge(architecture, edge);
  if (random.uniform() < 0.3)
    return insertion(architecture, edge, [makeNode('globalPool', [source], { kind })], `globalPool ${kind}`);
  const size = random.pick([2, 2, 3]);
  const node = makeNode('pool', [source], { kind, kernel: size, stride: size });
  return insertion(architecture, edge, [node], `pool ${kind} of ${size}`);
};
