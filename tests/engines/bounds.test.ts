/** No genome takes more than it is given: units before evaluations, memory as counted, and what cannot be compiled is the candidate's failure. */
import { describe, expect, it } from 'vitest';
import { compilable, compile } from '../../src/compiler/compile.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { AllowanceSpent } from '../../src/engines/rules/allowance.ts';
import { fuse } from '../../src/engines/wasm/fuse.ts';
import { planLayout } from '../../src/engines/wasm/layout.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { isResourceFailure } from '../../src/evaluation/resource-failure.ts';
import { knownRuleNames, knownText } from '../../src/genome/known.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { allEngines, generousLimits, genomeOf, programOf, randomTask } from '../support/engines.ts';

const signature: TaskSignature = { input: [1, 1, 6], target: { kind: 'classification', classes: 3 } };
const net = 'y = tanh(dense(x, units: 5))';
const task = randomTask(signature, 24, 'bounds');
const budget = { steps: 10, batchSize: 4, order: 'sequential' } as const;

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('on %s', (_name, engine) => {
  const trained = async (rule: string, costUnits: number) => {
    const program = programOf(genomeOf(net, rule), signature, 4);
    const [record] = await engine.train([
      { program, task, budget: { ...budget, costUnits }, seed: 'b', measure: ['search'], curvePoints: 0 },
    ]);
    return record!;
  };

  // Six batches of four: a full gradient is 18 units.
  it.each([
    ['a full gradient', 'u = -0.1 * fullGradAt(0 * g, 1)', 21, 1],
    [
      'many of them',
      `u = -0.1 * (${Array.from({ length: 40 }, (_, i) => `fullGradAt(${i} * g, 1)`).join(' + ')})`,
      3 + 40 * 18,
      1,
    ],
    ['tries', 'u = backtrack(-g, -dot(g, g, over: all), 1, 1e6, 0.5, tries: 6) * g', 9, 1],
    // Six losses, and one unit for their noise and sums.
    ['a swarm', 'u = swarm(0.1, 0.7, 1.5, particles: 6)', 10, 1],
  ])('%s begins only where the budget covers it', async (_what, rule, units, steps) => {
    const covered = await trained(rule, units);
    expect(covered).toMatchObject({ stepsDone: steps, costUnits: units });
    for (const short of [1, 2, 5]) {
      const { end, stepsDone, costUnits } = await trained(rule, units - short);
      expect(end).toEqual({ status: 'stopped', reason: 'budget', step: 0 });
      expect(stepsDone).toBe(0);
      expect(costUnits).toBeLessThanOrEqual(units - short);
    }
  });

  it('a step that is not covered leaves the parameters as they were', () => {
    const program = programOf(genomeOf(net, 'u = -gradAt(0.1 * g) - gradAt(0.2 * g)'), signature, 4);
    const executable = engine.prepare(program);
    executable.writeParameters(executable.readParameters().map((values) => values.map((_, i) => 0.1 * i)));
    executable.resetStates();
    executable.bind(task, 'train');
    executable.loadRows(Int32Array.of(0, 1, 2, 3));
    const noise = noiseKeys('bounds');
    const L = executable.forward({ mode: 'train', t: 1, noise });
    executable.backward();
    const before = executable.readParameters();
    const step = (allowance?: number) => executable.update({ t: 1, T: 1, L, b: 4, n: 24 }, noise, allowance);
    const refused = (() => {
      try {
        return step(5);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(AllowanceSpent);
    expect((refused as AllowanceSpent).units).toBe(3);
    expect(executable.readParameters()).toEqual(before);
    expect(step(6)).toBe(6);
    expect(executable.readParameters()).not.toEqual(before);
    executable.dispose();
  });

  it.each([
    ['a rule of 60,000 ops', net, chain(60_000)],
    ['a rule of many passes', net, chain(800, (x) => `norm(${x} + g, over: all)`)],
    ['a deep network', `${'y0 = x'}\n${layers(5000)}`, 'u = -g'],
  ])('%s is too large, and not an exception', async (_what, architecture, rule) => {
    const settings = {
      budget,
      fitness: 'loss-decades',
      curvePoints: 0,
      limits: { parameters: 1e9, stepFlops: 1e15, bytes: 1e12 },
    } as const;
    expect(await evaluate(engine, task, settings, genomeOf(architecture, rule), 's')).toMatchObject({
      status: 'failed',
      reason: 'too-large',
    });
  });
});

function chain(ops: number, op = (x: string) => `${x} * w`): string {
  const lines = Array.from({ length: ops }, (_, i) => `x${i + 1} = ${op(`x${i}`)}`);
  return `x0 = g\n${lines.join('\n')}\nu = x${ops}`;
}

function layers(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => `y${i + 1} = tanh(y${i})`);
  return `${lines.join('\n')}\ny = dense(y${count}, units: 2)`;
}

describe('at the bounds of what can be compiled', () => {
  it('a rule and a network still train', async () => {
    const [wasm] = allEngines.filter(({ name }) => name === 'wasm');
    const rule = chain(compilable.ruleNodes - 10);
    const program = programOf(genomeOf(net, rule), signature, 4);
    const [record] = await wasm!.train([
      { program, task, budget: { ...budget, steps: 1 }, seed: 'b', measure: [], curvePoints: 0 },
    ]);
    expect(record!.stepsDone).toBe(1);
  });
});

describe('making ready', () => {
  const long = chain(1000);
  const settings = {
    budget: { ...budget, costUnits: 10_000 },
    fitness: 'loss-decades',
    curvePoints: 0,
    limits: generousLimits,
  } as const;

  it('of every known rule is free', () => {
    for (const name of knownRuleNames())
      expect(programOf(genomeOf(net, knownText('rule', name)!), signature, 4).cost.preparationUnits).toBe(0);
  });

  it.each(allEngines.map((engine) => [engine.name, engine] as const))(
    'of a long rule is charged before the first step, once, on %s',
    async (_name, engine) => {
      const { preparationUnits, stepUnits } = programOf(genomeOf(net, long), signature, 4).cost;
      expect(preparationUnits).toBeGreaterThan(100 * stepUnits);
      const within = (costUnits: number) =>
        evaluate(
          engine,
          task,
          { ...settings, budget: { ...budget, costUnits } },
          genomeOf(net, long),
          'ready',
        );
      const spent = preparationUnits + 2 * stepUnits;
      expect(await within(spent)).toMatchObject({ status: 'stopped', stepsDone: 2, costUnits: spent });
      expect(await within(preparationUnits)).toMatchObject({ status: 'stopped', stepsDone: 0 });
      expect(await within(preparationUnits - 1)).toMatchObject({ status: 'failed', reason: 'too-large' });
    },
  );

  it('may take the work of 200 steps at the limit and a constant, and no more', () => {
    const orthogonal = genomeOf('y = dense(dense(x, units: 400), units: 400, init: orthogonal)', 'u = -g');
    const { preparationFlops, stepFlops } = programOf(orthogonal, signature, 4).cost;
    const under = (limit: number) =>
      compile(orthogonal, signature, { batchSize: 4, limits: { ...generousLimits, stepFlops: limit } });
    const least = Math.ceil((preparationFlops - 1e9) / 200);
    expect(least).toBeGreaterThan(stepFlops + 1);
    expect(under(least)).toMatchObject({ ok: true });
    expect(under(least - 1)).toMatchObject({ ok: false, reason: 'too-large' });
  });

  it('counts drawing and rotating weights, by their sizes', () => {
    const preparation = (init: string, units: number) =>
      programOf(genomeOf(`y = dense(x, units: ${units}, init: ${init})`, 'u = -g'), signature, 4).cost
        .preparationFlops;
    // 6 inputs: 180 flops for each of 6 x 6 x units.
    expect(preparation('orthogonal', 100) - preparation('he', 100)).toBe(180 * 6 * 6 * 100);
    // Weights and biases of the layer, and weights of the head for three classes.
    expect(preparation('he', 200) - preparation('he', 100)).toBe(4000 * 100 * (6 + 1 + 3));
  });
});

describe('resource failures', () => {
  it.each([
    ['a module too large for V8', () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109))],
    ['memory that is not to be had', () => new WebAssembly.Memory({ initial: 1 }).grow(65536)],
    ['an array without room', () => new Float64Array(2 ** 42)],
    [
      'an endless recursion',
      function deep(): number {
        return 1 + deep();
      },
    ],
  ])('%s is told from a defect', (_what, fail) => {
    expect(caught(fail)).toSatisfy(isResourceFailure);
  });

  it.each([
    ['a place outside an array', () => new Float64Array(2).set([1, 2, 3])],
    ['what is undefined', () => (undefined as unknown as { x: number }).x],
    [
      'an error of ours',
      () => {
        throw new Error('loadRows before bind');
      },
    ],
  ])('%s is a defect', (_what, fail) => {
    expect(caught(fail)).not.toSatisfy(isResourceFailure);
  });
});

function caught(fail: () => unknown): unknown {
  try {
    fail();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('counted bytes', () => {
  const laidOut = (architecture: string, rule: string, batch: number, over = signature) => {
    const compiled = compile(genomeOf(architecture, rule), over, {
      batchSize: batch,
      limits: generousLimits,
    });
    if (!compiled.ok) throw new Error(compiled.detail);
    const { program } = compiled;
    return { needed: planLayout(fuse(program), 0).end, counted: program.cost.bytes };
  };

  it('cover what wasm lays out, for every known rule', () => {
    for (const name of knownRuleNames()) {
      const { needed, counted } = laidOut(
        'y = gelu(dense(gelu(dense(x, units: 30)), units: 17))',
        knownText('rule', name)!,
        16,
      );
      expect(counted, name).toBeGreaterThanOrEqual(needed);
      expect(counted, name).toBeLessThan(3 * needed + 10_000);
    }
  });

  it.each([
    ['noise', 'y = x', `u = ${Array.from({ length: 50 }, () => 'normal()').join(' + ')}`],
    [
      'convolutions',
      'y = silu(conv(conv(x, units: 6, kernel: 5), units: 4, kernel: 7, groups: 2))',
      'u = -g',
    ],
    ['depthwise windows', 'y = conv(conv(x, units: 6, kernel: 1), units: 6, groups: 6, kernel: 9)', 'u = -g'],
    ['attention', 'y = attention(conv(x, units: 6, kernel: 1), units: 6, heads: 3)', 'u = -g'],
    [
      'columns and rows',
      'y = x',
      "a = lerp(a', mean(g, over: row), 0.9)\nc = lerp(c', mean(g, over: col), 0.9)\nu = a * c",
    ],
  ])('cover %s', (_what, architecture, rule) => {
    for (const batch of [1, 3, 32]) {
      const { needed, counted } = laidOut(architecture, rule, batch, { ...signature, input: [9, 9, 2] });
      expect(counted).toBeGreaterThanOrEqual(needed);
    }
  });
});
