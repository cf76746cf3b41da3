import type { Architecture } from '../../genome/architecture/architecture.ts';
import { activationNames, initSchemes } from '../../genome/architecture/ops.ts';
import type { Operator } from '../operator.ts';
import {
  edgesWhere,
  hasPositions,
  insertion,
  makeNode,
  pickUnits,
  sightOf,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Puts a convolution with an activation on an edge with more than one position: over all channels, or each channel on its own. */
export const insertConv: Operator<Architecture> = (architecture, settings, random) => {
  const edges = edgesWhere(architecture, settings, hasPositions);
  if (edges.length === 0) return null;
  const { edge, shape } = random.pick(edges);
  const channels = shape[2];
  const isDepthwise = channels > 1 && random.uniform() < 0.25;
  const units = isDepthwise ? channels : pickUnits(settings, random);
  const genes = {
    units,
    kernel: random.pick([1, 3, 3, 5, 7]),
    stride: random.pick([1, 1, 2]),
    groups: isDepthwise ? channels : 1,
    init: random.pick(initSchemes.filter((scheme) => scheme !== 'zero')),
  };
  const fn = random.pick(activationNames);
  const nodes = [
    makeNode('conv', [sourceOfEdge(architecture, edge)], genes),
    makeNode(fn, [sightOf(architecture, edge)]),
  ];
  const { kernel, stride } = genes;
  const kind = isDepthwise ? 'depthwise conv' : 'conv';
  return insertion(
    architecture,
    edge,
    nodes,
    `${fn}(${kind}(units: ${units}, kernel: ${kernel}, stride: ${stride}))`,
  );
};
