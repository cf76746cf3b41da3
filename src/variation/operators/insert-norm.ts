import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocusOf,
  edgesOfArchitecture,
  edgeTextOf,
  insertOnEdge,
  makeNode,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Puts a norm on a random edge. */
export const insertNorm: Operator<Architecture> = (architecture, _settings, random) => {
  const edge = random.pick(edgesOfArchitecture(architecture));
  const op = random.pick(['layerNorm', 'rmsNorm', 'batchNorm'] as const);
  const result = insertOnEdge(architecture, edge, [makeNode(op, [sourceOfEdge(architecture, edge)])]);
  return {
    result,
    locus: edgeLocusOf(architecture, edge),
    before: edgeTextOf(architecture, edge),
    after: op,
  };
};
