/** Rows of a batch come from a copy of a small data set, and straight from a large one. */
import { expect, it } from 'vitest';
import { initialParameters } from '../../src/engines/initial-weights.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { acquireWorkspace } from '../../src/engines/wasm/workspace.ts';
import { stream } from '../../src/random/stream.ts';
import type { Examples, Task, TaskSignature } from '../../src/tasks/task.ts';
import { genomeOf, programOf } from '../support/engines.ts';

const cols = 785;
const signature: TaskSignature = { input: [1, 1, cols], target: { kind: 'regression', outputs: 3 } };
const random = stream('rows');
const many = 2700;
const large: Examples = {
  count: many,
  inputs: Float64Array.from({ length: many * cols }, () => random.normal()),
  targets: Float64Array.from({ length: many * 3 }, () => random.normal()),
};
const few = 500;
const small: Examples = {
  count: few,
  inputs: large.inputs.slice(0, few * cols),
  targets: large.targets.slice(0, few * 3),
};

function trained(examples: Examples) {
  const program = programOf(
    genomeOf('h = relu(dense(x, units: 9))\ny = dense(h, units: 5)', 'u = -0.01 * g'),
    signature,
    32,
  );
  const task: Task = {
    name: 'rows',
    signature,
    splits: { train: examples, search: examples, select: examples, final: examples },
    untrainedLoss: 1,
  };
  const executable = wasmEngine.prepare(program);
  executable.writeParameters(initialParameters(program, 'rows'));
  executable.resetStates();
  executable.bind(task, 'train');
  const order = stream('rows of batches');
  const losses = Array.from({ length: 5 }, (_, step) => {
    // The last batch is not full.
    executable.loadRows(Int32Array.from({ length: step === 4 ? 30 : 32 }, () => order.below(few)));
    const L = executable.forward({ mode: 'train', t: step + 1, noise: noiseKeys('rows') });
    executable.backward();
    executable.update({ t: step + 1, T: 5, L, b: 32, n: few }, noiseKeys('rows'));
    return [...executable.readLosses(30)];
  });
  const parameters = executable.readParameters().map((values) => [...values]);
  executable.dispose();
  return { losses, parameters };
}

it('trains to the same bits whether the rows are copied at once or batch by batch', () => {
  const workspace = acquireWorkspace();
  expect(workspace.dataSet(small, cols, 3, 0)).not.toBeNull();
  const bytes = workspace.memory.buffer.byteLength;
  expect(workspace.dataSet(large, cols, 3, 0)).toBeNull();
  expect(workspace.memory.buffer.byteLength).toBe(bytes);
  expect(trained(large)).toEqual(trained(small));
});
