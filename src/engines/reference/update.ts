/** The update rule interpreted node by node over whole tensors in float64: nothing fused, nothing clever. */
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { scalarOps } from '../../compiler/scalar-ops.ts';
import { type RuleOpName, ruleOps } from '../../genome/update-rule/ops.ts';
import type { Scope, ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { StepInputs } from '../engine.ts';
import { fillNoise, type NoiseKeys, type NoiseKind } from '../noise.ts';

/** A value for every parameter tensor, indexed [parameter][place]; coarser shapes have fewer places, `all` shares one array. */
type Value = readonly Float64Array[];

interface Size {
  readonly rows: number;
  readonly cols: number;
}

const placesIn = (shape: ValueShape, { rows, cols }: Size): number =>
  ({ all: 1, tensor: 1, row: rows, col: cols, full: rows * cols })[shape];

/** Where element `index` of a full tensor finds its value in a coarser one. */
const placeOf = (shape: ValueShape, index: number, { cols }: Size): number =>
  ({ all: 0, tensor: 0, row: Math.floor(index / cols), col: index % cols, full: index })[shape];

/** A full element that lies in place `place` of `shape`: it sees every value of that shape or coarser. */
const elementAt = (shape: ValueShape, place: number, { cols }: Size): number =>
  ({ all: 0, tensor: 0, row: place * cols, col: place, full: place })[shape];

type Reduction = {
  [Name in RuleOpName]: (typeof ruleOps)[Name]['kind'] extends 'reduction' ? Name : never;
}[RuleOpName];

/** Folds the products or elements of one place into its result. */
const reductions = {
  mean: (a) => total(a) / a.length,
  norm: (a) => Math.sqrt(a.reduce((s, x) => s + x * x, 0)),
  dot: (a, b) => a.reduce((s, x, i) => s + x * b[i]!, 0),
  max: (a) => a.reduce((m, x) => (x > m ? x : m), Number.NEGATIVE_INFINITY),
  rms: (a) => Math.sqrt(a.reduce((s, x) => s + x * x, 0) / a.length),
} as const satisfies Record<Reduction, (a: readonly number[], b: readonly number[]) => number>;

const total = (a: readonly number[]) => a.reduce((s, x) => s + x, 0);

export function createUpdate(program: Program) {
  const { update } = program;
  const sizes: readonly Size[] = program.parameters.map(({ value }) => program.tensors[value]!);
  const allocate = (shape: ValueShape): Float64Array[] => {
    if (shape !== 'all') return sizes.map((size) => new Float64Array(placesIn(shape, size)));
    const shared = new Float64Array(1);
    return sizes.map(() => shared);
  };
  let states = update.states.map((state) =>
    allocate(state.shape).map((places) => places.fill(state.initial)),
  );

  function evaluate(inputs: StepInputs, parameters: Value, gradients: Value, noise: NoiseKeys): Value[] {
    const values: Value[] = [];
    for (const [index, node] of update.nodes.entries())
      values.push(valueAt(node, index, values, inputs, parameters, gradients, noise));
    return values;
  }

  function valueAt(
    node: UpdateNode,
    index: number,
    values: readonly Value[],
    inputs: StepInputs,
    parameters: Value,
    gradients: Value,
    noise: NoiseKeys,
  ): Value {
    if (node.kind === 'state') return states[node.slot]!;
    if (node.kind === 'input' && node.input === 'g') return gradients;
    if (node.kind === 'input' && node.input === 'w') return parameters;
    const out = allocate(node.shape);
    if (node.kind === 'constant') for (const places of out) places.fill(node.value);
    else if (node.kind === 'input')
      for (const places of out) places.fill(inputs[node.input as keyof StepInputs]);
    else if (ruleOps[node.op].kind === 'noise')
      for (const [p, places] of out.entries())
        fillNoise(node.op as NoiseKind, noise(index), inputs.t, p, sizes[p]!, places);
    else if (ruleOps[node.op].kind === 'reduction') reduce(node, out, values);
    else pointwise(node, out, values, inputs.t);
    return out;
  }

  function pointwise(
    node: Extract<UpdateNode, { kind: 'op' }>,
    out: Float64Array[],
    values: readonly Value[],
    t: number,
  ): void {
    const f = scalarOps[node.op as keyof typeof scalarOps] as (a: number, b: number, c: number) => number;
    for (const [p, places] of out.entries()) {
      for (let place = 0; place < places.length; place++) {
        const [a, b, c] = node.args.map((arg) =>
          read(values, arg, p, elementAt(node.shape, place, sizes[p]!)),
        );
        places[place] = f(a!, b!, node.op === 'debias' ? t : c!);
      }
    }
  }

  const read = (values: readonly Value[], node: number, p: number, element: number) =>
    values[node]![p]![placeOf(update.nodes[node]!.shape, element, sizes[p]!)]!;

  function reduce(
    node: Extract<UpdateNode, { kind: 'op' }>,
    out: Float64Array[],
    values: readonly Value[],
  ): void {
    const over = node.over as Scope;
    const fold: (a: readonly number[], b: readonly number[]) => number = reductions[node.op as Reduction];
    const gather = (arg: number | undefined, p: number, place: number): number[] => {
      if (arg === undefined) return [];
      const elements = Array.from({ length: sizes[p]!.rows * sizes[p]!.cols }, (_, e) => e);
      return elements
        .filter((e) => over === 'all' || placeOf(over, e, sizes[p]!) === place)
        .map((e) => read(values, arg, p, e));
    };
    if (over === 'all') {
      const everything = (arg: number | undefined) => sizes.flatMap((_, p) => gather(arg, p, 0));
      out[0]![0] = fold(everything(node.args[0]), everything(node.args[1]));
      return;
    }
    for (const [p, places] of out.entries()) {
      for (let place = 0; place < places.length; place++)
        places[place] = fold(gather(node.args[0], p, place), gather(node.args[1], p, place));
    }
  }

  return {
    reset() {
      states = update.states.map((state) =>
        allocate(state.shape).map((places) => places.fill(state.initial)),
      );
    },
    /** The new parameters; states advance. */
    step(inputs: StepInputs, parameters: Value, gradients: Value, noise: NoiseKeys): Float64Array[] {
      const values = evaluate(inputs, parameters, gradients, noise);
      states = update.states.map((state) =>
        broadcast(values[state.next]!, update.nodes[state.next]!.shape, state.shape),
      );
      const shape = update.nodes[update.output]!.shape;
      return parameters.map((w, p) =>
        w.map((x, e) => x + values[update.output]![p]![placeOf(shape, e, sizes[p]!)]!),
      );
    },
  };

  function broadcast(value: Value, from: ValueShape, to: ValueShape): Float64Array[] {
    const out = allocate(to);
    for (const [p, places] of out.entries()) {
      for (let place = 0; place < places.length; place++)
        places[place] = value[p]![placeOf(from, elementAt(to, place, sizes[p]!), sizes[p]!)]!;
    }
    return out;
  }
}
