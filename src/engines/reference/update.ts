/** The update rule interpreted node by node over whole tensors in float64: nothing fused, nothing clever. */
import type { Cost, Parameter, Program, Update, UpdateNode } from '../../compiler/program.ts';
import { scalarOps } from '../../compiler/scalar-ops.ts';
import { needsOf } from '../../compiler/whole-ops.ts';
import {
  isMatrixOp,
  isWholeOp,
  type LandscapeOpName,
  type MatrixOpName,
  type RuleOpName,
  ruleOps,
} from '../../genome/update-rule/ops.ts';
import { isMatrix, joinShapes, matrixSize } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape, RuleInput, Scope, ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { StepInputs } from '../engine.ts';
import { fillNoise, type NoiseKeys, type NoiseKind } from '../noise.ts';
import { type Allowance, createAllowance } from '../rules/allowance.ts';
import type { Landscape } from '../rules/landscape.ts';
import { landscapeOps } from '../rules/landscape-ops.ts';
import { createLandscape, type Objective, type Size, type Vector, vectorOf } from './landscape.ts';
import { type Matrix, matrixOps } from './matrix-ops.ts';

/** A value for every parameter tensor, indexed [parameter][place]; coarser shapes have fewer places, `all` shares one array. */
type Value = readonly Float64Array[];
type OpNode = Extract<UpdateNode, { kind: 'op' }>;

function placesIn(shape: ValueShape, size: Size): number {
  if (isMatrix(shape)) {
    const { rows, cols } = matrixSize(shape, size);
    return rows * cols;
  }
  return { all: 1, tensor: 1, row: size.rows, col: size.cols }[shape];
}

/** Index into a value of this shape for element `index` of the matrix that it is broadcast to. */
function placeOf(shape: ValueShape, index: number, { cols }: Size): number {
  if (isMatrix(shape)) return index;
  return { all: 0, tensor: 0, row: Math.floor(index / cols), col: index % cols }[shape];
}

/** An element that lies in place `place` of `shape`: it sees every value of that shape or coarser. */
function elementAt(shape: ValueShape, place: number, { cols }: Size): number {
  if (isMatrix(shape)) return place;
  return { all: 0, tensor: 0, row: place * cols, col: place }[shape];
}

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

/** What one step reads. */
interface Step {
  readonly inputs: StepInputs;
  readonly parameters: Vector;
  readonly gradients: Vector;
  readonly noise: NoiseKeys;
  readonly landscape: Landscape<Vector>;
}

/** Of a program, the update and the sizes of what it trains. */
interface Trained {
  readonly update: Update;
  readonly parameters: readonly Pick<Parameter, 'value'>[];
  readonly tensors: readonly Size[];
  /** Where it is of no program, a loss is one unit and a gradient three. */
  readonly cost?: Pick<Cost, 'evaluationUnits'>;
}

/** The update rule of a program, interpreted node by node in float64; it keeps the rule's states. */
export function createUpdate(program: Trained) {
  const { update } = program;
  const sizes: readonly Size[] = program.parameters.map(({ value }) => program.tensors[value]!);
  const allocate = (shape: ValueShape): Float64Array[] => {
    if (shape !== 'all') return sizes.map((size) => new Float64Array(placesIn(shape, size)));
    const shared = new Float64Array(1);
    return sizes.map(() => shared);
  };
  const initialState = ({ shape, initial }: Program['update']['states'][number]): Value =>
    allocate(shape).map((places, p) => {
      if (shape !== 'rowrow' && shape !== 'colcol') return places.fill(initial);
      const { rows } = matrixSize(shape, sizes[p]!);
      for (let i = 0; i < rows; i++) places[i * rows + i] = initial;
      return places;
    });
  const initialMemory = (node: UpdateNode) => {
    const needs = node.kind === 'op' ? needsOf(node.op) : null;
    const count = (node.kind === 'op' ? node.count : undefined) ?? 0;
    return {
      kept: Array.from({ length: needs?.vectors(count) ?? 0 }, () => vectorOf(sizes)),
      numbers: new Float64Array(needs?.numbers(count) ?? 0),
    };
  };
  let states = update.states.map(initialState);
  let memories = update.nodes.map(initialMemory);

  function evaluate(step: Step): Value[] {
    const values: Value[] = [];
    for (const [index, node] of update.nodes.entries()) values.push(valueAt(node, index, values, step));
    return values;
  }

  function valueAt(node: UpdateNode, index: number, values: readonly Value[], step: Step): Value {
    if (node.kind === 'state') return states[node.slot]!;
    if (node.kind === 'input' && node.input === 'g') return step.gradients;
    if (node.kind === 'input' && node.input === 'w') return step.parameters;
    const out = allocate(node.shape);
    if (node.kind === 'constant') for (const places of out) places.fill(node.value);
    else if (node.kind === 'input')
      for (const [p, places] of out.entries()) places.fill(inputOf(node.input, step.inputs, sizes[p]!));
    else if (ruleOps[node.op].kind === 'noise')
      for (const [p, places] of out.entries())
        fillNoise(node.op as NoiseKind, step.noise(index), step.inputs.t, p, sizes[p]!, places);
    else if (ruleOps[node.op].kind === 'reduction') reduce(node, out, values);
    else if (isMatrixOp(node.op)) matrixOp(node, node.op, out, values);
    else if (isWholeOp(node.op)) landscapeOp(node, node.op as LandscapeOpName, index, out, values, step);
    else pointwise(node, out, values, step.inputs.t);
    return out;
  }

  const inputOf = (input: RuleInput, inputs: StepInputs, size: Size): number =>
    input === 'rows' || input === 'cols' ? size[input] : inputs[input as keyof StepInputs];

  function matrixOp(node: OpNode, op: MatrixOpName, out: Float64Array[], values: readonly Value[]): void {
    const [a, b] = node.args as [number, number?];
    const matrix = (arg: number | undefined, p: number): Matrix | undefined => {
      const shape = arg === undefined ? 'all' : update.nodes[arg]!.shape;
      return isMatrix(shape) ? { ...matrixSize(shape, sizes[p]!), values: values[arg!]![p]! } : undefined;
    };
    for (const [p, places] of out.entries())
      places.set(matrixOps[op](matrix(a, p)!, matrix(b, p), b === undefined ? 0 : values[b]![p]![0]!).values);
  }

  function landscapeOp(
    node: OpNode,
    op: LandscapeOpName,
    index: number,
    out: Float64Array[],
    values: readonly Value[],
    { landscape, inputs: { t, L } }: Step,
  ): void {
    const { takes } = ruleOps[op];
    const vectors: Vector[] = [];
    const scalars: number[] = [];
    for (const [i, arg] of node.args.entries()) {
      if (takes[i] === 'all') scalars.push(values[arg]![0]![0]!);
      else vectors.push(broadcast(values[arg]!, update.nodes[arg]!.shape, 'full'));
    }
    const count = node.count ?? 0;
    const number = landscapeOps[op]({
      landscape,
      vectors,
      scalars,
      out,
      ...memories[index]!,
      count,
      node: index,
      t,
      L,
    });
    if (node.shape === 'all') out[0]![0] = number;
  }

  function pointwise(node: OpNode, out: Float64Array[], values: readonly Value[], t: number): void {
    const f = scalarOps[node.op as keyof typeof scalarOps] as (a: number, b: number, c: number) => number;
    const [i, j, k] = node.args;
    for (const [p, places] of out.entries()) {
      for (let place = 0; place < places.length; place++) {
        const element = elementAt(node.shape, place, sizes[p]!);
        const at = (arg: number | undefined) => (arg === undefined ? 0 : read(values, arg, p, element));
        places[place] = f(at(i), at(j), node.op === 'debias' ? t : at(k));
      }
    }
  }

  const read = (values: readonly Value[], node: number, p: number, element: number) =>
    values[node]![p]![placeOf(update.nodes[node]!.shape, element, sizes[p]!)]!;

  function reduce(node: OpNode, out: Float64Array[], values: readonly Value[]): void {
    const over = node.over as Scope;
    const joined = node.args.reduce<ValueShape>(
      (shape, arg) => joinShapes(shape, update.nodes[arg]!.shape)!,
      'all',
    );
    const within: MatrixShape = isMatrix(joined) ? joined : 'full';
    const fold: (a: readonly number[], b: readonly number[]) => number = reductions[node.op as Reduction];
    const gather = (arg: number | undefined, p: number, place: number): number[] => {
      if (arg === undefined) return [];
      const elements = Array.from({ length: placesIn(within, sizes[p]!) }, (_, e) => e);
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
      states = update.states.map(initialState);
      memories = update.nodes.map(initialMemory);
    },
    /** The new parameters, and the cost units that further evaluations took; states advance. */
    step(
      inputs: StepInputs,
      parameters: Vector,
      gradients: Vector,
      noise: NoiseKeys,
      objective: Objective,
      allowance: Allowance = createAllowance(Number.POSITIVE_INFINITY),
    ): { readonly parameters: Float64Array[]; readonly costUnits: number } {
      const landscape = createLandscape(
        sizes,
        parameters,
        objective,
        noise,
        program.cost?.evaluationUnits ?? { loss: 1, gradient: 3 },
        allowance,
      );
      const values = evaluate({ inputs, parameters, gradients, noise, landscape });
      states = update.states.map((state) =>
        broadcast(values[state.next]!, update.nodes[state.next]!.shape, state.shape),
      );
      const change = broadcast(values[update.output]!, update.nodes[update.output]!.shape, 'full');
      return {
        parameters: parameters.map((w, p) => w.map((x, e) => x + change[p]![e]!)),
        costUnits: allowance.spent(),
      };
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
