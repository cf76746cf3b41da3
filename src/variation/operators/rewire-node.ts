import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocusOf,
  edgesOfArchitecture,
  edgeTextOf,
  replaceArchitectureNode,
  sightOf,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Lets a random edge read another activation in sight. */
export const rewireNode: Operator<Architecture> = (architecture, _settings, random) => {
  const edge = random.pick(edgesOfArchitecture(architecture));
  const source = sourceOfEdge(architecture, edge);
  const others = Array.from({ length: sightOf(architecture, edge) }, (_, i) => i).filter((i) => i !== source);
  if (others.length === 0) return null;
  const target = random.pick(others);
  const locus = edgeLocusOf(architecture, edge);
  const before = edgeTextOf(architecture, edge);
  const after = architectureNodeText(architecture, target);
  if (edge === 'output') return { result: { ...architecture, output: target }, locus, before, after };
  const reader = architecture.nodes[edge.reader]!;
  const inputs = reader.inputs.map((input, arg) => (arg === edge.arg ? target : input));
  return {
    result: replaceArchitectureNode(architecture, edge.reader, { ...reader, inputs }),
    locus,
    before,
    after,
  };
};
