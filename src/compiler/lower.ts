/** Architecture -> forward tensor ops, one rule per architecture op. Ops that only rename (identity, flatten) emit nothing. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';
import type { ArchitectureOpName } from '../genome/architecture/ops.ts';
import { featureCount } from '../genome/architecture/shapes.ts';
import type { TaskSignature } from '../tasks/task.ts';
import { type Context, type Lowering, linear, type WeightGenes } from './lowering/context.ts';
import { add, concat, multiply, unary } from './lowering/elementwise.ts';
import { appendHead } from './lowering/head.ts';
import { batchNorm, dropout, norm, scale } from './lowering/norms.ts';
import { attention, embed, positions } from './lowering/sequences.ts';
import { conv, globalPool, pool } from './lowering/windows.ts';
import { type Network, tensorAllocator, type UnplacedTensor } from './network.ts';
import type { Constant, Parameter, TensorId, TensorOp } from './program.ts';

const alias: Lowering = (_context, site) => site.inputs[0]!;

const lowerings = {
  input: alias,
  identity: alias,
  flatten: alias,
  dense: (context, site) =>
    linear(
      context,
      site.name,
      site.inputs[0]!,
      context.batchSize,
      { fanIn: featureCount(site.inputShapes[0]!), fanOut: site.shape[2] },
      site.node.genes as unknown as WeightGenes,
    ),
  conv,
  pool,
  globalPool,
  attention,
  embed,
  positions,
  dropout,
  relu: unary,
  leakyRelu: unary,
  gelu: unary,
  silu: unary,
  tanh: unary,
  sigmoid: unary,
  softplus: unary,
  sin: unary,
  abs: unary,
  square: unary,
  add,
  multiply,
  concat,
  layerNorm: norm('layer'),
  rmsNorm: norm('rms'),
  batchNorm,
  scale,
} as const satisfies Record<ArchitectureOpName, Lowering>;

/**
 * The forward pass of an architecture on batches of this size, with the head and the loss of the task. `shapes` are those of its nodes on the task's input.
 */
export function lower(
  architecture: Architecture,
  shapes: readonly Shape[],
  signature: TaskSignature,
  batchSize: number,
): Network {
  const tensors: UnplacedTensor[] = [];
  const parameters: Parameter[] = [];
  const constants: Constant[] = [];
  let sites = 0;
  const forward: TensorOp[] = [];
  const tensor = tensorAllocator(tensors);
  const context: Context = {
    batchSize,
    tensor,
    parameter(parameter, rows, cols) {
      const value = tensor(parameter.name, 'parameter', rows, cols);
      const gradient = tensor(`d ${parameter.name}`, 'gradient', rows, cols);
      parameters.push({ ...parameter, value, gradient });
      return value;
    },
    constant(fixed, rows, cols) {
      const value = tensor(fixed.name, 'constant', rows, cols);
      return { value, index: constants.push({ ...fixed, value }) - 1 };
    },
    nextSite: () => sites++,
    emit: (op) => void forward.push(op),
  };
  const input = tensor('x', 'input', batchSize, featureCount(signature.input));
  const places: TensorId[] = [];
  for (const [index, node] of architecture.nodes.entries()) {
    const inputShapes = node.inputs.map((i) => shapes[i]!);
    const inputs = index === 0 ? [input] : node.inputs.map((i) => places[i]!);
    places.push(
      lowerings[node.op](context, { name: `n${index}`, node, inputs, inputShapes, shape: shapes[index]! }),
    );
  }
  const last = architecture.output;
  return {
    tensors,
    parameters,
    constants,
    input,
    forward,
    ...appendHead(context, places[last]!, featureCount(shapes[last]!), signature),
  };
}
