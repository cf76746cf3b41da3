/** Engines update alike, from the same weights, batches and noise; each trains twice alike; and training that explodes ends. */
import { describe, expect, it } from 'vitest';
import { initialParameters } from '../../src/engines/initial-weights.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { knownRule, knownRuleNames } from '../../src/genome/known.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const signature: TaskSignature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } };
const task = randomTask(signature);

/** One update from the same weights and a given gradient, three times over, so that states count. */
function threeUpdates(engine: (typeof allEngines)[number], program: ReturnType<typeof programOf>): number[] {
  const executable = engine.prepare(program);
  executable.writeParameters(initialParameters(program, 'update'));
  executable.resetStates();
  for (let t = 1; t <= 3; t++) {
    executable.writeGradients(
      executable.readParameters().map((values, p) => values.map((_, i) => Math.sin(t + 3 * p + 1.7 * i))),
    );
    executable.update({ t, T: 10, L: 1.5, b: 4, n: 24 }, noiseKeys('update'));
  }
  const parameters = executable.readParameters().flatMap((values) => [...values]);
  executable.dispose();
  return parameters;
}

const others = allEngines
  .filter(({ name }) => name !== 'reference')
  .map((engine) => [engine.name, engine] as const);

describe.each(others)('update rules on %s and reference', (_engineName, engine) => {
  const net = 'h1 = tanh(dense(x, units: 5))\ny = rmsNorm(h1)';

  it.each([
    ['row reductions', 'u = -0.1 * g / (norm(g, over: row) + 1e-3)'],
    ['column reductions', 'u = -0.1 * g / (rms(g, over: col) + 1e-3)'],
    [
      'maxima in every scope',
      'u = -0.01 * (max(g, over: row) + max(g, over: col) + max(g, over: tensor) + max(g, over: all))',
    ],
    [
      'means in every scope',
      'u = -0.01 * (mean(g, over: row) * mean(w, over: col) + mean(g, over: tensor) - mean(w, over: all))',
    ],
    [
      'factored second moments',
      "r = lerp(r', mean(square(g), over: row), 0.9)\nc = lerp(c', mean(square(g), over: col), 0.9)\nu = -0.1 * g / (sqrt(r * c / (mean(r, over: tensor) + 1e-6)) + 1e-3)",
    ],
    [
      'reductions of reductions',
      'p = norm(g, over: row)\nq = max(p, over: tensor)\nu = -0.1 * g * p / (q + norm(q, over: all))',
    ],
    ['dot products', 'u = -0.1 * g * dot(g, w, over: tensor) / (dot(g, g, over: col) + 0.1)'],
    ['noise', 'u = -0.1 * g + 0.01 * normal() - 0.02 * uniform()'],
    ['powers of elements', 'u = -0.01 * sign(g) * pow(g, 0.5) + 0.01 * pow(w, t)'],
    ['scalar functions', 'u = -g * exp(-0.1 * t) * tanh(log(T)) * pow(t / T, 0.5) * clip(L, 0, 1)'],
    ['comparisons', "u = where(g > 0, -0.1, where(w < 0.1, g, p'))\np = g"],
    ['a beta that varies by element', "m = lerp(m', g, tanh(abs(w)))\nu = -0.1 * debias(m, abs(tanh(w)))"],
    [
      'states of every shape',
      "init a = 0.5\na = lerp(a', norm(g, over: all), 0.5)\ninit q = 2\nq = q' + max(g, over: tensor)\nc = lerp(c', rms(g, over: row), 0.9)\nd = maximum(0.9 * d', max(g, over: col))\nu = -0.01 * g * a * q / (c + abs(d) + 1)",
    ],
    ['a state that is set to another', "p = g\nq = p'\nr = q'\nu = -0.1 * (p' + q' + r')"],
    ['totality', 'u = 0 * g / (0 * w) + 0.001 * log(0 * g) + 0.001 * pow(0 * g, 0) + sqrt(-abs(g)) * 0.01'],
  ])('%s', (_name, rule) => {
    const program = programOf(genomeOf(net, rule), signature, 4);
    expect(worstError(threeUpdates(engine, program), threeUpdates(referenceEngine, program))).toBeLessThan(
      engine.tolerance.update,
    );
  });

  it.each(knownRuleNames())('known rule %s', (name) => {
    const genome = { ...genomeOf(net, 'u = g'), rule: knownRule(name)! };
    const program = programOf(genome, signature, 4);
    expect(worstError(threeUpdates(engine, program), threeUpdates(referenceEngine, program))).toBeLessThan(
      engine.tolerance.update,
    );
  });
});

describe('training', () => {
  it.each(allEngines.map((engine) => [engine.name, engine] as const))(
    'gives the same bits twice on %s',
    async (_name, engine) => {
      const job = {
        program: programOf(randomGenome(3), signature, 8),
        task,
        budget: { steps: 30, batchSize: 8, order: 'shuffled' },
        seed: 'bits',
        measure: ['search', 'final'],
        curvePoints: 10,
      } as const;
      const [first] = await engine.train([job]);
      const [second] = await engine.train([job]);
      expect(second).toEqual(first);
    },
  );

  it('ends at once where a rule explodes', async () => {
    const program = programOf(genomeOf('y = x', 'u = g / (0 * t)'), signature, 8);
    for (const engine of allEngines) {
      const [record] = await engine.train([
        {
          program,
          task,
          budget: { steps: 1000, batchSize: 8, order: 'shuffled' },
          seed: 'explode',
          measure: ['search'],
          curvePoints: 5,
        },
      ]);
      expect(record!.end).toMatchObject({ status: 'failed', reason: 'diverged' });
      expect(record!.stepsDone).toBeLessThan(3);
    }
  });
});
