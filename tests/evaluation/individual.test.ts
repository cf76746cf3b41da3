/** An evaluation of several trainings is made of the single ones, bit for bit. */
import { describe, expect, it } from 'vitest';
import { compileFor, evaluate, train } from '../../src/evaluation/evaluate.ts';
import { evaluateIndividual, type RunWorkbench, taskKeys } from '../../src/evaluation/individual.ts';
import { rateFactor, withRate } from '../../src/evaluation/learning-rate.ts';
import type { EvaluationOutcome, TrainingOutcome } from '../../src/evaluation/outcome.ts';
import { type EvaluationPlan, type Known, plainPlan } from '../../src/evaluation/plan.ts';
import { evaluationSchema } from '../../src/search-space/evaluation-schema.ts';
import { allEngines, generousLimits, genomeOf, randomTask } from '../support/engines.ts';

const small = { input: [1, 1, 4], target: { kind: 'classification', classes: 3 } } as const;
const tasks = [
  randomTask(small, 24, 'one'),
  randomTask({ input: [1, 1, 6], target: { kind: 'regression', outputs: 2 } }, 24, 'two'),
];
const genome = genomeOf(
  'y = tanh(dense(x, units: 5, init: he))',
  "m = lerp(m', g, 0.9)\nu = -0.05 * m + 1e-4 * normal()",
);

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('on %s', (_, engine) => {
  function workbench(protocol: Record<string, unknown>, over: Partial<RunWorkbench> = {}): RunWorkbench {
    return {
      engine,
      tasks,
      settings: {
        budget: { steps: 12, batchSize: 8, order: 'shuffled' },
        fitness: 'loss-decades',
        curvePoints: 4,
        limits: generousLimits,
      },
      protocol: evaluationSchema.parse({ steps: 12, ...protocol }),
      runSeed: 's',
      ...over,
    };
  }
  const plan = (birthIndex: number, over: Partial<EvaluationPlan> = {}): EvaluationPlan => ({
    ...plainPlan(birthIndex, genome),
    ...over,
  });
  const alone = (bench: RunWorkbench, of: typeof genome, birth: number, task: number, replicate = 0) =>
    evaluate(
      engine,
      bench.tasks[task]!,
      bench.settings,
      of,
      `s/individual/${birth}/${bench.tasks[task]!.name}/${replicate}`,
    );
  const fitnessOf = (outcome: TrainingOutcome) =>
    outcome.status === 'failed' ? Number.NaN : outcome.fitness;
  const trainingsOf = (outcome: EvaluationOutcome) => outcome.details?.trainings ?? [];

  it('is one training where one is asked for', async () => {
    const bench = workbench({}, { tasks: [tasks[0]!] });
    expect(await evaluateIndividual(bench, plan(3))).toEqual(await alone(bench, genome, 3, 0));
  });

  it('trains on every task and replicate from their own streams, and takes the mean or a low quantile', async () => {
    const bench = workbench({ replicates: 2 });
    const whole = await evaluateIndividual(bench, plan(3));
    const singles = await Promise.all(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ].map(async ([task, replicate]) => ({
        purpose: 'search',
        task,
        replicate,
        trial: 0,
        partner: null,
        counts: true,
        outcome: await alone(bench, genome, 3, task!, replicate),
      })),
    );
    expect(trainingsOf(whole)).toEqual(singles);
    const values = singles.map(({ outcome }) => fitnessOf(outcome));
    expect(new Set(values).size).toBe(4);
    expect(whole).toMatchObject({
      status: 'completed',
      stepsDone: 48,
      costUnits: singles.reduce((sum, { outcome }) => sum + outcome.costUnits, 0),
      fitness: values.reduce((sum, value) => sum + value, 0) / 4,
      search: { accuracy: null },
    });
    const low = await evaluateIndividual(
      workbench({ replicates: 2, aggregate: 'low-quantile', quantile: 0 }),
      plan(3),
    );
    expect(fitnessOf(low)).toBe(Math.min(...values));
  });

  it('fails as a whole where one part fails, and leaves the rest undone', async () => {
    const settings = { ...workbench({}).settings, limits: { ...generousLimits, parameters: 44 } };
    const whole = await evaluateIndividual(workbench({ replicates: 2 }, { settings }), plan(3));
    expect(whole).toMatchObject({ status: 'failed', reason: 'too-large' });
    expect(trainingsOf(whole).map(({ outcome }) => outcome.status)).toEqual([
      'completed',
      'completed',
      'failed',
    ]);
  });

  it('tries learning rates on the same weights and batches, charges all and counts the best', async () => {
    const bench = workbench({ learningRates: [-2, 12] }, { tasks: [tasks[0]!] });
    const wild = genomeOf('y = square(dense(x, units: 5))', 'u = -0.05 * g');
    const whole = await evaluateIndividual(bench, plainPlan(3, wild));
    const trials = trainingsOf(whole);
    expect(trials.map(({ trial }) => trial)).toEqual(Array.from({ length: 15 }, (_, i) => i - 2));
    for (const { trial, outcome } of trials)
      expect(outcome).toEqual(await alone(bench, withRate(wild, trial), 3, 0));
    // A rate 10^6 times too large fails, and fails alone.
    expect(trials.at(-1)!.outcome.status).toBe('failed');
    const best = Math.max(
      ...trials.flatMap(({ outcome }) => (outcome.status === 'failed' ? [] : [outcome.fitness])),
    );
    expect(fitnessOf(whole)).toBe(best);
    expect(trials.filter(({ counts }) => counts).map(({ outcome }) => fitnessOf(outcome))).toEqual([best]);
    expect(whole.costUnits).toBe(trials.reduce((sum, { outcome }) => sum + outcome.costUnits, 0));
  });

  it('is not disturbed by hurdles that it passes', async () => {
    const bench = workbench({ hurdles: { rungs: [3, 7] } });
    const free = await evaluateIndividual(workbench({}), plan(3));
    const hurdled = await evaluateIndividual(
      bench,
      plan(3, {
        bars: [
          [-9, null],
          [null, -9],
        ],
      }),
    );
    expect(trainingsOf(hurdled)).toEqual(trainingsOf(free));
    expect(hurdled.details!.rungs.map(({ training, step, bar }) => [training, step, bar])).toEqual([
      [0, 3, -9],
      [0, 7, null],
      [1, 3, null],
      [1, 7, -9],
    ]);
  });

  it('stops at a hurdle that it misses, and takes the other tasks only as far', async () => {
    const bars = [
      [null, 9],
      [null, null],
    ];
    const stopped = await evaluateIndividual(workbench({ hurdles: { rungs: [3, 7] } }), plan(3, { bars }));
    expect(stopped).toMatchObject({ status: 'stopped', reason: 'hurdle', stepsDone: 14 });
    const { rungs, trainings } = stopped.details!;
    for (const [i, { outcome }] of trainings.entries()) {
      expect(outcome).toMatchObject({ status: 'stopped', reason: 'hurdle', stepsDone: 7 });
      expect(rungs.find(({ training, step }) => training === i && step === 7)!.fitness).toBe(
        fitnessOf(outcome),
      );
    }
  });

  describe('cache', () => {
    const cache = { remember: 10, probeSteps: 3, verifySteps: 8 };
    const plainRule = (rule: string) => genomeOf('y = tanh(dense(x, units: 5))', rule);
    const source = plainRule('u = -0.05 * g');
    const bench = workbench({ cache });
    const asked = (birthIndex: number, of: typeof genome, known: readonly Known[] = []) =>
      evaluateIndividual(bench, { ...plainPlan(birthIndex, of), known });
    async function knownSource(): Promise<Known> {
      const outcome = await asked(1, source);
      if (outcome.status !== 'completed') throw new Error('the source should complete');
      const { fitness, search, details } = outcome;
      return {
        birthIndex: 1,
        behaviour: details!.behaviour,
        trial: 0,
        ending: { status: 'completed', fitness, search },
      };
    }

    it('knows a behaviour again that is written otherwise, and verifies it', async () => {
      const known = await knownSource();
      const again = await asked(9, plainRule('u = 0 - 0.05 * g'), [known]);
      expect(again).toMatchObject({
        ...known.ending,
        // Three steps of the probe on each task, and eight of the source's own training.
        stepsDone: 14,
        details: { trainings: [], behaviour: null, reuse: { source: 1, by: 'behaviour' } },
      });
    });

    it('is not taken in by an equal probe', async () => {
      const known = await knownSource();
      const late = plainRule('u = where(t < 5, -0.05 * g, -0.06 * g)');
      const outcome = await asked(9, late, [known]);
      expect(outcome.details!.behaviour!.probe).toBe(known.behaviour!.probe);
      expect(outcome.details!.reuse).toBe(null);
      expect(trainingsOf(outcome).map((training) => training.outcome)).toEqual([
        await alone(bench, late, 9, 0),
        await alone(bench, late, 9, 1),
      ]);
    });

    it('tells rules apart that differ', async () => {
      const outcome = await asked(9, plainRule('u = -0.0501 * g'), [await knownSource()]);
      expect(outcome.details!.reuse).toBe(null);
    });

    it('takes a duplicate over without a step', async () => {
      const known = await knownSource();
      const outcome = await evaluateIndividual(bench, { ...plainPlan(9, source), duplicateOf: known });
      expect(outcome).toMatchObject({ ...known.ending, stepsDone: 0, costUnits: 0 });
      expect(outcome.details!.reuse).toEqual({ source: 1, by: 'duplicate' });
    });
  });

  describe('gate', () => {
    it('trains an elite again from fresh streams and measures it on the select split', async () => {
      const bench = workbench({});
      const whole = await evaluateIndividual(bench, plan(3, { eliteBar: -9 }));
      const again = trainingsOf(whole).filter(({ purpose }) => purpose === 'reeval');
      expect(again).toHaveLength(2);
      for (const { task, outcome, counts } of again) {
        const fresh = await train(engine, bench.settings, compileFor(bench.settings, genome, tasks[task]!), {
          task: tasks[task]!,
          seed: `s/individual/3/${tasks[task]!.name}/0/reeval`,
          measure: 'select',
        });
        expect(outcome).toEqual(fresh.outcome);
        expect(counts).toBe(false);
      }
      const mean = again.reduce((sum, { outcome }) => sum + fitnessOf(outcome), 0) / 2;
      expect(whole.details!.reevaluation).toEqual({ bar: -9, fitness: mean, confirmed: true });
      expect(fitnessOf(whole)).toBe(fitnessOf(await evaluateIndividual(bench, plan(3))));
      expect(whole.stepsDone).toBe(48);
    });

    it('does not confirm what falls below the bar, and asks nobody below it', async () => {
      const bench = workbench({}, { tasks: [tasks[0]!] });
      const fitness = fitnessOf(await evaluateIndividual(bench, plan(3)));
      const again = (await evaluateIndividual(bench, plan(3, { eliteBar: fitness - 1e-9 }))).details!
        .reevaluation!;
      expect(again.confirmed).toBe(again.fitness! > again.bar);
      expect(await evaluateIndividual(bench, plan(3, { eliteBar: fitness }))).not.toHaveProperty('details');
    });
  });
});

it('names the streams of tasks of one name apart', () => {
  expect(taskKeys(['a', 'b', 'a', 'a'].map((name) => ({ name })))).toEqual(['a', 'b', 'a.2', 'a.3']);
});

it('has rates on the grid 10^(j/2)', () => {
  for (let j = -20; j <= 20; j++) expect(rateFactor(j) / 10 ** (j / 2)).toBeCloseTo(1, 14);
  expect([-4, 0, 2].map(rateFactor)).toEqual([0.01, 1, 10]);
});
