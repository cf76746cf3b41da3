/** Shapes of an architecture's activations, node by node. */
import type { Issue } from '../../notation/issue.ts';
import type { Architecture, ArchitectureNode, Shape } from './architecture.ts';
import type { ArchitectureOpName } from './ops.ts';

export const featureCount = (shape: Shape): number => shape[0] * shape[1] * shape[2];

const flat = (channels: number): Shape => [1, 1, channels];
const same = (_node: ArchitectureNode, inputs: readonly Shape[]): Shape => inputs[0]!;
const matching = (_node: ArchitectureNode, [a, b]: readonly Shape[]): Shape | null =>
  a!.every((size, i) => size === b![i]) ? a! : null;

/** The shape a node gives, or null where its inputs do not fit together. */
const shapeRules = {
  input: same,
  dense: (node) => flat(node.genes['units'] as number),
  relu: same,
  leakyRelu: same,
  gelu: same,
  silu: same,
  tanh: same,
  sigmoid: same,
  softplus: same,
  sin: same,
  abs: same,
  square: same,
  identity: same,
  add: matching,
  multiply: matching,
  concat: (_node, [a, b]) => flat(featureCount(a!) + featureCount(b!)),
  layerNorm: same,
  rmsNorm: same,
  scale: same,
  flatten: (_node, [x]) => flat(featureCount(x!)),
} as const satisfies Record<
  ArchitectureOpName,
  (node: ArchitectureNode, inputs: readonly Shape[]) => Shape | null
>;

export type ShapeInference =
  | { readonly ok: true; readonly shapes: readonly Shape[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** One shape per node, for an input of this shape. */
export function inferShapes(architecture: Architecture, input: Shape): ShapeInference {
  const shapes: Shape[] = [];
  const issues: Issue[] = [];
  for (const node of architecture.nodes) {
    const inputs = node.op === 'input' ? [input] : node.inputs.map((i) => shapes[i]!);
    const shape = shapeRules[node.op](node, inputs);
    if (shape === null) {
      issues.push({
        code: 'shape-mismatch',
        message: `\`${node.op}\` joins shapes ${inputs.map((s) => `[${s.join(', ')}]`).join(' and ')}`,
        hint: 'give both inputs the same shape, or use concat',
      });
    }
    shapes.push(shape ?? inputs[0]!);
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, shapes };
}
