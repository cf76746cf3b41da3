import type { Architecture } from '../../genome/architecture/architecture.ts';
import { type ArchitectureOpName, activationNames } from '../../genome/architecture/ops.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import type { Operator } from '../operator.ts';
import { makeNode, nodesWhere, replaceArchitectureNode } from './architecture-edits.ts';

const kinds: readonly (readonly ArchitectureOpName[])[] = [
  activationNames,
  ['layerNorm', 'rmsNorm', 'batchNorm', 'scale'],
  ['add', 'multiply', 'concat'],
];

/** Changes an op into another of its kind: activation to activation, norm to norm, add to multiply or concat and back. */
export const alterNodeOp: Operator<Architecture> = (architecture, _settings, random) => {
  const indices = nodesWhere(architecture, ({ op }) => kinds.some((kind) => kind.includes(op)));
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const { op, inputs } = architecture.nodes[index]!;
  const changed = random.pick(kinds.find((kind) => kind.includes(op))!.filter((other) => other !== op));
  return {
    result: replaceArchitectureNode(architecture, index, makeNode(changed, inputs)),
    locus: architectureNodeText(architecture, index),
    before: op,
    after: changed,
  };
};
