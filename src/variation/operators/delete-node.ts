import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import type { Operator } from '../operator.ts';
import { nodesWhere } from './architecture-edits.ts';

/** Takes a node out: whoever read it reads one of its inputs instead. */
export const deleteNode: Operator<Architecture> = (architecture, _settings, random) => {
  const indices = nodesWhere(architecture, () => true);
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const kept = random.pick(architecture.nodes[index]!.inputs);
  const move = (i: number) => (i === index ? kept : i);
  const result = {
    nodes: architecture.nodes.map((node) => ({ ...node, inputs: node.inputs.map(move) })),
    output: move(architecture.output),
  };
  return {
    result,
    locus: architectureNodeText(architecture, index),
    before: architecture.nodes[index]!.op,
    after: architectureNodeText(architecture, kept),
  };
};
