/** Architectures with every weight in a rotated basis, or with none: the two sides of what a rotation of the parameters does to a rule. */
import type { Architecture } from './architecture.ts';
import { architectureOps } from './ops.ts';

/** Nodes whose op has the gene `rotation`: dense, conv and attention. */
export const rotatableNodes = ({ nodes }: Architecture): number[] =>
  [...nodes.keys()].filter((i) => 'rotation' in architectureOps[nodes[i]!.op].genes);

/**
 * The architecture with the gene on in every node that has it, or off in all, whatever they had. Nodes and arguments keep their order, which the canonical form could change: parameters
 * are named by it, and by their names they are drawn, so that both sides begin as the same network.
 */
export function withRotations(architecture: Architecture, rotation: boolean): Architecture {
  const rotatable = new Set(rotatableNodes(architecture));
  return {
    ...architecture,
    nodes: architecture.nodes.map((node, i) =>
      rotatable.has(i) ? { ...node, genes: { ...node.genes, rotation } } : node,
    ),
  };
}
