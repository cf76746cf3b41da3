/** Architecture -> forward tensor ops, one rule per architecture op, and the task's head and loss. Ops that only rename (identity, flatten) emit nothing. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';
import type { ActivationName, ArchitectureOpName } from '../genome/architecture/ops.ts';
import { featureCount, positionCount, sameShape } from '../genome/architecture/shapes.ts';
import { defaultHead, outputsOf, type Target, type TaskSignature, targetColumnsOf } from '../tasks/task.ts';
import { attention, conv, embed, globalPool, pool, positions } from './lower-positions.ts';
import {
  type Context,
  constant,
  exampleRows,
  type Lowering,
  linear,
  output,
  positionRows,
  type Site,
  type WeightGenes,
} from './lowering.ts';
import { type Network, tensorAllocator, type UnplacedTensor } from './network.ts';
import type { Constant, Parameter, TensorId, TensorOp } from './program.ts';

const alias: Lowering = (_context, site) => site.inputs[0]!;

const unary: Lowering = (context, site) => {
  const out = output(context, site);
  context.emit({ op: 'unary', fn: site.node.op as ActivationName, x: site.inputs[0]!, out });
  return out;
};

/** A parameter with one number per channel. */
const channelRow = (context: Context, site: Site, part: string, value: number): TensorId =>
  context.parameter({ name: `${site.name}.${part}`, initializer: constant(value) }, 1, site.shape[2]);

const norm =
  (kind: 'layer' | 'rms'): Lowering =>
  (context, site) => {
    const channels = site.shape[2];
    const groups = featureCount(site.shape) / channels;
    const gain = channelRow(context, site, 'gain', 1);
    const bias = kind === 'layer' ? channelRow(context, site, 'bias', 0) : null;
    const stats = context.tensor(`${site.name}.stats`, 'workspace', context.batchSize, 2 * groups);
    const out = output(context, site);
    context.emit({ op: 'norm', kind, channels, x: site.inputs[0]!, gain, bias, stats, out });
    return out;
  };

const batchNorm: Lowering = (context, site) => {
  const channels = site.shape[2];
  const gain = channelRow(context, site, 'gain', 1);
  const bias = channelRow(context, site, 'bias', 0);
  const running = context.tensor(`${site.name}.running`, 'workspace', 2, channels);
  const stats = context.tensor(`${site.name}.stats`, 'workspace', 2, channels);
  const out = output(context, site);
  context.emit({ op: 'batchNorm', channels, x: site.inputs[0]!, gain, bias, running, stats, out });
  return out;
};

const dropout: Lowering = (context, site) => {
  const out = output(context, site);
  const draws = context.tensor(
    `${site.name}.draws`,
    'workspace',
    context.batchSize,
    featureCount(site.shape),
  );
  const rate = Math.fround(site.node.genes['rate'] as number);
  context.emit({ op: 'dropout', rate, site: context.nextSite(), x: site.inputs[0]!, draws, out });
  return out;
};

const projection: WeightGenes = { init: 'lecun', gain: 1, bias: false, multiplier: 1, rotation: false };

/** The second input of add, brought to the shape of the first. */
function projected(context: Context, site: Site): TensorId {
  const [from, to] = [site.inputShapes[1]!, site.shape];
  const x = site.inputs[1]!;
  if (sameShape(from, to)) return x;
  const name = `${site.name}.projection`;
  if (from[0] !== to[0] || from[1] !== to[1])
    return linear(
      context,
      name,
      x,
      context.batchSize,
      { fanIn: featureCount(from), fanOut: featureCount(to) },
      projection,
    );
  const rows = context.batchSize * positionCount(to);
  const products = linear(
    context,
    `${name}.products`,
    positionRows(context, name, x, from),
    rows,
    { fanIn: from[2], fanOut: to[2] },
    projection,
  );
  return exampleRows(context, name, products, to);
}

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
  add: (context, site) => {
    const out = output(context, site);
    context.emit({ op: 'add', a: site.inputs[0]!, b: projected(context, site), out });
    return out;
  },
  multiply: (context, site) => {
    const out = output(context, site);
    context.emit({ op: 'multiply', a: site.inputs[0]!, b: site.inputs[1]!, out, accumulate: false });
    return out;
  },
  concat: (context, site) => {
    const out = output(context, site);
    let column = 0;
    for (const [i, from] of site.inputs.entries()) {
      const columns = featureCount(site.inputShapes[i]!);
      context.emit({
        op: 'copyColumns',
        from,
        fromColumn: 0,
        into: out,
        intoColumn: column,
        columns,
        accumulate: false,
      });
      column += columns;
    }
    return out;
  },
  layerNorm: norm('layer'),
  rmsNorm: norm('rms'),
  batchNorm,
  scale: (context, site) => {
    const channels = site.shape[2];
    const gain = channelRow(context, site, 'gain', site.node.genes['value'] as number);
    const out = output(context, site);
    context.emit({ op: 'channelScale', channels, x: site.inputs[0]!, gain, out });
    return out;
  },
} as const satisfies Record<ArchitectureOpName, Lowering>;

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

/** The head on the flattened output, the same for every architecture, and the loss. */
function appendHead(context: Context, features: TensorId, fanIn: number, signature: TaskSignature) {
  const { target: kind, head = defaultHead } = signature;
  const units = outputsOf(kind);
  const prediction =
    head.kind === 'none'
      ? features
      : linear(
          context,
          'head',
          features,
          context.batchSize,
          { fanIn, fanOut: units },
          {
            init: head.init,
            gain: 1,
            bias: head.bias,
            multiplier: 1,
            rotation: false,
            start: head.start?.length === fanIn * units ? head.start : undefined,
          },
        );
  const target = context.tensor('target', 'target', context.batchSize, targetColumnsOf(kind));
  const loss = context.tensor('loss', 'workspace', context.batchSize, 1);
  context.emit(lossOp(kind, prediction, target, loss));
  return { target, output: prediction, loss };
}

function lossOp(kind: Target, prediction: TensorId, target: TensorId, loss: TensorId): TensorOp {
  switch (kind.kind) {
    case 'classification':
      return { op: 'softmaxCrossEntropy', logits: prediction, target, loss };
    case 'regression':
      return { op: 'squaredError', prediction, target, loss };
    case 'binary':
      return { op: 'logistic', prediction, target, loss };
    case 'linear':
      return { op: 'linearLoss', best: kind.best, prediction, target, loss };
    case 'objective':
      return { op: 'objective', objective: kind.objective, prediction, target, loss };
  }
}
