/** What the engine `tensorflow` promises beside the conformance suite. Skipped where TensorFlow is not set up; tests/conformance/engines.test.ts says so. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { loadTensorflow } from '../../src/engines/tensorflow/load.ts';
import { knownText } from '../../src/genome/known.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { genomeOf, programOf, randomTask, tensorflowEngine } from '../support/engines.ts';

const signature: TaskSignature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } };
const task = randomTask(signature);
const net = 'h = tanh(dense(x, units: 5))\ny = layerNorm(concat(h, x))';
const perElement = "m = lerp(m', g, 0.9)\nu = -0.01 * debias(m, 0.9) + 0.001 * normal()";
const perTensor =
  "r = lerp(r', mean(square(g), over: row), 0.9)\nc = max(abs(g), over: col)\nu = -0.01 * g / (sqrt(r) + c + norm(g, over: tensor) + 1)";

/** One known rule for each way of holding tensors; svrg takes full gradients, seg looks at gradients elsewhere, shampoo holds square states. */
const known = ['adam', 'lbfgs', 'muon', 'openai-es', 'pso', 'seg', 'shampoo', 'sls', 'svrg'];
const rules = [
  ['laid end to end', perElement],
  ['one by one', perTensor],
  ...known.map((name) => [`of ${name}`, knownText('rule', name)!] as const),
] as const;

const job = (rule: string, steps: number) => ({
  program: programOf(genomeOf(net, rule), signature, 4),
  task,
  budget: { steps, batchSize: 4, order: 'shuffled' } as const,
  seed: 'tensorflow',
  measure: ['search', 'final'] as const,
  curvePoints: 4,
});

describe.skipIf(tensorflowEngine === null)('the engine tensorflow', () => {
  const engine = tensorflowEngine as Engine;

  it.each(rules)('leaves no tensor behind, parameters %s', async (_name, rule) => {
    const { tf } = loadTensorflow();
    await engine.train([job(rule, 2)]);
    const before = tf.memory();
    for (const steps of [1, 30]) await engine.train([job(rule, steps)]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it.each(rules)(
    'holds as many tensors after the last step as after the second, parameters %s',
    (_name, rule) => {
      const { tf } = loadTensorflow();
      const executable = engine.prepare(job(rule, 1).program);
      executable.resetStates();
      executable.resetStates();
      executable.bind(task, 'train');
      const held = Array.from({ length: 20 }, (_, i) => {
        executable.loadRows(Int32Array.of(0, 1, 2));
        const L = executable.forward({ mode: 'train', t: i + 1, noise: noiseKeys('held') });
        executable.backward();
        executable.update({ t: i + 1, T: 20, L, b: 4, n: 24 }, noiseKeys('held'));
        executable.forward({ mode: 'measure' });
        return [tf.memory().numTensors, tf.memory().numDataBuffers];
      });
      executable.dispose();
      expect(held.slice(2)).toEqual(held.slice(2).map(() => held[1]));
    },
  );

  it('takes the gradients of the last forward pass, whatever its mode', () => {
    const executable = engine.prepare(job(perElement, 1).program);
    executable.resetStates();
    executable.bind(task, 'train');
    const gradientsAfter = (...modes: readonly ('train' | 'measure')[]) => {
      executable.loadRows(Int32Array.of(4, 5, 6, 7));
      for (const mode of modes)
        executable.forward(mode === 'train' ? { mode, t: 1, noise: noiseKeys('mode') } : { mode });
      executable.backward();
      return executable.readGradients();
    };
    const inTraining = gradientsAfter('train');
    executable.loadRows(Int32Array.of(0, 1, 2, 3));
    executable.forward({ mode: 'train', t: 1, noise: noiseKeys('mode') });
    expect(gradientsAfter('measure')).toEqual(inTraining);
    expect(gradientsAfter('train', 'measure')).toEqual(inTraining);
    executable.dispose();
  });

  it('measures squares that float32 would lose', () => {
    const executable = engine.prepare(
      programOf(genomeOf('y = x', 'u = norm(g, over: all) + norm(g, over: tensor)'), signature, 4),
    );
    executable.resetStates();
    executable.writeParameters([new Float64Array(18), new Float64Array(3)]);
    // 21 numbers of 1e-25: their squares are below float32's smallest.
    executable.writeGradients([new Float64Array(18).fill(1e-25), new Float64Array(3).fill(1e-25)]);
    executable.update({ t: 1, T: 1, L: 1, b: 4, n: 24 }, noiseKeys('squares'));
    const [weight, bias] = executable.readParameters();
    executable.dispose();
    expect(weight![0]! / (1e-25 * (Math.sqrt(21) + Math.sqrt(18)))).toBeCloseTo(1, 6);
    expect(bias![0]! / (1e-25 * (Math.sqrt(21) + Math.sqrt(3)))).toBeCloseTo(1, 6);
  });

  it('names what its numbers depend on, and where it ran', () => {
    const { version, device } = loadTensorflow();
    expect(engine.numericClass).toContain(version);
    expect(engine.numericClass).toMatch(/, (cpu|gpu)$/);
    expect(engine.machine).toEqual({ libtensorflow: version, device: `${device.kind}: ${device.name}` });
  });
});
