/**
 * The canonical form of an architecture, version 1: nodes that the output does not reach dropped, equal computations without parameters or
 * noise of their own merged, arguments of add and multiply in an order that does not depend on names. The input is node 0 even where nothing reads it.
 */
import { postorder } from '../postorder.ts';
import { structuralHash } from '../structural-hash.ts';
import type { Architecture, ArchitectureNode } from './architecture.ts';
import type { ArchitectureOpName } from './ops.ts';

const learned: ReadonlySet<ArchitectureOpName> = new Set([
  'dense',
  'conv',
  'attention',
  'embed',
  'layerNorm',
  'rmsNorm',
  'batchNorm',
  'scale',
]);

/** True for nodes that may have parameters of their own, or draw noise of their own: two of them are never one, however alike. */
export const isDistinct = ({ op, genes }: ArchitectureNode): boolean =>
  learned.has(op) ||
  op === 'dropout' ||
  (op === 'positions' && genes['kind'] === 'learned') ||
  (op === 'add' && genes['project'] === true);

/** A projection is of the second input to the shape of the first. */
const isCommutative = ({ op, genes }: ArchitectureNode): boolean =>
  op === 'multiply' || (op === 'add' && genes['project'] !== true);

/** Any architecture in canonical form. Applied to a canonical one it gives an equal one. */
export function canonicalArchitecture(architecture: Architecture): Architecture {
  const signatures: number[] = [];
  for (const node of architecture.nodes) {
    const inputs = node.inputs.map((i) => signatures[i]!);
    if (isCommutative(node)) inputs.sort((a, b) => a - b);
    signatures.push(structuralHash(`${node.op} ${inputs.join(' ')} ${genesText(node)}`));
  }
  return arranged(architecture, (inputs) => [...inputs].sort((a, b) => signatures[a]! - signatures[b]!));
}

/** The canonical form of an architecture whose commutative arguments are known to be in order, as they are in canonical text. */
export const canonicalInOrder = (architecture: Architecture): Architecture =>
  arranged(architecture, (inputs) => inputs);

function arranged(
  architecture: Architecture,
  inOrder: (commutativeInputs: readonly number[]) => readonly number[],
): Architecture {
  const nodes: ArchitectureNode[] = [Object.freeze({ op: 'input', inputs: [], genes: {} })];
  const byContent = new Map<string, number>();
  const moved = new Map<number, number>([[0, 0]]);

  function inputsOf(old: number): readonly number[] {
    const node = architecture.nodes[old]!;
    return isCommutative(node) ? inOrder(node.inputs) : node.inputs;
  }

  function place(old: number, inputs: readonly number[]): void {
    const { op, genes } = architecture.nodes[old]!;
    const node: ArchitectureNode = { op, inputs: inputs.map((input) => moved.get(input)!), genes };
    const content = `${op} ${node.inputs.join(' ')} ${genesText(node)}`;
    let index = isDistinct(node) ? undefined : byContent.get(content);
    if (index === undefined) {
      index = nodes.push(Object.freeze(node)) - 1;
      byContent.set(content, index);
    }
    moved.set(old, index);
  }

  postorder(architecture.output, inputsOf, (node) => moved.has(node), place);
  return { nodes, output: moved.get(architecture.output)! };
}

const known = new WeakMap<object, string>();

/** The genes of a node in the order of their names. Children share the genes that did not change with their parents, which are written once. */
function genesText({ genes }: ArchitectureNode): string {
  let text = known.get(genes);
  if (text === undefined) {
    text = Object.entries(genes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}:${value}`)
      .join(' ');
    known.set(genes, text);
  }
  return text;
}
