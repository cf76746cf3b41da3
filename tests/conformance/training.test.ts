/** Engines update alike, from the same weights, batches and noise; each trains twice alike; and training that explodes ends. */
import { describe, expect, it } from 'vitest';
import type { TrainingJob } from '../../src/engines/engine.ts';
import { initialParameters } from '../../src/engines/initial-weights.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { knownRule, knownRuleNames, knownText } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import type { UpdateRule } from '../../src/genome/update-rule/update-rule.ts';
import { stream } from '../../src/random/stream.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { growRule } from '../../src/variation/grow-rule.ts';
import { randomGenome, testSettings } from '../support/arbitraries.ts';
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const signature: TaskSignature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } };
const task = randomTask(signature);

/** One update from the same weights and a given gradient, three times over, so that states count. */
function threeUpdates(engine: (typeof allEngines)[number], program: ReturnType<typeof programOf>): number[] {
  const executable = engine.prepare(program);
  executable.writeParameters(initialParameters(program, 'update'));
  executable.resetStates();
  executable.bind(task, 'train');
  executable.loadRows(Int32Array.of(3, 1, 4, 15));
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

/** Three steps on real batches, with losses and gradients of the network, so that line searches search downhill; and what the rule spent. */
function threeSteps(engine: (typeof allEngines)[number], program: ReturnType<typeof programOf>): number[] {
  const executable = engine.prepare(program);
  executable.writeParameters(initialParameters(program, 'steps'));
  executable.resetStates();
  executable.bind(task, 'train');
  const noise = noiseKeys('steps');
  const spent: number[] = [];
  for (let t = 1; t <= 3; t++) {
    executable.loadRows(Int32Array.from({ length: 4 }, (_, i) => (7 * t + 5 * i) % 24));
    const L = executable.forward({ mode: 'train', t, noise });
    executable.backward();
    spent.push(executable.update({ t, T: 3, L, b: 4, n: 24 }, noise));
  }
  const parameters = executable.readParameters().flatMap((values) => [...values]);
  executable.dispose();
  return [...spent, ...parameters];
}

/**
 * SOAP divides by the root of a second moment in the eigenbasis. Where a gradient has no share in a direction, float32 leaves a rounding error there, and error over its own
 * size is a step of full size; an epsilon above the errors tells the engines' rounding from their work.
 */
function comparable(name: string): UpdateRule {
  if (name !== 'soap') return knownRule(name)!;
  const read = readUpdateRule(knownText('rule', name)!.replaceAll('1e-8', '0.01'));
  if (!read.ok) throw new Error('soap does not parse');
  return read.value;
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
    const genome = { ...genomeOf(net, 'u = g'), rule: comparable(name) };
    const program = programOf(genome, signature, 4);
    expect(worstError(threeUpdates(engine, program), threeUpdates(referenceEngine, program))).toBeLessThan(
      engine.tolerance.update,
    );
  });
});

describe.each(others)('rules on networks, on %s', (_engineName, engine) => {
  const net = 'h1 = tanh(dense(x, units: 5))\ny = rmsNorm(h1)';

  // Gradients of a network leave eigenvalues of 0 several times over. Any basis of their directions is right for SOAP, and another one is another step.
  const determined = knownRuleNames().filter((name) => name !== 'soap');

  it.each(determined)('known rule %s takes the same steps and spends the same', (name) => {
    const genome = { ...genomeOf(net, 'u = g'), rule: knownRule(name)! };
    const program = programOf(genome, signature, 4);
    expect(worstError(threeSteps(engine, program), threeSteps(referenceEngine, program))).toBeLessThan(
      engine.tolerance.update,
    );
  });

  it.each([
    ['matrices of a gradient elsewhere', 'u = -0.01 * orthogonalize(gradAt(-0.1 * g))'],
    [
      'a square state beside a history',
      "init a = 2\na = a' + matmul(g, transpose(g))\nu = -0.1 * matmul(inverseRoot(a, 4), lbfgs(g, u', g, memory: 2))",
    ],
    [
      'places from rows and columns',
      'u = -0.1 * gradAt(norm(g, over: row) - 0.1 * max(g, over: col)) - 0.01 * fullGradAt(0.1, t - 1)',
    ],
    [
      'reductions of square and transposed matrices',
      'u = -0.1 * g / (1 + norm(matmul(transpose(g), g), over: tensor) + max(transpose(g) * rows, over: all))',
    ],
    [
      'swarms and smoothing beside matrices',
      'u = 0.1 * swarm(0.1, 0.7, 1.5, particles: 3) - 0.01 * smoothGrad(0.1, pairs: 2) + 0.01 * matmul(g, matmul(transpose(w), g))',
    ],
  ])('%s', (_name, rule) => {
    const program = programOf(genomeOf(net, rule), signature, 4);
    expect(worstError(threeSteps(engine, program), threeSteps(referenceEngine, program))).toBeLessThan(
      engine.tolerance.update,
    );
  });

  it('rules grown at random agree, but for tests that a rounding error turns', () => {
    let agreeing = 0;
    const count = 150;
    for (let n = 0; n < count; n++) {
      const rule = growRule(testSettings, stream(`grown/${n}`));
      const program = programOf({ ...genomeOf(net, 'u = g'), rule }, signature, 4);
      const [other, reference] = [threeSteps(engine, program), threeSteps(referenceEngine, program)];
      if (worstError(other, reference) < engine.tolerance.update) agreeing += 1;
    }
    expect(agreeing).toBeGreaterThan(0.9 * count);
  });
});

describe('evaluations beside the step', () => {
  const net = 'y = dense(x, units: 5)';
  const record = (rule: string, steps: number, costUnits?: number) =>
    allEngines.map(async (engine) => {
      const program = programOf(genomeOf(net, rule), signature, 8);
      const budget = {
        steps,
        batchSize: 8,
        order: 'shuffled',
        ...(costUnits === undefined ? {} : { costUnits }),
      };
      const job = { program, task, budget, seed: 'cost', measure: ['search'], curvePoints: 0 } as const;
      return (await engine.train([job as TrainingJob]))[0]!;
    });

  it.each([
    ['u = -0.1 * g', 3],
    ['u = -0.1 * gradAt(-0.1 * g)', 6],
    ['u = -0.1 * g * lossAt(-0.1 * g)', 4],
    // Three whole batches of 8 in 24 examples.
    ['u = -0.1 * fullGradAt(0, 1)', 12],
    // Seven losses, and uniform numbers for 58 parameters twice a particle: beyond the three units that are free, two more.
    ['u = swarm(0.1, 0.7, 1.5, particles: 7)', 12],
    // Ten losses, and normal numbers twice a pair: four more.
    ['u = -0.1 * smoothGrad(0.1, pairs: 5)', 17],
    // Searches along nothing evaluate nothing, as in their authors' code.
    ['u = backtrack(0 * g, dot(g, g, over: all), 1, 0.1, 0.9, tries: 6) * g', 3],
    ['u = goldstein(0 * g, 0, 1, 0.1, 0.9, 2, 10, tries: 6) * g', 3],
    ['u = lipschitz(0 * g, g, 1, 0.1, 0.9, tries: 6) * g', 3],
    // Nothing meets a demand for more than the slope gives, so every try is made.
    ['u = backtrack(-g, -dot(g, g, over: all), 1, 1e6, 0.5, tries: 6) * g', 9],
  ])('%s costs %i units a step', async (rule, units) => {
    for (const { stepsDone, costUnits, end } of await Promise.all(record(rule, 4))) {
      expect(end.status).toBe('completed');
      expect([stepsDone, costUnits]).toEqual([4, 4 * units]);
    }
  });

  it('matrix ops cost as many forward passes as they have flops', async () => {
    const rule = 'u = -0.1 * orthogonalize(g)';
    const { unitFlops, matrixFlops } = programOf(genomeOf(net, rule), signature, 8).cost;
    expect(matrixFlops).toBeGreaterThan(unitFlops);
    for (const { costUnits } of await Promise.all(record(rule, 4)))
      expect(costUnits).toBe(4 * (3 + Math.round(matrixFlops / unitFlops)));
  });

  it('end training when the units are spent', async () => {
    for (const { stepsDone, costUnits, end } of await Promise.all(
      record('u = -0.1 * gradAt(-0.1 * g)', 10, 30),
    )) {
      expect(end).toEqual({ status: 'stopped', reason: 'budget', step: 5 });
      expect([stepsDone, costUnits]).toEqual([5, 30]);
    }
    for (const { end } of await Promise.all(record('u = -0.1 * g', 10, 30)))
      expect(end.status).toBe('completed');
  });

  it('leave parameters and gradients as they were, to the bit', () => {
    const looking =
      'u = 0 * (lossAt(g) + gradAt(w) + fullGradAt(g, 1) + smoothGrad(0.1, pairs: 2) + lipschitz(g, w, 1, 0, 0.5, tries: 3))';
    for (const engine of allEngines) {
      const program = programOf(genomeOf(net, looking), signature, 8);
      const executable = engine.prepare(program);
      executable.writeParameters(initialParameters(program, 'still'));
      executable.resetStates();
      executable.bind(task, 'train');
      executable.loadRows(Int32Array.from({ length: 8 }, (_, i) => 2 * i));
      const L = executable.forward({ mode: 'train', t: 1, noise: noiseKeys('still') });
      executable.backward();
      const before = [executable.readParameters(), executable.readGradients()];
      executable.update({ t: 1, T: 1, L, b: 8, n: 24 }, noiseKeys('still'));
      expect([executable.readParameters(), executable.readGradients()]).toEqual(before);
      // The step's own batch is loaded again.
      expect(executable.forward({ mode: 'probe' })).toBe(L);
      executable.dispose();
    }
  });

  it('see the loss and the gradient that a step to that place would see', () => {
    for (const engine of allEngines) {
      const there = (rule: string) => {
        const program = programOf(genomeOf(net, rule), signature, 8);
        const executable = engine.prepare(program);
        executable.writeParameters(initialParameters(program, 'there'));
        executable.resetStates();
        executable.bind(task, 'train');
        executable.loadRows(Int32Array.from({ length: 8 }, (_, i) => i));
        const L = executable.forward({ mode: 'train', t: 1, noise: noiseKeys('there') });
        executable.backward();
        executable.update({ t: 1, T: 1, L, b: 8, n: 24 }, noiseKeys('there'));
        return executable;
      };
      const arrived = there('u = -0.5 * g');
      arrived.forward({ mode: 'probe' });
      arrived.backward();
      const expected = arrived.readGradients();
      const looked = there('u = gradAt(-0.5 * g) - w').readParameters();
      for (const [p, values] of looked.entries())
        expect(worstError(values, expected[p]!)).toBeLessThan(engine.tolerance.gradient);
      const loss = there('u = lossAt(-0.5 * g) - w').readParameters()[0]![0]!;
      expect(worstError([loss], [arrived.forward({ mode: 'probe' })])).toBeLessThan(
        engine.tolerance.gradient,
      );
    }
  });
});

describe('training', () => {
  it.each(allEngines.map((engine) => [engine.name, engine] as const))(
    'gives the same bits twice on %s',
    async (_name, engine) => {
      const job = {
        program: programOf({ ...randomGenome(3), rule: knownRule('adam')! }, signature, 8),
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
