/** Gradients: `reference` against central differences, every other engine against `reference`. */
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/compiler/program.ts';
import type { Engine, Executable } from '../../src/engines/engine.ts';
import { initialParameters } from '../../src/engines/initial-weights.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { activationNames } from '../../src/genome/architecture/ops.ts';
import { stream } from '../../src/random/stream.ts';
import { objectiveNames } from '../../src/tasks/objectives.ts';
import type { Task, TaskSignature } from '../../src/tasks/task.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const classification: TaskSignature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } };
const regression: TaskSignature = { input: [1, 2, 3], target: { kind: 'regression', outputs: 2 } };
const batch = 5;

function prepared(engine: Engine, program: Program, task: Task): Executable {
  const executable = engine.prepare(program);
  executable.writeParameters(
    initialParameters(program, 'gradient').map((values, p) =>
      values.map((x, i) => x + 0.1 * Math.sin(1 + 7 * p + i)),
    ),
  );
  executable.resetStates();
  executable.bind(task, 'train');
  executable.loadRows(Int32Array.from({ length: batch }, (_, i) => 3 * i));
  return executable;
}

function gradientsOn(engine: Engine, program: Program, task: Task): { loss: number; gradients: number[] } {
  const executable = prepared(engine, program, task);
  const loss = executable.forward({ mode: 'measure' });
  executable.backward();
  const gradients = executable.readGradients().flatMap((values) => [...values]);
  executable.dispose();
  return { loss, gradients };
}

/** Central differences at some elements of each parameter; two step sizes must agree, or the point is too near a kink to judge. */
function centralDifferences(program: Program, task: Task): { index: number; value: number }[] {
  const executable = prepared(referenceEngine, program, task);
  const start = executable.readParameters();
  const random = stream('elements');
  const found: { index: number; value: number }[] = [];
  let before = 0;
  for (const [p, values] of start.entries()) {
    for (const i of new Set([0, values.length - 1, random.below(values.length)])) {
      const slope = (h: number) => {
        const at = (x: number) => {
          executable.writeParameters(
            start.map((v, q) => (q === p ? v.map((y, j) => (j === i ? y + x : y)) : v)),
          );
          return executable.forward({ mode: 'measure' });
        };
        return (at(h) - at(-h)) / (2 * h);
      };
      const [coarse, fine] = [slope(1e-5), slope(5e-6)];
      if (Math.abs(coarse - fine) < 1e-7 * Math.max(1, Math.abs(fine)))
        found.push({ index: before + i, value: fine });
    }
    before += values.length;
  }
  return found;
}

function check(program: Program, task: Task): number {
  const { loss, gradients } = gradientsOn(referenceEngine, program, task);
  const differences = centralDifferences(program, task);
  for (const { index, value } of differences)
    expect(
      Math.abs(gradients[index]! - value) / Math.max(1, Math.abs(value)),
      `element ${index}`,
    ).toBeLessThan(2e-6);
  for (const engine of allEngines) {
    const other = gradientsOn(engine, program, task);
    expect(worstError([other.loss], [loss]), engine.name).toBeLessThan(engine.tolerance.gradient);
    const scale = Math.max(1, ...gradients.map(Math.abs));
    expect(
      worstError(
        other.gradients.map((g) => g / scale),
        gradients.map((g) => g / scale),
      ),
      engine.name,
    ).toBeLessThan(engine.tolerance.gradient);
  }
  return differences.length;
}

const ops: readonly (readonly [string, string])[] = [
  ['the head alone', 'y = x'],
  ['dense', 'y = dense(x, units: 5, init: lecun, multiplier: 1.7)'],
  ['dense without bias', 'y = dense(x, units: 7, init: he, bias: false)'],
  ...activationNames.map((name) => [name, `y = ${name}(dense(x, units: 5, init: lecun, gain: 2))`] as const),
  ['add', 'h = dense(x, units: 4)\ny = add(tanh(h), sin(h))'],
  ['add to itself', 'h = tanh(dense(x, units: 4))\ny = add(h, h)'],
  ['multiply', 'h = dense(x, units: 4)\ny = multiply(tanh(h), sigmoid(h))'],
  ['multiply by itself', 'h = dense(x, units: 4)\ny = multiply(h, h)'],
  ['concat', 'h = dense(x, units: 3)\ny = tanh(dense(concat(concat(h, tanh(h)), x), units: 4))'],
  ['layerNorm', 'y = layerNorm(dense(x, units: 6, init: lecun))'],
  ['layerNorm of the input', 'y = tanh(layerNorm(x))'],
  ['rmsNorm', 'y = rmsNorm(dense(x, units: 6, init: lecun))'],
  [
    'norms read twice',
    'h = dense(x, units: 6, init: lecun)\na = layerNorm(h)\nb = rmsNorm(h)\ny = add(multiply(a, b), h)',
  ],
  ['scale', 'h = dense(x, units: 6)\ny = add(scale(h, value: 0.5), tanh(h))'],
  ['scale of the input', 'y = scale(x)'],
  ['flatten', 'y = tanh(flatten(x))'],
];

const signatures: readonly (readonly [string, TaskSignature])[] = [
  ['logistic', { input: [1, 6, 1], target: { kind: 'binary' } }],
  ['linear', { input: [1, 6, 1], target: { kind: 'linear', best: [-1, 0.5, 2] } }],
  ...objectiveNames.map(
    (objective) => [objective, { input: [1, 1, 1], target: { kind: 'objective', objective } }] as const,
  ),
  [
    'a head without bias',
    {
      input: [1, 2, 3],
      target: { kind: 'regression', outputs: 2 },
      head: { kind: 'linear', bias: false, init: 'he' },
    },
  ],
];

describe('gradients', () => {
  it.each(signatures)('of the loss: %s', (_name, signature) => {
    for (const net of ['y = x', 'h = tanh(dense(x, units: 4))\ny = add(h, sin(h))'])
      expect(
        check(programOf(genomeOf(net, 'u = -0.1 * g'), signature, batch), randomTask(signature)),
      ).toBeGreaterThan(0);
  });

  it('without a head', () => {
    const signature: TaskSignature = { ...regression, head: { kind: 'none' } };
    const net = 'y = tanh(dense(x, units: 2))';
    const program = programOf(genomeOf(net, 'u = -0.1 * g'), signature, batch);
    expect(program.parameters.map(({ name }) => name)).toEqual(['n1.weight', 'n1.bias']);
    expect(check(program, randomTask(signature))).toBeGreaterThan(0);
  });

  it.each(ops)('%s', (_name, text) => {
    for (const signature of [classification, regression]) {
      expect(
        check(programOf(genomeOf(text, 'u = -0.1 * g'), signature, batch), randomTask(signature)),
      ).toBeGreaterThan(0);
    }
  });

  it('of 200 random genomes', () => {
    let judged = 0;
    for (let n = 0; n < 200; n++)
      judged += check(programOf(randomGenome(n), classification, batch), randomTask(classification));
    expect(judged).toBeGreaterThan(1000);
  });
});
