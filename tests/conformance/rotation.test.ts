/**
 * The rotation gene is a change of coordinates: rules that commute with rotations train the same network, step by step; rules that look at single coordinates do not. Shown on the
 * float64 reference, where the identity holds to rounding, and on the others within float32.
 */
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/compiler/program.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { initialConstants } from '../../src/engines/initial-weights.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { trainOn } from '../../src/engines/training-loop.ts';
import { knownRule } from '../../src/genome/known.ts';
import type { UpdateRule } from '../../src/genome/update-rule/update-rule.ts';
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const signature = { input: [1, 6, 2], target: { kind: 'classification', classes: 3 } } as const;
const task = randomTask(signature);

/** The weights in use after some steps of training: left V right where a weight is rotated. */
function trained(engine: Engine, network: string, rule: UpdateRule, steps: number): number[] {
  const program = programOf({ ...genomeOf(network, 'u = g'), rule }, signature, 8);
  const executable = engine.prepare(program);
  const record = trainOn(executable, {
    program,
    task,
    budget: { steps, batchSize: 8, order: 'shuffled' },
    seed: 'rotation',
    measure: [],
    curvePoints: 0,
  });
  expect(record.end.status).toBe('completed');
  const values = executable.readParameters();
  executable.dispose();
  return program.parameters.flatMap((_, p) => [...inUse(program, p, values[p]!)]);
}

function inUse(program: Program, p: number, values: Float64Array): Float64Array {
  const { rotation, value } = program.parameters[p]!;
  if (rotation === undefined) return values;
  const { rows, cols } = program.tensors[value]!;
  const constants = initialConstants(program, 'rotation');
  return product(
    product(constants[rotation.left]!, values, rows, rows, cols),
    constants[rotation.right]!,
    rows,
    cols,
    cols,
  );
}

function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, index) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[Math.floor(index / n) * k + i]! * b[i * n + (index % n)]!;
    return sum;
  });
}

/** A bias of keys would change nothing but have a gradient of rounding errors, which normalising makes large: hence none. */
const networks = [
  ['dense', (gene: string) => `y = tanh(dense(x, units: 5, multiplier: 1.5${gene}))`],
  ['conv', (gene: string) => `y = tanh(conv(x, units: 4, init: he${gene}))`],
  ['depthwise conv', (gene: string) => `y = tanh(conv(x, units: 2, groups: 2, init: lecun${gene}))`],
  ['attention', (gene: string) => `y = attention(x, units: 4, heads: 2, bias: false${gene})`],
] as const;

const sgd = genomeOf('y = x', 'u = -0.3 * g').rule;
const momentum = genomeOf('y = x', "m = 0.9 * m' + g\nu = -0.1 * m").rule;
const normalised = genomeOf('y = x', 'u = -0.05 * g / norm(g, over: tensor)').rule;
const coordinatewise = { adam: knownRule('adam')!, lion: knownRule('lion')!, signsgd: knownRule('signsgd')! };

describe.each(networks)('rotation of %s', (_name, network) => {
  const [plain, rotated] = [network(''), network(', rotation: true')];

  it('leaves the initial weights as they are', () => {
    expect(
      worstError(trained(referenceEngine, rotated, sgd, 0), trained(referenceEngine, plain, sgd, 0)),
    ).toBeLessThan(1e-13);
  });

  it.each([
    ['gradient descent', sgd],
    ['momentum', momentum],
    ['normalised gradient descent', normalised],
  ])('is nothing to %s', (_rule, rule) => {
    expect(
      worstError(trained(referenceEngine, rotated, rule, 30), trained(referenceEngine, plain, rule, 30)),
    ).toBeLessThan(1e-10);
    for (const engine of allEngines)
      expect(
        worstError(trained(engine, rotated, rule, 30), trained(engine, plain, rule, 30)),
        engine.name,
      ).toBeLessThan(1e-3);
  });

  it.each(Object.entries(coordinatewise))('is something to %s', (_rule, rule) => {
    expect(
      worstError(trained(referenceEngine, rotated, rule, 30), trained(referenceEngine, plain, rule, 30)),
    ).toBeGreaterThan(1e-4);
  });
});
