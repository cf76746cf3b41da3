/** Layers against PyTorch: the same weights and inputs give the same activation, on every engine. */
import { describe, expect, it } from 'vitest';
import type { Program, TensorId } from '../../src/compiler/program.ts';
import type { ForwardPass } from '../../src/engines/engine.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import type { Shape } from '../../src/genome/architecture/architecture.ts';
import { featureCount } from '../../src/genome/architecture/shapes.ts';
import type { Examples, Task } from '../../src/tasks/task.ts';
import oracle from '../fixtures/torch-layers.json' with { type: 'json' };
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const { batch } = oracle;
const train: ForwardPass = { mode: 'train', t: 1, noise: noiseKeys('layers') };

/** What the head reads: the last activation of the architecture. */
function features(program: Program): TensorId {
  const head = program.forward.find((op) => op.op === 'matmul' && op.out === program.output);
  if (head?.op !== 'matmul') throw new Error('no head');
  return head.a;
}

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('layers on %s', (_name, engine) => {
  it.each(oracle.cases)('$name', ({ architecture, input, x, parameters, y, measured }) => {
    const shape = input as unknown as Shape;
    const signature = { input: shape, target: { kind: 'regression', outputs: 1 } } as const;
    const program = programOf(genomeOf(architecture, 'u = -0.1 * g'), signature, batch);
    const count = x.length / featureCount(shape);
    const examples: Examples = {
      count,
      inputs: Float64Array.from(x),
      targets: new Float64Array(count),
    };
    const task: Task = {
      ...randomTask(signature),
      splits: { ...randomTask(signature).splits, train: examples },
    };
    const executable = engine.prepare({ ...program, output: features(program) });
    const head = executable.readParameters().slice(parameters.length);
    executable.writeParameters([...parameters.map((values) => Float64Array.from(values)), ...head]);
    executable.resetStates();
    executable.bind(task, 'train');
    const run = (first: number, pass: ForwardPass) => {
      executable.loadRows(Int32Array.from({ length: batch }, (_, i) => first + i));
      executable.forward(pass);
      return [...executable.readOutputs(batch)];
    };
    const outputs = [];
    for (let first = 0; first < count; first += batch) outputs.push(...run(first, train));
    expect(worstError(outputs, y)).toBeLessThan(Math.max(1e-8, engine.tolerance.update));
    if (measured !== undefined)
      expect(worstError(run(0, { mode: 'measure' }), measured)).toBeLessThan(
        Math.max(1e-8, engine.tolerance.update),
      );
    executable.dispose();
  });
});
