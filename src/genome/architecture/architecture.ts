/**
 * The architecture chromosome: a DAG of nodes over activations of shape [height, width, channels].
 *
 * Plain frozen data. `nodes` is in topological order: a node reads only nodes before it. Node 0 is always the input `x`. The task
 * appends its head (a dense layer to its outputs, PyTorch-initialised, with bias) to `output`.
 */
import type { ArchitectureOpName } from './ops.ts';

/** Size of one example's activation: [height, width, channels]. */
export type Shape = readonly [height: number, width: number, channels: number];

/** The value of a gene: a number (`units: 100`), a flag (`bias: true`) or a name (`init: he`). */
export type GeneValue = number | boolean | string;

/** One node: an op, the nodes it reads and its genes. Every gene of the op's table entry is present, defaults filled in. */
export interface ArchitectureNode {
  readonly op: ArchitectureOpName;
  /** Indices into `Architecture.nodes`, each smaller than this node's own index. */
  readonly inputs: readonly number[];
  readonly genes: Readonly<Record<string, GeneValue>>;
}

/** A network as a graph of nodes in topological order: node 0 is the example, `output` is the index of the node that the task's head reads. */
export interface Architecture {
  readonly nodes: readonly ArchitectureNode[];
  /** Index of the node whose activation the task's head reads (`y` in the notation). */
  readonly output: number;
}
