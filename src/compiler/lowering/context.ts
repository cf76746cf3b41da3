/** What the lowering rules of architecture ops share: where tensors and ops go, weights with their genes, and activations as one row per position. */
import type { ArchitectureNode, Shape } from '../../genome/architecture/architecture.ts';
import type { InitScheme } from '../../genome/architecture/ops.ts';
import { featureCount, positionCount } from '../../genome/architecture/shapes.ts';
import type { tensorAllocator } from '../network.ts';
import type { Constant, Initializer, Parameter, TensorId, TensorOp } from '../program.ts';

/** A network as it is made. */
export interface Context {
  readonly batchSize: number;
  /** A new tensor that ops write. */
  tensor: ReturnType<typeof tensorAllocator>;
  /** A new trained tensor, with a tensor for its gradient. */
  parameter(parameter: Omit<Parameter, 'value' | 'gradient'>, rows: number, cols: number): TensorId;
  /** Index into the program's constants, and the tensor. */
  constant(
    constant: Omit<Constant, 'value'>,
    rows: number,
    cols: number,
  ): { readonly index: number; readonly value: TensorId };
  /** The number of dropouts lowered so far. */
  nextSite(): number;
  emit(op: TensorOp): void;
}

/** A node about to be lowered: its name, its input tensors, and the shapes on both sides. */
export interface Site {
  readonly name: string;
  readonly node: ArchitectureNode;
  readonly inputs: readonly TensorId[];
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
}

/** Emits the ops of one node and gives the tensor that holds its activation, [batchSize, height * width * channels]. */
export type Lowering = (context: Context, site: Site) => TensorId;

/** The genes that every weighted node has, see the table of architecture ops. */
export interface WeightGenes {
  readonly init: InitScheme;
  readonly gain: number;
  readonly bias: boolean;
  readonly multiplier: number;
  readonly rotation: boolean;
  /** The weight to start from instead of a draw. */
  readonly start?: readonly number[] | undefined;
}

/** Numbers that go into and out of one unit, by which initial weights are scaled. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** All elements this number. */
export const constant = (value: number): Initializer => ({
  scheme: 'constant',
  gain: value,
  fanIn: 1,
  fanOut: 1,
});

/** A new tensor for the activation of a node. */
export function output(context: Context, site: Site): TensorId {
  return context.tensor(site.name, 'activation', context.batchSize, featureCount(site.shape));
}

/** The weight that a product reads: the parameter itself, or the parameter between two fixed orthogonal matrices. */
export function weight(
  context: Context,
  name: string,
  rows: number,
  cols: number,
  fans: Fans,
  { init, gain, rotation, start }: WeightGenes,
): TensorId {
  const initializer: Initializer =
    start === undefined
      ? { scheme: init, gain, ...fans }
      : { scheme: 'given', gain: 1, ...fans, values: start };
  if (!rotation) return context.parameter({ name, initializer }, rows, cols);
  const orthogonal = (size: number): Initializer => ({
    scheme: 'orthogonal',
    gain: 1,
    fanIn: size,
    fanOut: size,
  });
  const left = context.constant({ name: `${name}.left`, initializer: orthogonal(rows) }, rows, rows);
  const right = context.constant({ name: `${name}.right`, initializer: orthogonal(cols) }, cols, cols);
  const trained = context.parameter(
    { name, initializer, rotation: { left: left.index, right: right.index } },
    rows,
    cols,
  );
  const half = context.tensor(`${name}.half`, 'workspace', rows, cols);
  const rotated = context.tensor(`${name}.rotated`, 'workspace', rows, cols);
  matmul(context, left.value, trained, half);
  matmul(context, half, right.value, rotated);
  return rotated;
}

/** A bias of zeros, or PyTorch's where the weight is PyTorch's. */
export function bias(
  context: Context,
  name: string,
  units: number,
  fans: Fans,
  genes: WeightGenes,
): TensorId | null {
  if (!genes.bias) return null;
  const initializer: Initializer =
    genes.init === 'torch' ? { scheme: 'torchBias', gain: 1, ...fans } : constant(0);
  return context.parameter({ name, initializer }, 1, units);
}

/** out = alpha * a b (+ added, to each row). */
export function matmul(
  context: Context,
  a: TensorId,
  b: TensorId,
  out: TensorId,
  alpha = 1,
  added: TensorId | null = null,
): void {
  context.emit({
    op: 'matmul',
    a,
    b,
    out,
    transposeA: false,
    transposeB: false,
    alpha,
    bias: added,
    accumulate: false,
  });
}

/** A learned linear map of each row of x. */
export function linear(
  context: Context,
  name: string,
  x: TensorId,
  rows: number,
  fans: Fans,
  genes: WeightGenes,
): TensorId {
  const { fanIn, fanOut } = fans;
  const w = weight(context, `${name}.weight`, fanIn, fanOut, fans, genes);
  const b = bias(context, `${name}.bias`, fanOut, fans, genes);
  const out = context.tensor(name, 'activation', rows, fanOut);
  matmul(context, x, w, out, genes.multiplier, b);
  return out;
}

/** An activation as one row per position. */
export function positionRows(context: Context, name: string, x: TensorId, shape: Shape): TensorId {
  if (positionCount(shape) === 1) return x;
  const out = context.tensor(
    `${name}.rows`,
    'activation',
    context.batchSize * positionCount(shape),
    shape[2],
  );
  context.emit({ op: 'reshape', x, out, accumulate: false });
  return out;
}

/** One row per position as an activation. */
export function exampleRows(context: Context, name: string, x: TensorId, shape: Shape): TensorId {
  if (positionCount(shape) === 1) return x;
  const out = context.tensor(name, 'activation', context.batchSize, featureCount(shape));
  context.emit({ op: 'reshape', x, out, accumulate: false });
  return out;
}

/** x with a row added to each of its rows. */
export function addRow(
  context: Context,
  name: string,
  x: TensorId,
  row: TensorId,
  rows: number,
  cols: number,
): TensorId {
  const out = context.tensor(name, 'activation', rows, cols);
  context.emit({ op: 'addRow', x, row, out });
  return out;
}
