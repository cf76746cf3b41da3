/**
 * The update rule interpreted node by node: tensors in float32 by TensorFlow, scalars in float64 here. What an op costs is mostly its dispatch, so a rule that treats every
 * element alike, as most do, runs on all parameters laid end to end in one row.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { scalarOps } from '../../compiler/scalar-ops.ts';
import { ruleOps } from '../../genome/update-rule/ops.ts';
import type { ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { StepInputs } from '../engine.ts';
import { fillNoise, type NoiseKeys, type NoiseKind } from '../noise.ts';
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

export interface TensorflowUpdate {
  reset(): void;
  /** The new parameters, to be kept by the caller; states advance. Call it inside `tf.tidy`. */
  step(step: Step): Tf.Tensor[];
  dispose(): void;
}

/** Whether an op of this kind, where its value is full or one for all, can do without knowing which tensor an element is of. */
const packable = { pointwise: true, reduction: true, noise: true, whole: false } as const satisfies Record<
  OpKind,
  boolean
>;

const treatsElementsAlike = (node: UpdateNode): boolean =>
  (node.shape === 'all' || node.shape === 'full') && (node.kind !== 'op' || packable[ruleOps[node.op].kind]);

const isScalar = (shape: ValueShape) => shape === 'all' || shape === 'tensor';

export function createUpdate(tf: typeof Tf, program: Program): TensorflowUpdate {
  const { update } = program;
  const own = program.parameters.map(({ value }) => program.tensors[value]!);
  const starts = startsOf(own);
  const isPacked = update.nodes.every(treatsElementsAlike);
  const sizes = isPacked ? [{ rows: 1, cols: starts.at(-1)! }] : own;
  const pack = (tensors: readonly Tf.Tensor[]): readonly Tf.Tensor[] =>
    isPacked
      ? [
          tf.concat(
            tensors.map((x) => tf.reshape(x, [1, -1])),
            1,
          ),
        ]
      : tensors;
  const unpack = (tensors: Tf.Tensor[]): Tf.Tensor[] =>
    isPacked
      ? own.map(({ rows, cols }, p) =>
          tf.reshape(tf.slice(tensors[0]!, [0, starts[p]!], [1, rows * cols]), [rows, cols]),
        )
      : tensors;
  const dimensions = (shape: ValueShape, p: number): [number, number] => {
    const { rows, cols } = sizes[p]!;
    return [shape === 'col' ? 1 : rows, shape === 'row' ? 1 : cols];
  };
  const broadcast = (x: Operand, shape: ValueShape, p: number): Tf.Tensor =>
    typeof x === 'number' ? tf.fill(dimensions(shape, p), x) : tf.broadcastTo(x, dimensions(shape, p));

  let states: Value[] = [];

  function replaceStates(next: readonly Value[]): void {
    // A state may be set to what another was, so nothing is let go before all are taken.
    const before = states;
    states = next.map((value) => value.map((x) => (typeof x === 'number' ? x : tf.keep(tf.clone(x)))));
    disposeAll(before);
  }

  function valueAt(node: UpdateNode, index: number, values: readonly Value[], step: Step): Value {
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
    whole: (node) => {
      throw new Error(`the engine tensorflow does not have \`${node.op}\``);
    },
  } as const satisfies Record<
    OpKind,
    (node: OpNode, index: number, values: readonly Value[], step: Step) => Value
  >;

  function reduce(node: OpNode, values: readonly Value[]): Value {
    const reduction = reductions[node.op as ReductionName];
    const pairs = sizes.map((_, p) => {
      const a = broadcast(values[node.args[0]!]![p]!, 'full', p);
      const second = node.args[1];
      return [a, second === undefined ? a : broadcast(values[second]![p]!, 'full', p)] as const;
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
      tf.tidy(() =>
        replaceStates(
          update.states.map(({ initial, shape }) =>
            shaped(
              sizes.map(() => initial),
              shape,
            ),
          ),
        ),
      ),
    step({ inputs, parameters, gradients, noise }) {
      const step = { inputs, parameters: pack(parameters), gradients: pack(gradients), noise };
      const values: Value[] = [];
      for (const [index, node] of update.nodes.entries()) values.push(valueAt(node, index, values, step));
      const change = values[update.output]!;
      const next = unpack(step.parameters.map((w, p) => tf.add(w, change[p]!)));
      replaceStates(update.states.map((state) => shaped(values[state.next]!, state.shape)));
      return next;
    },
    dispose() {
      disposeAll(states);
      states = [];
    },
  };
}

/** Where each parameter starts in the packed row, and at last the row's length. */
function startsOf(sizes: readonly { readonly rows: number; readonly cols: number }[]): number[] {
  const starts = [0];
  for (const { rows, cols } of sizes) starts.push(starts.at(-1)! + rows * cols);
  return starts;
}

function onScalars(op: PointwiseName, [a, b, c]: readonly [number, number, number], t: number): number {
  const f: (a: number, b: number, c: number) => number = scalarOps[op];
  return f(a, b, op === 'debias' ? t : c);
}

function disposeAll(values: readonly Value[]): void {
  for (const value of values) for (const x of value) if (typeof x !== 'number') x.dispose();
}
