/** The oracle: plain float64 loops. Slow on purpose. */
import type { Program, TensorId } from '../../compiler/program.ts';
import { statesOf } from '../../compiler/tensor-ops/table.ts';
import type { Task } from '../../tasks/task.ts';
import type { Engine, Executable, ForwardPass } from '../engine.ts';
import { createAllowance } from '../rules/allowance.ts';
import { trainOn, wholeBatchCount, wholeBatches } from '../training-loop.ts';
import type { Objective } from './landscape.ts';
import { tensorOpRunner } from './tensor-ops/table.ts';
import { createUpdate } from './update.ts';

/** The oracle that every other engine is compared with. */
export const referenceEngine: Engine = {
  name: 'reference',
  numericClass: 'reference-float64-3',
  reproducible: { bits: true },
  machine: {},
  tolerance: {
    gradient: 1e-12,
    update: 1e-12,
    why: 'it is the reference; only the order of sums differs from a formula',
  },
  prepare,
  async train(jobs) {
    return jobs.map((job) => {
      const executable = prepare(job.program);
      const record = trainOn(executable, job);
      executable.dispose();
      return record;
    });
  },
};

const probe: ForwardPass = { mode: 'probe' };

function fail(): never {
  throw new Error('a full gradient before bind and loadRows');
}

function prepare(program: Program): Executable {
  const arena = new Float64Array(program.arenaLength);
  const run = tensorOpRunner(program, arena);
  const update = createUpdate(program);
  const parameterIds = program.parameters.map(({ value }) => value);
  const gradientIds = program.parameters.map(({ gradient }) => gradient);
  const readAll = (ids: readonly TensorId[]) => ids.map((id) => read(id));
  const writeAll = (ids: readonly TensorId[], values: readonly Float64Array[]) =>
    values.forEach((value, i) => write(ids[i]!, value));
  let loaded: Int32Array | null = null;
  let bound: { readonly task: Task; readonly split: keyof Task['splits'] } | null = null;

  function read(id: TensorId, rows = program.tensors[id]!.rows): Float64Array {
    const { cols, stride, offset } = program.tensors[id]!;
    const out = new Float64Array(rows * cols);
    for (let i = 0; i < rows; i++)
      out.set(arena.subarray(offset + i * stride, offset + i * stride + cols), i * cols);
    return out;
  }

  function write(id: TensorId, values: Float64Array): void {
    const { rows, cols, stride, offset } = program.tensors[id]!;
    for (let i = 0; i < rows; i++) arena.set(values.subarray(i * cols, (i + 1) * cols), offset + i * stride);
  }

  const copyRows = (id: TensorId, source: Float64Array, rows: Int32Array) => {
    const { cols, stride, offset } = program.tensors[id]!;
    for (let i = 0; i < program.batchSize; i++) {
      const row = rows[Math.min(i, rows.length - 1)]!;
      arena.set(source.subarray(row * cols, (row + 1) * cols), offset + i * stride);
    }
  };

  function load(rows: Int32Array): void {
    if (bound === null) throw new Error('loadRows before bind');
    const { inputs, targets } = bound.task.splits[bound.split];
    copyRows(program.input, inputs, rows);
    copyRows(program.target, targets, rows);
  }

  function forward(pass: ForwardPass): number {
    run(program.forward, pass);
    const losses = read(program.loss);
    return losses.reduce((total, loss) => total + loss, 0) / losses.length;
  }

  /** Loss and gradient at other parameters; parameters, gradients and batch are restored after each call. */
  const objective: Objective = {
    lossOf: (parameters) => elsewhere(parameters, () => forward(probe)),
    gradientOf: (parameters) => elsewhere(parameters, gradientHere),
    wholeBatches() {
      const { task, split } = bound ?? fail();
      return wholeBatchCount(task.splits[split].count, program.batchSize);
    },
    fullGradientOf: (parameters) =>
      elsewhere(parameters, () => {
        const { task, split } = bound ?? fail();
        const batches = wholeBatches(task.splits[split].count, program.batchSize);
        const sum = readAll(gradientIds).map((values) => values.fill(0));
        for (const rows of batches) {
          load(rows);
          for (const [p, values] of gradientHere().entries())
            for (const [i, value] of values.entries()) sum[p]![i]! += value / batches.length;
        }
        load(loaded ?? fail());
        return sum;
      }),
  };

  function gradientHere(): Float64Array[] {
    forward(probe);
    run(program.backward, probe);
    return readAll(gradientIds);
  }

  function elsewhere<T>(parameters: readonly Float64Array[], look: () => T): T {
    const [w, g] = [readAll(parameterIds), readAll(gradientIds)];
    writeAll(parameterIds, parameters);
    const seen = look();
    writeAll(parameterIds, w);
    writeAll(gradientIds, g);
    return seen;
  }

  return {
    program,
    readParameters: () => readAll(parameterIds),
    writeParameters: (values) => writeAll(parameterIds, values),
    readGradients: () => readAll(gradientIds),
    writeGradients: (values) => writeAll(gradientIds, values),
    writeConstants: (values) =>
      writeAll(
        program.constants.map(({ value }) => value),
        values,
      ),
    resetStates() {
      update.reset();
      for (const { id, initial } of program.forward.flatMap(statesOf)) write(id, initial);
    },
    bind(task, split) {
      bound = { task, split };
    },
    loadRows(rows) {
      loaded = rows.slice();
      load(rows);
    },
    forward,
    backward: () => run(program.backward, probe),
    update(inputs, noise, allowance = Number.POSITIVE_INFINITY) {
      const { parameters, costUnits } = update.step(
        inputs,
        readAll(parameterIds),
        readAll(gradientIds),
        noise,
        objective,
        createAllowance(allowance),
      );
      writeAll(parameterIds, parameters);
      return costUnits;
    },
    readLosses: (count) => read(program.loss, count),
    readOutputs: (count) => read(program.output, count),
    dispose() {},
  };
}
