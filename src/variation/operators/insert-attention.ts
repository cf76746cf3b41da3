import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import {
  divisorsOf,
  edgesWhere,
  hasPositions,
  insertion,
  makeNode,
  pickUnits,
  sightOf,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Puts self-attention on an edge with more than one position, alone or added to what stood there. */
export const insertAttention: Operator<Architecture> = (architecture, settings, random) => {
  const edges = edgesWhere(architecture, settings, hasPositions);
  if (edges.length === 0) return null;
  const { edge } = random.pick(edges);
  const source = sourceOfEdge(architecture, edge);
  const units = pickUnits(settings, random);
  const heads = random.pick(divisorsOf(units).filter((count) => count <= 8));
  const causal = random.uniform() < 0.2;
  const layer = makeNode('attention', [source], { units, heads, causal });
  const isAdded = random.uniform() < 0.5;
  const nodes = isAdded
    ? [layer, makeNode('add', [sightOf(architecture, edge), source], { project: true })]
    : [layer];
  const text = `attention(units: ${units}, heads: ${heads}${causal ? ', causal: true' : ''})`;
  return insertion(architecture, edge, nodes, isAdded ? `add to ${text}` : text);
};
