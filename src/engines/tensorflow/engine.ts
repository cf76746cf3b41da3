/** TensorFlow: large networks, and GPUs where there is one. Its gradients are its own, which makes it an independent check of our backward pass. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program } from '../../compiler/program.ts';
import { statesOf } from '../../compiler/tensor-ops/table.ts';
import type { Engine, Executable, ForwardPass } from '../engine.ts';
import { createAllowance } from '../rules/allowance.ts';
import { trainOn, wholeBatches } from '../training-loop.ts';
import { type Batch, runForward } from './forward.ts';
import { loadTensorflow } from './load.ts';
import { createObjective } from './objective.ts';
import { type Memory, remember } from './pass.ts';
import { createUpdate } from './update.ts';

/** @throws UserError where TensorFlow cannot be loaded. */
export function openTensorflowEngine(): Engine {
  const { tf, version, device } = loadTensorflow();
  const prepareHere = (program: Program) => prepare(tf, program);
  return {
    name: 'tensorflow',
    numericClass: `tensorflow-float32-3 on libtensorflow ${version}, ${device.kind}`,
    reproducible: {
      bits: false,
      loss: 0.02,
      why: 'TensorFlow takes its sums in an order that depends on the processor, and training amplifies the difference',
    },
    machine: { libtensorflow: version, device: `${device.kind}: ${device.name}` },
    tolerance: {
      gradient: 1e-4,
      update: 1e-5,
      why: 'float32 with sums in another order; elementary functions are those of TensorFlow, good to a few units in the last place',
    },
    prepare: prepareHere,
    async train(jobs) {
      return jobs.map((job) => {
        const executable = prepareHere(job.program);
        try {
          return trainOn(executable, job);
        } finally {
          executable.dispose();
        }
      });
    },
  };
}

/** Tensors held between calls; each is replaced as a whole. */
interface Held {
  /** The bound split. */
  source: Batch | null;
  batch: Batch | null;
  losses: Tf.Tensor | null;
  outputs: Tf.Tensor | null;
  gradients: readonly Tf.Tensor[];
}

function prepare(tf: typeof Tf, program: Program): Executable {
  const shapeOf = (p: number): [number, number] => {
    const { rows, cols } = program.tensors[program.parameters[p]!.value]!;
    return [rows, cols];
  };
  const variables = program.parameters.map((_, p) => {
    const zeros = tf.zeros(shapeOf(p));
    const variable = tf.variable(zeros);
    zeros.dispose();
    return variable;
  });
  const update = createUpdate(tf, program);
  const memory: Memory = new Map();
  const held: Held = { source: null, batch: null, losses: null, outputs: null, gradients: [] };
  /** True where `held.gradients` are those of the last forward pass. */
  let differentiated = false;

  function holdGradients(gradients: readonly Tf.Tensor[]): void {
    tf.dispose([...held.gradients]);
    held.gradients = gradients;
  }

  /** Runs the forward list and holds its losses and outputs; the mean loss is given back. */
  function pass(how: ForwardPass): Tf.Scalar {
    const { loss, losses, outputs } = runForward(tf, program, variables, loadedBatch(), how, memory);
    tf.dispose([held.losses, held.outputs].filter((tensor) => tensor !== null));
    held.losses = tf.keep(losses);
    held.outputs = tf.keep(outputs);
    return loss;
  }

  function differentiate(how: ForwardPass): number {
    const { value, grads } = tf.variableGrads(() => pass(how), variables);
    holdGradients(variables.map(({ name, shape }) => grads[name] ?? tf.zeros(shape)));
    differentiated = true;
    return readOnce(value);
  }

  function readOnce(scalar: Tf.Tensor): number {
    const [value] = scalar.dataSync();
    scalar.dispose();
    return value!;
  }

  function loadedBatch(): Batch {
    if (held.batch === null) throw new Error('forward before loadRows');
    return held.batch;
  }

  function sourceOf(): Batch {
    if (held.source === null) throw new Error('loadRows before bind');
    return held.source;
  }

  function gather(rows: Int32Array): Batch {
    const { input, target } = sourceOf();
    const chosen = tf.tensor1d(rows, 'int32');
    const batch = { input: tf.gather(input, chosen), target: tf.gather(target, chosen) };
    chosen.dispose();
    return batch;
  }

  const objective = createObjective(tf, {
    loss: (parameters, batch) => runForward(tf, program, parameters, batch, { mode: 'probe' }, memory).loss,
    loadedBatch,
    wholeBatches: () => wholeBatches(sourceOf().input.shape[0]!, program.batchSize),
    gather,
  });

  const disposeBatch = (batch: Batch | null) => batch !== null && tf.dispose([batch.input, batch.target]);

  const readAll = (tensors: readonly Tf.Tensor[]) => tensors.map((x) => Float64Array.from(x.dataSync()));
  const matrix = (values: Float64Array, shape: [number, number]) =>
    tf.tensor2d(Float32Array.from(values), shape);

  return {
    program,
    readParameters: () => readAll(variables),
    writeParameters: (values) =>
      values.forEach((value, p) => {
        const tensor = matrix(value, shapeOf(p));
        variables[p]!.assign(tensor);
        tensor.dispose();
      }),
    readGradients: () => readAll(held.gradients),
    writeGradients: (values) => holdGradients(values.map((value, p) => matrix(value, shapeOf(p)))),
    writeConstants: (values) =>
      values.forEach((value, i) => {
        const id = program.constants[i]!.value;
        const { rows, cols } = program.tensors[id]!;
        remember(tf, memory, id, matrix(value, [rows, cols]));
      }),
    resetStates() {
      update.reset();
      for (const { id, initial } of program.forward.flatMap(statesOf)) {
        const { rows, cols } = program.tensors[id]!;
        remember(tf, memory, id, matrix(initial, [rows, cols]));
      }
    },
    bind(task, split) {
      const { count, inputs, targets } = task.splits[split];
      disposeBatch(held.source);
      held.source = {
        input: matrix(inputs, [count, inputs.length / count]),
        target: matrix(targets, [count, targets.length / count]),
      };
    },
    loadRows(rows) {
      const indices = new Int32Array(program.batchSize).fill(rows[rows.length - 1]!);
      indices.set(rows);
      const batch = gather(indices);
      disposeBatch(held.batch);
      held.batch = batch;
    },
    forward(how) {
      // A training step asks for the gradients next, and they come with the forward pass.
      if (how.mode === 'train') return differentiate(how);
      differentiated = false;
      return readOnce(tf.tidy(() => pass(how)));
    },
    backward() {
      if (!differentiated) differentiate({ mode: 'probe' });
    },
    update(inputs, noise, allowance = Number.POSITIVE_INFINITY) {
      const { parameters, costUnits } = tf.tidy(() =>
        update.step(
          { inputs, parameters: variables, gradients: held.gradients, noise },
          objective,
          createAllowance(allowance),
        ),
      );
      parameters.forEach((value, p) => {
        variables[p]!.assign(value);
        value.dispose();
      });
      return costUnits;
    },
    readLosses: (count) => Float64Array.from(held.losses!.dataSync().subarray(0, count)),
    readOutputs: (count) =>
      Float64Array.from(held.outputs!.dataSync().subarray(0, count * held.outputs!.shape[1]!)),
    dispose() {
      disposeBatch(held.source);
      disposeBatch(held.batch);
      tf.dispose([held.losses, held.outputs].filter((tensor) => tensor !== null));
      holdGradients([]);
      update.dispose();
      tf.dispose([...memory.values()]);
      tf.dispose(variables);
    },
  };
}
