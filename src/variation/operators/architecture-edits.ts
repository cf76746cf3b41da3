/** Small edits of architectures that the operators share. */
import type { Architecture, ArchitectureNode, GeneValue } from '../../genome/architecture/architecture.ts';
import {
  type ArchitectureOp,
  type ArchitectureOpName,
  architectureOps,
} from '../../genome/architecture/ops.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';

/** A node with every gene at its default, save those given. */
export function makeNode(
  op: ArchitectureOpName,
  inputs: readonly number[],
  genes: Readonly<Record<string, GeneValue>> = {},
): ArchitectureNode {
  const spec: ArchitectureOp = architectureOps[op];
  const defaults = Object.fromEntries(
    Object.entries(spec.genes).map(([key, gene]) => [key, gene.default ?? 1]),
  );
  return { op, inputs, genes: { ...defaults, ...genes } };
}

/** A place where an activation is read: input `arg` of node `reader`, or the output. */
export type ArchitectureEdge = { readonly reader: number; readonly arg: number } | 'output';

export function edgesOfArchitecture(architecture: Architecture): ArchitectureEdge[] {
  return [
    ...architecture.nodes.flatMap((node, reader) => node.inputs.map((_, arg) => ({ reader, arg }))),
    'output',
  ];
}

export const sourceOfEdge = (architecture: Architecture, edge: ArchitectureEdge): number =>
  edge === 'output' ? architecture.output : architecture.nodes[edge.reader]!.inputs[edge.arg]!;

/** Nodes below this index are in sight of the edge's reader. */
export const sightOf = (architecture: Architecture, edge: ArchitectureEdge): number =>
  edge === 'output' ? architecture.nodes.length : edge.reader;

/** New nodes on an edge: they stand before its reader, and the edge reads the last of them. */
export function insertOnEdge(
  architecture: Architecture,
  edge: ArchitectureEdge,
  inserted: readonly ArchitectureNode[],
): Architecture {
  const at = sightOf(architecture, edge);
  const moved = (i: number) => (i >= at ? i + inserted.length : i);
  const last = at + inserted.length - 1;
  const nodes = architecture.nodes.map(
    (node, reader): ArchitectureNode => ({
      ...node,
      inputs: node.inputs.map((input, arg) =>
        edge !== 'output' && edge.reader === reader && edge.arg === arg ? last : moved(input),
      ),
    }),
  );
  return {
    nodes: [...nodes.slice(0, at), ...inserted, ...nodes.slice(at)],
    output: edge === 'output' ? last : moved(architecture.output),
  };
}

export function replaceArchitectureNode(
  architecture: Architecture,
  index: number,
  node: ArchitectureNode,
): Architecture {
  return { ...architecture, nodes: architecture.nodes.map((old, i) => (i === index ? node : old)) };
}

/** Indices of nodes for which `holds`, the input aside. */
export const nodesWhere = (
  architecture: Architecture,
  holds: (node: ArchitectureNode) => boolean,
): number[] => [...architecture.nodes.keys()].filter((i) => i > 0 && holds(architecture.nodes[i]!));

export const edgeLocusOf = (architecture: Architecture, edge: ArchitectureEdge): string =>
  edge === 'output' ? 'y' : `${architectureNodeText(architecture, edge.reader)} [${edge.arg + 1}]`;

export const edgeTextOf = (architecture: Architecture, edge: ArchitectureEdge): string =>
  architectureNodeText(architecture, sourceOfEdge(architecture, edge));
