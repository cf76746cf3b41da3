/**
 * The canonical form of an architecture, version 1: nodes that the output does not reach dropped, equal computations without parameters of their own
 * merged, arguments of add and multiply in an order that does not depend on names. The input is node 0 even where nothing reads it.
 */
import { structuralHash } from '../structural-hash.ts';
import type { Architecture, ArchitectureNode } from './architecture.ts';
import type { ArchitectureOpName } from './ops.ts';

const learned: ReadonlySet<ArchitectureOpName> = new Set(['dense', 'layerNorm', 'rmsNorm', 'scale']);
const commutative: ReadonlySet<ArchitectureOpName> = new Set(['add', 'multiply']);

/** True for ops with parameters: two of them are never one, however alike. */
export const isLearned = (op: ArchitectureOpName): boolean => learned.has(op);

export function canonicalArchitecture(architecture: Architecture): Architecture {
  const signatures: number[] = [];
  for (const node of architecture.nodes) {
    const inputs = node.inputs.map((i) => signatures[i]!);
    if (commutative.has(node.op)) inputs.sort((a, b) => a - b);
    signatures.push(structuralHash(`${node.op} ${inputs.join(' ')} ${genesText(node)}`));
  }
  const nodes: ArchitectureNode[] = [Object.freeze({ op: 'input', inputs: [], genes: {} })];
  const byContent = new Map<string, number>();
  const moved = new Map<number, number>([[0, 0]]);

  function emit(old: number): number {
    const known = moved.get(old);
    if (known !== undefined) return known;
    const { op, inputs, genes } = architecture.nodes[old]!;
    const sorted = commutative.has(op) ? [...inputs].sort((a, b) => signatures[a]! - signatures[b]!) : inputs;
    const node: ArchitectureNode = { op, inputs: sorted.map(emit), genes };
    const content = `${op} ${node.inputs.join(' ')} ${genesText(node)}`;
    let index = isLearned(op) ? undefined : byContent.get(content);
    if (index === undefined) {
      index = nodes.push(Object.freeze(node)) - 1;
      byContent.set(content, index);
    }
    moved.set(old, index);
    return index;
  }
  return { nodes, output: emit(architecture.output) };
}

const genesText = (node: ArchitectureNode): string =>
  Object.entries(node.genes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}:${value}`)
    .join(' ');
