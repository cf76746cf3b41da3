/** Shapes of an architecture's activations, node by node. */
import type { Issue } from '../../notation/issue.ts';
import type { Architecture, ArchitectureNode, Shape } from './architecture.ts';
import type { ArchitectureOpName } from './ops.ts';
import { windowsOf } from './windows.ts';

/** Numbers in an activation of this shape. */
export const featureCount = (shape: Shape): number => shape[0] * shape[1] * shape[2];

/** Places in its height and width. */
export const positionCount = (shape: Shape): number => shape[0] * shape[1];

/** True where height, width and channels are equal. */
export const sameShape = (a: Shape, b: Shape): boolean => a.every((size, axis) => size === b[axis]);

/** Why inputs do not fit, with what to do about it. */
interface Misfit {
  readonly problem: string;
  readonly hint: string;
}
type ShapeRule = (node: ArchitectureNode, inputs: readonly Shape[]) => Shape | Misfit;

const text = (shape: Shape) => `[${shape.join(', ')}]`;
const flat = (channels: number): Shape => [1, 1, channels];
const same: ShapeRule = (_node, inputs) => inputs[0]!;
const matching: ShapeRule = (node, [a, b]) =>
  sameShape(a!, b!) || node.genes['project'] === true
    ? a!
    : {
        problem: `joins shapes ${text(a!)} and ${text(b!)}`,
        hint: 'give both inputs the same shape, use concat, or add with project: true',
      };

const windowed =
  (channels: (node: ArchitectureNode, input: Shape) => number): ShapeRule =>
  (node, [x]) => {
    const windows = windowsOf(x!, node.genes);
    return windows === null
      ? { problem: `has a kernel larger than ${text(x!)}`, hint: 'use a smaller kernel or padding: same' }
      : [windows.outHeight, windows.outWidth, channels(node, x!)];
  };

/** A misfit unless `count` divides all of `sizes`. */
function indivisible(name: string, count: number, sizes: readonly number[]): Misfit | null {
  return sizes.every((size) => size % count === 0)
    ? null
    : {
        problem: `has ${count} ${name} for ${sizes.join(' and ')} channels`,
        hint: `${name} must divide them`,
      };
}

const conv: ShapeRule = (node, inputs) => {
  const sizes = [inputs[0]![2], node.genes['units'] as number];
  const misfit = indivisible('groups', node.genes['groups'] as number, sizes);
  return misfit ?? windowed(() => sizes[1]!)(node, inputs);
};

const attention: ShapeRule = ({ genes }, [x]) => {
  const units = genes['units'] as number;
  return indivisible('heads', genes['heads'] as number, [units]) ?? [x![0], x![1], units];
};

const embed: ShapeRule = ({ genes }, [x]) =>
  x![2] === 1
    ? [x![0], x![1], genes['units'] as number]
    : { problem: `reads tokens from ${text(x!)}`, hint: 'tokens come in one channel' };

/** The shape that a node gives, or why its inputs do not fit. */
const shapeRules = {
  input: same,
  dense: (node) => flat(node.genes['units'] as number),
  conv,
  pool: windowed((_node, x) => x[2]),
  globalPool: (_node, [x]) => flat(x![2]),
  attention,
  embed,
  positions: same,
  dropout: same,
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
  batchNorm: same,
  scale: same,
  flatten: (_node, [x]) => flat(featureCount(x!)),
} as const satisfies Record<ArchitectureOpName, ShapeRule>;

/** The shape of every node, or why some nodes cannot have one. */
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
    if ('problem' in shape) {
      issues.push({
        code: 'shape-mismatch',
        message: `\`${node.op}\` ${shape.problem}`,
        hint: shape.hint,
      });
    }
    shapes.push('problem' in shape ? inputs[0]! : shape);
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, shapes };
}
