/** Small edits of architectures that the operators share. */
import type {
  Architecture,
  ArchitectureNode,
  GeneValue,
  Shape,
} from '../../genome/architecture/architecture.ts';
import {
  type ArchitectureOp,
  type ArchitectureOpName,
  architectureOps,
} from '../../genome/architecture/ops.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { inferShapes, positionCount } from '../../genome/architecture/shapes.ts';
import type { Random } from '../../random/stream.ts';
import type { Change, VariationSettings } from '../operator.ts';

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

/** Every place where an activation is read: all inputs of all nodes in their order, then the output. */
export function edgesOfArchitecture(architecture: Architecture): ArchitectureEdge[] {
  return [
    ...architecture.nodes.flatMap((node, reader) => node.inputs.map((_, arg) => ({ reader, arg }))),
    'output',
  ];
}

/** Index of the node that is read at the edge. */
export const sourceOfEdge = (architecture: Architecture, edge: ArchitectureEdge): number =>
  edge === 'output' ? architecture.output : architecture.nodes[edge.reader]!.inputs[edge.arg]!;

/** The shape of every node, or null where the architecture has none for this input. */
export function shapesOf(architecture: Architecture, settings: VariationSettings): readonly Shape[] | null {
  const inferred = inferShapes(architecture, settings.input);
  return inferred.ok ? inferred.shapes : null;
}

/** Edges on which stands an activation that `holds`, with its shape. */
export function edgesWhere(
  architecture: Architecture,
  settings: VariationSettings,
  holds: (shape: Shape) => boolean,
): { readonly edge: ArchitectureEdge; readonly shape: Shape }[] {
  const shapes = shapesOf(architecture, settings);
  if (shapes === null) return [];
  return edgesOfArchitecture(architecture)
    .map((edge) => ({ edge, shape: shapes[sourceOfEdge(architecture, edge)]! }))
    .filter(({ shape }) => holds(shape));
}

/** More than one position: where windows and attention mean something. */
export const hasPositions = (shape: Shape): boolean => positionCount(shape) > 1;

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

/** New nodes on an edge as a change, with what they are in words. */
export const insertion = (
  architecture: Architecture,
  edge: ArchitectureEdge,
  inserted: readonly ArchitectureNode[],
  after: string,
): Change<Architecture> => ({
  result: insertOnEdge(architecture, edge, inserted),
  locus: edgeLocusOf(architecture, edge),
  before: edgeTextOf(architecture, edge),
  after,
});

/** One gene of one node set to another value. */
export function geneChange(
  architecture: Architecture,
  index: number,
  gene: string,
  value: GeneValue,
): Change<Architecture> {
  const node = architecture.nodes[index]!;
  return {
    result: replaceArchitectureNode(architecture, index, {
      ...node,
      genes: { ...node.genes, [gene]: value },
    }),
    locus: architectureNodeText(architecture, index),
    before: `${gene}: ${node.genes[gene]}`,
    after: `${gene}: ${value}`,
  };
}

/** A node that `holds` at random, or null. */
export function pickNode(
  architecture: Architecture,
  holds: (node: ArchitectureNode) => boolean,
  random: Random,
): number | null {
  const indices = nodesWhere(architecture, holds);
  return indices.length === 0 ? null : random.pick(indices);
}

/** A width among the usual ones within limits. */
export const pickUnits = (settings: VariationSettings, random: Random): number =>
  random.pick(
    [4, 8, 16, 32].filter((size) => size <= settings.limits.units).concat(Math.min(settings.limits.units, 8)),
  );

/** Ops whose weights have init, gain, bias, multiplier and rotation. */
export const isWeighted = ({ op }: ArchitectureNode): boolean =>
  op === 'dense' || op === 'conv' || op === 'attention';

/** The divisors of a positive whole number, in ascending order. */
export const divisorsOf = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** The architecture with another node at the same index. */
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

/** How the mutation log names an edge: `y` for the output, else the reader and which of its inputs, from 1. */
export const edgeLocusOf = (architecture: Architecture, edge: ArchitectureEdge): string =>
  edge === 'output' ? 'y' : `${architectureNodeText(architecture, edge.reader)} [${edge.arg + 1}]`;

/** The text of what is read at the edge, for the mutation log. */
export const edgeTextOf = (architecture: Architecture, edge: ArchitectureEdge): string =>
  architectureNodeText(architecture, sourceOfEdge(architecture, edge));
