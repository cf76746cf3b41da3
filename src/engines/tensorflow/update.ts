/**
 * The update rule interpreted node by node: tensors in float32 by TensorFlow, scalars in float64 here. What an op costs is mostly its dispatch, so a rule that treats every
 * element alike, as most do, runs on all parameters laid end to end in one row.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { scalarOps } from '../../compiler/scalar-ops.ts';
import { needsOf } from '../../compiler/whole-ops.ts';
import {
  isMatrixOp,
  isWholeOp,
  type LandscapeOpName,
  type MatrixOpName,
  ruleOps,
} from '../../genome/update-rule/ops.ts';
import { isMatrix, joinShapes, matrixSize } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape, ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { StepInputs } from '../engine.ts';
import { fillNoise, type NoiseKeys, type NoiseKind } from '../noise.ts';
import type { Allowance } from '../rules/allowance.ts';
import type { Landscape } from '../rules/landscape.ts';
import { landscapeOps } from '../rules/landscape-ops.ts';
import { createLandscape, type Vector, vectorOf } from './landscape.ts';
import { matrixOps } from './matrix-ops.ts';
import type { Objective } from './objective.ts';
import { createRowLayout } from './row.ts';
import { type Operand, type PointwiseName, pointwise, type ReductionName, reductions } from './rule-ops.ts';

/** A value for every parameter tensor, or for all of them packed into one: numbers for the shapes `all` (the same in each place) and `tensor`, tensors for the others. */
type Value = readonly Operand[];
type OpNode = Extract<UpdateNode, { kind: 'op' }>;
type OpKind = (typeof ruleOps)[keyof typeof ruleOps]['kind'];

/** All that one step reads. */
interface Step {
  readonly inputs: StepInputs;
  readonly parameters: readonly Tf.Tensor[];
  readonly gradients: readonly Tf.Tensor[];
  readonly noise: NoiseKeys;
}

/** The same while it is computed. */
interface StepUnderWay extends Step {
  /** Null where no op asks for it. */
  readonly landscape: Landscape<Vector> | null;
}

/** Of one op, from step to step. */
interface Memory {
  readonly kept: readonly Vector[];
  readonly numbers: Float64Array;
}

/** An update rule with its states. */
export interface TensorflowUpdate {
  reset(): void;
  /** The new parameters, to be kept by the caller, and the cost units that further evaluations took; states advance. Call it inside `tf.tidy`. */
  step(
    step: Step,
    objective: Objective,
    allowance: Allowance,
  ): { readonly parameters: Tf.Tensor[]; readonly costUnits: number };
  dispose(): void;
}

/** Whether an op may run on all parameters joined in one row: its value is `full` or `all`, and it does not need to know which tensor an element belongs to. */
const treatsElementsAlike = (node: UpdateNode): boolean =>
  (node.shape === 'all' || node.shape === 'full') && (node.kind !== 'op' || !isMatrixOp(node.op));

const isLandscapeOp = (node: UpdateNode): boolean =>
  node.kind === 'op' && isWholeOp(node.op) && !isMatrixOp(node.op);

const isScalar = (shape: ValueShape) => shape === 'all' || shape === 'tensor';

/** The update rule of a program, interpreted op by op. */
export function createUpdate(tf: typeof Tf, program: Program): TensorflowUpdate {
  const { update } = program;
  const own = program.parameters.map(({ value }) => program.tensors[value]!);
  const layout = createRowLayout(tf, own);
  const isPacked = update.nodes.every(treatsElementsAlike);
  const looksElsewhere = update.nodes.some(isLandscapeOp);
  const sizes = isPacked ? [{ rows: 1, cols: layout.length }] : own;
  const pack = (tensors: readonly Tf.Tensor[]) => (isPacked ? [layout.join(tensors)] : tensors);
  const unpack = (tensors: Tf.Tensor[]) => (isPacked ? layout.split(tensors[0]!) : tensors);
  const rowOf = (packed: readonly Tf.Tensor[]) => (isPacked ? packed[0]! : layout.join(packed));
  const fromRow = (row: Tf.Tensor): Value => (isPacked ? [row] : layout.split(row));
  const dimensions = (shape: ValueShape, p: number): [number, number] => {
    const { rows, cols } = isMatrix(shape) ? matrixSize(shape, sizes[p]!) : sizes[p]!;
    return [shape === 'col' ? 1 : rows, shape === 'row' ? 1 : cols];
  };
  const broadcast = (x: Operand, shape: ValueShape, p: number): Tf.Tensor =>
    typeof x === 'number' ? tf.fill(dimensions(shape, p), x) : tf.broadcastTo(x, dimensions(shape, p));

  const initialState = ({ initial, shape }: Program['update']['states'][number]): Value =>
    sizes.map((_, p) => {
      if (isScalar(shape)) return initial;
      if (shape !== 'rowrow' && shape !== 'colcol') return broadcast(initial, shape, p);
      return tf.diag(tf.fill([dimensions(shape, p)[0]], initial));
    });
  const initialMemory = (node: UpdateNode): Memory => {
    const needs = node.kind === 'op' ? needsOf(node.op) : null;
    const count = (node.kind === 'op' ? node.count : undefined) ?? 0;
    return {
      kept: Array.from({ length: needs?.vectors(count) ?? 0 }, () => vectorOf(tf, layout)),
      numbers: new Float64Array(needs?.numbers(count) ?? 0),
    };
  };

  let states: Value[] = [];
  let memories: Memory[] = [];

  function replaceStates(next: readonly Value[]): void {
    // One state may be set to the old value of another, so no old value is disposed of before all new ones are there.
    const before = states;
    states = next.map((value) => value.map((x) => (typeof x === 'number' ? x : tf.keep(tf.clone(x)))));
    disposeAll(before);
  }

  const vectorsKept = () => memories.flatMap(({ kept }) => kept);

  /** Takes what an op keeps from step to step out of TensorFlow's tidying. */
  function keepMemories(): void {
    for (const { row } of vectorsKept()) tf.keep(row);
  }

  function disposeMemories(): void {
    for (const { row } of vectorsKept()) row.dispose();
    memories = [];
  }

  function valueAt(node: UpdateNode, index: number, values: readonly Value[], step: StepUnderWay): Value {
    switch (node.kind) {
      case 'state':
        return states[node.slot]!;
      case 'constant':
        return sizes.map(() => node.value);
      case 'input': {
        const { input } = node;
        if (input === 'g') return step.gradients;
        if (input === 'w') return step.parameters;
        if (input === 'rows' || input === 'cols') return own.map((size) => size[input]);
        return sizes.map(() => step.inputs[input]);
      }
      case 'op':
        return kinds[ruleOps[node.op].kind](node, index, values, step);
    }
  }

  /** One way to compute each kind of op. */
  const kinds = {
    noise: (node, index, _values, { inputs, noise }) =>
      pack(
        own.map((size, p) => {
          const drawn = new Float64Array(size.rows * size.cols);
          fillNoise(node.op as NoiseKind, noise(index), inputs.t, p, size, drawn);
          return tf.tensor2d(Float32Array.from(drawn), [size.rows, size.cols]);
        }),
      ),
    pointwise: (node, _index, values, { inputs: { t } }) =>
      sizes.map((_, p) => {
        const args = node.args.map((arg) => values[arg]![p]!) as unknown as [Operand, Operand, Operand];
        return isScalar(node.shape)
          ? onScalars(node.op as PointwiseName, args as [number, number, number], t)
          : pointwise[node.op as PointwiseName](tf, args, t);
      }),
    reduction: (node, _index, values) => reduce(node, values),
    whole: (node, index, values, step) =>
      isMatrixOp(node.op) ? matrixOp(node, values) : landscapeOp(node, index, values, step),
  } as const satisfies Record<
    OpKind,
    (node: OpNode, index: number, values: readonly Value[], step: StepUnderWay) => Value
  >;

  function matrixOp(node: OpNode, values: readonly Value[]): Value {
    const [a, b] = node.args.map((arg) => values[arg]!);
    return sizes.map((_, p) => {
      const second = b?.[p] ?? 0;
      const [matrix, number] = typeof second === 'number' ? [undefined, second] : [second, 0];
      return tf.tidy(() => matrixOps[node.op as MatrixOpName](tf, a![p] as Tf.Tensor, matrix, number));
    });
  }

  function landscapeOp(
    node: OpNode,
    index: number,
    values: readonly Value[],
    { landscape, inputs: { t, L } }: StepUnderWay,
  ): Value {
    const op = node.op as LandscapeOpName;
    const vectors: Vector[] = [];
    const scalars: number[] = [];
    for (const [i, arg] of node.args.entries()) {
      if (ruleOps[op].takes[i] === 'all') scalars.push(values[arg]![0] as number);
      else vectors.push({ row: rowOf(values[arg]!.map((x, p) => broadcast(x, 'full', p))) });
    }
    const out = vectorOf(tf, layout);
    const count = node.count ?? 0;
    const number = landscapeOps[op]({
      landscape: landscape!,
      vectors,
      scalars,
      out,
      ...memories[index]!,
      count,
      node: index,
      t,
      L,
    });
    return node.shape === 'all' ? sizes.map(() => number) : fromRow(out.row);
  }

  function reduce(node: OpNode, values: readonly Value[]): Value {
    const reduction = reductions[node.op as ReductionName];
    const joined = node.args.reduce<ValueShape>(
      (shape, arg) => joinShapes(shape, update.nodes[arg]!.shape)!,
      'all',
    );
    const within: MatrixShape = isMatrix(joined) ? joined : 'full';
    const pairs = sizes.map((_, p) => {
      const a = broadcast(values[node.args[0]!]![p]!, within, p);
      const second = node.args[1];
      return [a, second === undefined ? a : broadcast(values[second]![p]!, within, p)] as const;
    });
    switch (node.over!) {
      case 'row':
        return pairs.map(([a, b]) => reduction.along(tf, a, b, 1));
      case 'col':
        return pairs.map(([a, b]) => reduction.along(tf, a, b, 0));
      case 'tensor':
        return pairs.map(([a, b]) => reduction.join([reduction.part(tf, a, b)]));
      case 'all': {
        const all = reduction.join(pairs.map(([a, b]) => reduction.part(tf, a, b)));
        return sizes.map(() => all);
      }
    }
  }

  const shaped = (value: Value, shape: ValueShape): Value =>
    isScalar(shape) ? value : value.map((x, p) => broadcast(x, shape, p));

  return {
    reset: () =>
      tf.tidy(() => {
        replaceStates(update.states.map(initialState));
        disposeMemories();
        memories = update.nodes.map(initialMemory);
        keepMemories();
      }),
    step({ inputs, parameters, gradients, noise }, objective, allowance) {
      const packed = { inputs, parameters: pack(parameters), gradients: pack(gradients), noise };
      const landscape = looksElsewhere
        ? createLandscape(
            tf,
            own,
            layout,
            { row: rowOf(packed.parameters) },
            objective,
            noise,
            program.cost.evaluationUnits,
            allowance,
          )
        : null;
      const step = { ...packed, landscape };
      const values: Value[] = [];
      for (const [index, node] of update.nodes.entries()) values.push(valueAt(node, index, values, step));
      const change = values[update.output]!;
      const next = unpack(step.parameters.map((w, p) => tf.add(w, change[p]!)));
      replaceStates(update.states.map((state) => shaped(values[state.next]!, state.shape)));
      keepMemories();
      return { parameters: next, costUnits: allowance.spent() };
    },
    dispose() {
      disposeAll(states);
      states = [];
      disposeMemories();
    },
  };
}

function onScalars(op: PointwiseName, [a, b, c]: readonly [number, number, number], t: number): number {
  const f: (a: number, b: number, c: number) => number = scalarOps[op];
  return f(a, b, op === 'debias' ? t : c);
}

function disposeAll(values: readonly Value[]): void {
  for (const value of values) for (const x of value) if (typeof x !== 'number') x.dispose();
}
