/** Architecture -> forward tensor ops, one rule per architecture op, and the task's head and loss. Ops that only rename (identity, flatten) emit nothing. */
import type { Architecture, ArchitectureNode, Shape } from '../genome/architecture/architecture.ts';
import type { ActivationName, ArchitectureOpName, InitScheme } from '../genome/architecture/ops.ts';
import { featureCount } from '../genome/architecture/shapes.ts';
import { defaultHead, outputsOf, type Target, type TaskSignature, targetColumnsOf } from '../tasks/task.ts';
import { type Network, tensorAllocator, type UnplacedTensor } from './network.ts';
import type { Initializer, Parameter, TensorId, TensorOp } from './program.ts';

interface Context {
  readonly batchSize: number;
  tensor: ReturnType<typeof tensorAllocator>;
  parameter(name: string, rows: number, cols: number, initializer: Initializer): TensorId;
  emit(op: TensorOp): void;
}

/** A node about to be lowered: its name, its input tensors, and the shapes on both sides. */
interface Site {
  readonly name: string;
  readonly node: ArchitectureNode;
  readonly inputs: readonly TensorId[];
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
}

type Lowering = (context: Context, site: Site) => TensorId;

const constant = (value: number): Initializer => ({ scheme: 'constant', gain: value, fanIn: 1, fanOut: 1 });

function output(context: Context, site: Site): TensorId {
  return context.tensor(site.name, 'activation', context.batchSize, featureCount(site.shape));
}

const alias: Lowering = (_context, site) => site.inputs[0]!;

const unary: Lowering = (context, site) => {
  const out = output(context, site);
  context.emit({ op: 'unary', fn: site.node.op as ActivationName, x: site.inputs[0]!, out });
  return out;
};

interface DenseGenes {
  readonly init: InitScheme;
  readonly gain: number;
  readonly bias: boolean;
  readonly multiplier: number;
  /** The weight to start from instead of a draw. */
  readonly start?: readonly number[] | undefined;
}

function dense(
  context: Context,
  name: string,
  x: TensorId,
  fanIn: number,
  units: number,
  genes: DenseGenes,
): TensorId {
  const { init, gain, start } = genes;
  const fans = { fanIn, fanOut: units };
  const weightInit: Initializer =
    start === undefined
      ? { scheme: init, gain, ...fans }
      : { scheme: 'given', gain: 1, ...fans, values: start };
  const weight = context.parameter(`${name}.weight`, fanIn, units, weightInit);
  const biasInit: Initializer = init === 'torch' ? { scheme: 'torchBias', gain: 1, ...fans } : constant(0);
  const bias = genes.bias ? context.parameter(`${name}.bias`, 1, units, biasInit) : null;
  const out = context.tensor(name, 'activation', context.batchSize, units);
  context.emit({
    op: 'matmul',
    a: x,
    b: weight,
    out,
    transposeA: false,
    transposeB: false,
    alpha: genes.multiplier,
    bias,
    accumulate: false,
  });
  return out;
}

const norm =
  (kind: 'layer' | 'rms'): Lowering =>
  (context, site) => {
    const channels = site.shape[2];
    const groups = featureCount(site.shape) / channels;
    const gain = context.parameter(`${site.name}.gain`, 1, channels, constant(1));
    const bias = kind === 'layer' ? context.parameter(`${site.name}.bias`, 1, channels, constant(0)) : null;
    const stats = context.tensor(`${site.name}.stats`, 'workspace', context.batchSize, 2 * groups);
    const out = output(context, site);
    context.emit({ op: 'norm', kind, channels, x: site.inputs[0]!, gain, bias, stats, out });
    return out;
  };

const lowerings = {
  input: alias,
  identity: alias,
  flatten: alias,
  dense: (context, site) =>
    dense(
      context,
      site.name,
      site.inputs[0]!,
      featureCount(site.inputShapes[0]!),
      site.shape[2],
      site.node.genes as unknown as DenseGenes,
    ),
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
    context.emit({ op: 'add', a: site.inputs[0]!, b: site.inputs[1]!, out });
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
  scale: (context, site) => {
    const channels = site.shape[2];
    const gain = context.parameter(
      `${site.name}.gain`,
      1,
      channels,
      constant(site.node.genes['value'] as number),
    );
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
  const forward: TensorOp[] = [];
  const tensor = tensorAllocator(tensors);
  const context: Context = {
    batchSize,
    tensor,
    parameter(name, rows, cols, initializer) {
      const value = tensor(name, 'parameter', rows, cols);
      const gradient = tensor(`d ${name}`, 'gradient', rows, cols);
      parameters.push({ name, value, gradient, initializer });
      return value;
    },
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
    input,
    forward,
    ...appendHead(context, places[last]!, featureCount(shapes[last]!), signature),
  };
}

/** The head on the flattened output, the same for every architecture, and the loss. */
function appendHead(context: Context, features: TensorId, fanIn: number, signature: TaskSignature) {
  const { target: kind, head = defaultHead } = signature;
  const units = outputsOf(kind);
  const output =
    head.kind === 'none'
      ? features
      : dense(context, 'head', features, fanIn, units, {
          init: head.init,
          gain: 1,
          bias: head.bias,
          multiplier: 1,
          start: head.start?.length === fanIn * units ? head.start : undefined,
        });
  const target = context.tensor('target', 'target', context.batchSize, targetColumnsOf(kind));
  const loss = context.tensor('loss', 'workspace', context.batchSize, 1);
  context.emit(lossOp(kind, output, target, loss));
  return { target, output, loss };
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
