/** The embedded default: programs as WebAssembly SIMD in float32, bit-reproducible on any CPU. */
import { paddedColumns } from '../../compiler/memory.ts';
import type { Program, TensorId } from '../../compiler/program.ts';
import { debiasDivisor, scalarOps } from '../../compiler/scalar-ops.ts';
import { drawsOf, statesOf } from '../../compiler/tensor-ops/table.ts';
import { ruleOps } from '../../genome/update-rule/ops.ts';
import { isMatrix, matrixSize } from '../../genome/update-rule/shapes.ts';
import type { ValueShape } from '../../genome/update-rule/update-rule.ts';
import { cos, sin } from '../../numerics/elementary.ts';
import type { Examples } from '../../tasks/task.ts';
import type { Engine, Executable, ForwardPass } from '../engine.ts';
import type { NoiseKeys, NoiseKind } from '../noise.ts';
import { trainOn, wholeBatchCount, wholeBatches } from '../training-loop.ts';
import { fuse } from './fuse.ts';
import { genomeModule } from './genome-module.ts';
import { descriptorTable, matrixBytes, planLayout } from './layout.ts';
import { passModes } from './pass-modes.ts';
import { createWholeOps } from './whole-ops.ts';
import { acquireWorkspace, copyRows, releaseWorkspace, type Workspace } from './workspace.ts';

/** The default engine: one core, no dependencies, the same bits on every processor. */
export const wasmEngine: Engine = {
  name: 'wasm',
  numericClass: 'wasm-float32-9',
  reproducible: { bits: true },
  machine: {},
  tolerance: {
    gradient: 1e-4,
    update: 1e-5,
    why: 'float32 with sums in another order; elementary functions are polynomials good to a few units in the last place',
  },
  prepare,
  async train(jobs) {
    return jobs.map((job) => {
      const executable = madeReady(job.program);
      try {
        return trainOn(executable, job);
      } catch (error) {
        letGo();
        throw error;
      }
    });
  },
};

/** The program trained last stays ready: replicates, probes and re-runs of one program come in a row, and making it ready costs as much as many steps. */
let ready: { readonly compiled: Program; readonly executable: Executable } | null = null;

function madeReady(compiled: Program): Executable {
  // Not asked of the executable: its program is the fused one.
  if (ready?.compiled !== compiled) {
    letGo();
    ready = { compiled, executable: prepare(compiled) };
  }
  return ready.executable;
}

function letGo(): void {
  ready?.executable.dispose();
  ready = null;
}

interface GenomeExports {
  forward(mode: number): number;
  backward(): void;
  update(t: number, T: number, L: number, b: number, n: number): void;
}

type FillNoise = (
  out: number,
  rows: number,
  vectors: number,
  parameter: number,
  t: number,
  key0: number,
  key1: number,
) => void;

interface KernelExports {
  readonly noise_normal: FillNoise;
  readonly noise_uniform: FillNoise;
  gather(source: number, rowBytes: number, rows: number, out: number, count: number): void;
}

const host = {
  exp: scalarOps.exp,
  log: scalarOps.log,
  clippedCos: scalarOps.cos,
  tanh: scalarOps.tanh,
  pow: scalarOps.pow,
  debiasDivisor,
  sin,
  cos,
};

/** A workspace in which a program could not be made ready is as good as before: the next program overwrites it. */
function prepare(compiled: Program): Executable {
  const workspace = acquireWorkspace();
  try {
    return prepareIn(workspace, compiled);
  } catch (error) {
    releaseWorkspace(workspace);
    throw error;
  }
}

function prepareIn(workspace: Workspace, compiled: Program): Executable {
  const program = fuse(compiled);
  const layout = planLayout(program, workspace.programBase());
  workspace.reserve(layout.end);
  const { memory } = workspace;
  new Uint8Array(memory.buffer, layout.arena, layout.end - layout.arena).fill(0);
  for (const [shape, { descriptors }] of layout.spaces)
    new Int32Array(memory.buffer, descriptors).set(descriptorTable(program, shape));
  for (const { address, values } of layout.tables.values())
    new Int32Array(memory.buffer, address).set(values);
  const module = new WebAssembly.Module(genomeModule(program, layout));
  const genome = new WebAssembly.Instance(module, {
    env: { memory },
    kernels: workspace.kernels,
    host: { ...host, whole: (node: number, ...numbers: number[]) => wholes.run(node, numbers) },
  }).exports as unknown as GenomeExports;
  const kernels = workspace.kernels as unknown as KernelExports;
  const parameterIds = program.parameters.map(({ value }) => value);
  const gradientIds = program.parameters.map(({ gradient }) => gradient);
  const { stride: inputStride, cols: inputCols } = program.tensors[program.input]!;
  const { stride: targetStride, cols: targetCols } = program.tensors[program.target]!;
  const addressOf = (id: TensorId) => layout.arena + 4 * program.tensors[id]!.offset;
  const draws = program.forward.flatMap(drawsOf);
  let source: { readonly inputs: number; readonly targets: number } | null = null;
  let bound: Examples | null = null;
  let disposed = false;
  let indices = new Int32Array(0);

  const view = (id: TensorId) =>
    new Float32Array(memory.buffer, addressOf(id), program.tensors[id]!.rows * program.tensors[id]!.stride);

  /** Rows of the batch; made anew where the memory has grown, which leaves a view without elements. */
  function rowIndices(): Int32Array {
    if (indices.length === 0) indices = new Int32Array(memory.buffer, layout.rowIndices, program.batchSize);
    return indices;
  }

  function read(id: TensorId, rows = program.tensors[id]!.rows): Float64Array {
    const { cols, stride } = program.tensors[id]!;
    const from = view(id);
    const out = new Float64Array(rows * cols);
    for (let i = 0; i < rows; i++) out.set(from.subarray(i * stride, i * stride + cols), i * cols);
    return out;
  }

  function write(id: TensorId, values: Float64Array): void {
    const { rows, cols, stride } = program.tensors[id]!;
    const into = view(id);
    for (let i = 0; i < rows; i++) into.set(values.subarray(i * cols, (i + 1) * cols), i * stride);
  }

  function fillNoise(keys: NoiseKeys, t: number): void {
    for (const [node, address] of layout.noise) {
      const { op } = program.update.nodes[node] as { readonly op: NoiseKind };
      const { key0, key1 } = keys(node);
      for (const [p, id] of parameterIds.entries()) {
        const { rows, stride, offset } = program.tensors[id]!;
        kernels[`noise_${op}`](address + 4 * offset, rows, stride / 4, p, t, key0, key1);
      }
    }
  }

  function drawDropouts({ t, noise }: Extract<ForwardPass, { mode: 'train' }>): void {
    for (const { id, site } of draws) {
      const { rows, stride } = program.tensors[id]!;
      const { key0, key1 } = noise('dropout');
      kernels.noise_uniform(addressOf(id), rows, stride / 4, site, t, key0, key1);
    }
  }

  // A small network's step takes about as long as a few hundred calls: what a program does without is not asked for at every step.
  const [inputAddress, targetAddress] = [addressOf(program.input), addressOf(program.target)];
  const hasDropout = draws.length > 0;
  const hasNoise = layout.noise.size > 0;
  const hasWhole = program.update.nodes.some(
    (node) => node.kind === 'op' && ruleOps[node.op].kind === 'whole',
  );

  function load(rows: Int32Array): void {
    if (bound === null) throw new Error('loadRows before bind');
    const places = rowIndices();
    places.set(rows);
    if (rows.length < program.batchSize) places.fill(rows[rows.length - 1]!, rows.length);
    if (source === null) {
      copyRows(memory, inputAddress, bound.inputs, places, inputCols);
      copyRows(memory, targetAddress, bound.targets, places, targetCols);
      return;
    }
    kernels.gather(source.inputs, 4 * inputStride, layout.rowIndices, inputAddress, program.batchSize);
    kernels.gather(source.targets, 4 * targetStride, layout.rowIndices, targetAddress, program.batchSize);
  }

  function boundExamples(): Examples {
    if (bound === null) throw new Error('a full gradient before bind');
    return bound;
  }

  const wholes = createWholeOps(program, layout, workspace, {
    loss: () => genome.forward(passModes.probe),
    backward: () => genome.backward(),
    wholeBatches: () => wholeBatchCount(boundExamples().count, program.batchSize),
    overWholeBatches(visit) {
      const present = rowIndices().slice();
      const batches = wholeBatches(boundExamples().count, program.batchSize);
      for (const rows of batches) {
        load(rows);
        visit(1 / batches.length);
      }
      load(present);
    },
  });

  return {
    program,
    readParameters: () => parameterIds.map((id) => read(id)),
    writeParameters: (values) => values.forEach((value, i) => write(parameterIds[i]!, value)),
    readGradients: () => gradientIds.map((id) => read(id)),
    writeGradients: (values) => values.forEach((value, i) => write(gradientIds[i]!, value)),
    writeConstants: (values) => values.forEach((value, i) => write(program.constants[i]!.value, value)),
    resetStates() {
      for (const { id, initial } of program.forward.flatMap(statesOf)) write(id, initial);
      for (const [slot, state] of program.update.states.entries())
        fillState(memory, program, layout.states[slot]!, state);
      wholes.reset();
    },
    bind(task, split) {
      bound = task.splits[split];
      source = workspace.dataSet(task.splits[split], inputCols, targetCols, layout.end);
    },
    loadRows(rows) {
      load(rows);
    },
    forward(pass) {
      if (hasDropout && pass.mode === 'train') drawDropouts(pass);
      return genome.forward(passModes[pass.mode]);
    },
    backward: () => genome.backward(),
    update(inputs, noise, allowance = Number.POSITIVE_INFINITY) {
      if (hasNoise) fillNoise(noise, inputs.t);
      if (hasWhole) wholes.begin(inputs, noise, allowance);
      genome.update(inputs.t, inputs.T, inputs.L, inputs.b, inputs.n);
      return hasWhole ? wholes.costUnits() : 0;
    },
    readLosses: (count) => read(program.loss, count),
    readOutputs: (count) => read(program.output, count),
    dispose() {
      if (disposed) return;
      disposed = true;
      releaseWorkspace(workspace);
    },
  };
}

/** Numbers in a state of this shape, padding included: float32 for vectors, float64 for scalars. */
function stateLength(program: Program, shape: ValueShape): number {
  const sizes = program.parameters.map(({ value }) => program.tensors[value]!);
  const sum = (of: (size: (typeof sizes)[number]) => number) =>
    sizes.reduce((total, size) => total + of(size), 0);
  if (isMatrix(shape)) return sum((size) => matrixBytes(shape, size) / 4);
  return {
    all: 1,
    tensor: sizes.length,
    row: sum((size) => size.rows),
    col: sum((size) => size.stride),
  }[shape];
}

function fillState(
  memory: WebAssembly.Memory,
  program: Program,
  address: number,
  { shape, initial }: Program['update']['states'][number],
): void {
  const length = stateLength(program, shape);
  const isVector = shape === 'col' || isMatrix(shape);
  const view = isVector
    ? new Float32Array(memory.buffer, address, length)
    : new Float64Array(memory.buffer, address, length);
  const isSquare = shape === 'rowrow' || shape === 'colcol';
  view.fill(isSquare ? 0 : initial);
  if (!isSquare) return;
  let first = 0;
  for (const { value } of program.parameters) {
    const { rows, cols } = matrixSize(shape, program.tensors[value]!);
    for (let i = 0; i < rows; i++) view[first + i * paddedColumns(cols) + i] = initial;
    first += rows * paddedColumns(cols);
  }
}
