import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { edgesOfArchitecture, insertion, makeNode, sourceOfEdge } from './architecture-edits.ts';

/** Puts dropout on a random edge. */
export const insertDropout: Operator<Architecture> = (architecture, _settings, random) => {
  const edge = random.pick(edgesOfArchitecture(architecture));
  const rate = random.pick([0.1, 0.2, 0.5]);
  const node = makeNode('dropout', [sourceOfEdge(architecture, edge)], { rate });
  return insertion(architecture, edge, [node], `dropout(rate: ${rate})`);
};
