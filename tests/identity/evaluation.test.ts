/** Evaluations against literal names of streams and against bars that are just reached: nothing here asks the program how it names or compares. */
import { describe, expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { evaluateIndividual, type RunWorkbench } from '../../src/evaluation/individual.ts';
import { plainPlan } from '../../src/evaluation/plan.ts';
import { stream } from '../../src/random/stream.ts';
import { evaluationSchema } from '../../src/search-space/evaluation-schema.ts';
import { allEngines, generousLimits, genomeOf, randomTask } from '../support/engines.ts';

const shape = { input: [1, 1, 4], target: { kind: 'classification', classes: 3 } } as const;
const genome = genomeOf('y = tanh(dense(x, units: 5, init: he))', 'u = -0.05 * g');

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('on %s', (_, engine) => {
  const task = randomTask(shape, 24, 'one');
  const bench = (protocol: Record<string, unknown>): RunWorkbench => ({
    engine,
    // The same data twice: only the names of their streams tell them apart.
    tasks: [task, task],
    settings: {
      budget: { steps: 12, batchSize: 8, order: 'shuffled' },
      fitness: 'loss-decades',
      curvePoints: 4,
      limits: generousLimits,
    },
    protocol: evaluationSchema.parse({ steps: 12, ...protocol }),
    runSeed: 'seed 7',
  });

  it('a training has the streams of its run, individual, task and replicate', async () => {
    const whole = await evaluateIndividual(bench({ replicates: 2 }), plainPlan(3, genome));
    const names = ['one/0', 'one/1', 'one.2/0', 'one.2/1'].map((name) => `seed 7/individual/3/${name}`);
    const alone = await Promise.all(
      names.map((seed) => evaluate(engine, task, bench({}).settings, genome, seed)),
    );
    expect(whole.details!.trainings.map(({ outcome }) => outcome)).toEqual(alone);
    const losses = alone.map((outcome) => (outcome.status === 'failed' ? Number.NaN : outcome.search.loss));
    expect(new Set(losses).size).toBe(4);
  });

  it('a bar that is just reached is passed, and one a hair above it is not', async () => {
    const hurdled = bench({ hurdles: { rungs: [4, 8] } });
    const free = await evaluateIndividual(hurdled, plainPlan(3, genome));
    const [first, second] = free.details!.rungs.map(({ fitness }) => fitness);
    const barred = (bars: readonly (number | null)[]) =>
      evaluateIndividual(hurdled, { ...plainPlan(3, genome), bars: [bars, [null, null]] });
    expect(await barred([first!, second!])).toMatchObject({ status: 'completed' });
    const above = first! + Math.abs(first!) * 1e-15 + Number.MIN_VALUE;
    expect(await barred([above, null])).toMatchObject({ status: 'stopped', reason: 'hurdle' });
  });

  it('two draws of noise in one rule are two draws', async () => {
    const noisy = (rule: string) =>
      evaluate(engine, task, bench({}).settings, genomeOf('y = dense(x, units: 3)', rule), 's');
    const [still, apart] = await Promise.all([noisy('u = 0 * g'), noisy('u = 0.1 * (normal() - normal())')]);
    if (still.status === 'failed' || apart.status === 'failed') throw new Error('both should train');
    expect(apart.search.loss).not.toBe(still.search.loss);
  });
});

it('each noise node has the key of the stream that is named by it', () => {
  const keyOf = noiseKeys('s');
  for (const node of [0, 1, 7, 'dropout'] as const) {
    const random = stream(`s/noise/${node}`);
    expect(keyOf(node)).toEqual({ key0: random.uint32(), key1: random.uint32() });
  }
  expect(keyOf(0)).not.toEqual(keyOf(1));
});
