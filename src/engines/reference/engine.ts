/** The oracle: plain float64 loops. Slow on purpose. */
import type { Program, TensorId } from '../../compiler/program.ts';
import type { Task } from '../../tasks/task.ts';
import type { Engine, Executable } from '../engine.ts';
import { trainOn } from '../training-loop.ts';
import { tensorOpRunner } from './tensor-ops.ts';
import { createUpdate } from './update.ts';

export const referenceEngine: Engine = {
  name: 'reference',
  numericClass: 'reference-float64-1',
  reproducible: { bits: true },
  machine: {},
  tolerance: {
    gradient: 1e-12,
    update: 1e-12,
    why: 'it is the reference; only the order of sums differs from a formula',
  },
  prepare,
  async train(jobs, signal) {
    return jobs.map((job) => {
      const executable = prepare(job.program);
      const record = trainOn(executable, job, signal);
      executable.dispose();
      return record;
    });
  },
};

function prepare(program: Program): Executable {
  const arena = new Float64Array(program.arenaLength);
  const run = tensorOpRunner(program, arena);
  const update = createUpdate(program);
  const parameterIds = program.parameters.map(({ value }) => value);
  const gradientIds = program.parameters.map(({ gradient }) => gradient);
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

  return {
    program,
    readParameters: () => parameterIds.map((id) => read(id)),
    writeParameters: (values) => values.forEach((value, i) => write(parameterIds[i]!, value)),
    readGradients: () => gradientIds.map((id) => read(id)),
    writeGradients: (values) => values.forEach((value, i) => write(gradientIds[i]!, value)),
    writeConstants: (values) => values.forEach((value, i) => write(program.constants[i]!.value, value)),
    resetStates() {
      update.reset();
      for (const op of program.forward)
        if (op.op === 'batchNorm') write(op.running, new Float64Array(2 * op.channels).fill(1, op.channels));
    },
    bind(task, split) {
      bound = { task, split };
    },
    loadRows(rows) {
      if (bound === null) throw new Error('loadRows before bind');
      const { inputs, targets } = bound.task.splits[bound.split];
      copyRows(program.input, inputs, rows);
      copyRows(program.target, targets, rows);
    },
    forward(pass) {
      run(program.forward, pass);
      const losses = read(program.loss);
      return losses.reduce((total, loss) => total + loss, 0) / losses.length;
    },
    backward: () => run(program.backward, { mode: 'probe' }),
    update(inputs, noise) {
      const next = update.step(
        inputs,
        parameterIds.map((id) => read(id)),
        gradientIds.map((id) => read(id)),
        noise,
      );
      next.forEach((value, i) => write(parameterIds[i]!, value));
    },
    readLosses: (count) => read(program.loss, count),
    readOutputs: (count) => read(program.output, count),
    dispose() {},
  };
}
