/** The bound of a document holds for random genomes, counted in the same units. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { wayElsewhere } from '../../src/compiler/cost-units.ts';
import type { Cost } from '../../src/compiler/program.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { costBound, countedWork } from '../../src/search/cost-bound.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { randomTask } from '../support/engines.ts';

const documentOf = (more: object) => {
  const parsed = parseDocument(
    JSON.stringify({ name: 'bound', task: { name: 'mnist1d' }, ...more }),
    'bound',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
};

it('the work of a training is making ready, its units, and its measurement, beside drawing and bringing in examples', () => {
  const cost = { preparationFlops: 7, preparationUnits: 2, unitFlops: 10, forwardFlops: 5 } as Cost;
  // 3 batches of 4 hold 9 examples.
  expect(countedWork(cost, 4, 20, { train: 12, measured: 9 })).toBe(
    7 + (20 - 2) * 10 + 3 * 5 + 3600 * (12 + 9) + 3 * 120_000,
  );
});

describe('the bound of a document', () => {
  it('is that of its defaults: 900 units of half a step, five measured batches, the examples, and preparation for the work of 200 steps and a constant', () => {
    const { trainingFlops, trainings, bytes } = costBound(documentOf({}), { train: 3000, measured: 500 });
    expect(trainingFlops).toBe(900 * 1e8 + 5 * (2e8 + 120_000) + 3600 * (3000 + 500) + 1e9 + 200 * 2e8);
    expect([trainings, bytes]).toEqual([1, 64e6]);
  });

  it('counts every task, rate, replicate, hurdle, probe and confirmation', () => {
    const document = documentOf({
      evaluation: {
        costUnits: 10,
        replicates: 3,
        learningRates: [-1, 1],
        hurdles: { rungs: [10, 20] },
        cache: { verifySteps: 5 },
      },
      evolution: { gate: {}, births: 70 },
    });
    const bound = costBound(document, { train: 1000, measured: 250 });
    expect(bound.trainings).toBe(3 * 4 + 2);
    expect(bound.trainingFlops).toBe(
      10 * 1e8 + 3 * 3 * (2e8 + 120_000) + 3600 * (1000 + 3 * 250) + 1e9 + 200 * 2e8,
    );
    expect(bound.runFlops).toBe(70 * 14 * bound.trainingFlops);
  });

  it('counts each individual of a cooperative run with all its partners, on every task', () => {
    const tasks = [{ name: 'mnist1d' }, { name: 'mnist1d', seed: 2 }];
    const evolution = { condition: 'cooperative' };
    const trainingsOf = (document: object) =>
      costBound(documentOf({ task: undefined, tasks, ...document }), { train: 1, measured: 1 }).trainings;
    expect(trainingsOf({})).toBe(2);
    // With the best of the others and two at random.
    expect(trainingsOf({ evolution })).toBe(3 * 2);
  });

  it('is never passed by what random genomes spend, nor their budget', async () => {
    const task = randomTask(
      { input: [1, 1, 4], target: { kind: 'classification', classes: 3 } },
      40,
      'bound',
    );
    const document = documentOf({ evaluation: { steps: 12, batchSize: 8 } });
    const { trainingFlops } = costBound(document, { train: 40, measured: 40 });
    const costUnits = 36;
    let trained = 0;
    for (let n = 0; n < 120; n++) {
      const compiled = compile(randomGenome(n, 30), task.signature, {
        batchSize: 8,
        limits: document.limits,
      });
      if (!compiled.ok) continue;
      trained += 1;
      const { program } = compiled;
      const budget = { steps: 12, batchSize: 8, order: 'shuffled', costUnits } as const;
      const job = { program, task, budget, seed: `bound/${n}`, measure: [], curvePoints: 0 } as const;
      const [record] = await wasmEngine.train([job]);
      expect(record!.costUnits).toBeLessThanOrEqual(costUnits);
      const { stepFlops, stepUnits, forwardFlops, parameters, evaluationUnits } = program.cost;
      const steps = Math.min(record!.stepsDone + 1, 12);
      const beside = Math.max(0, record!.costUnits - record!.stepsDone * stepUnits);
      const ofOne = (forwardFlops + wayElsewhere.loss(parameters)) / evaluationUnits.loss;
      expect(steps * stepFlops + beside * ofOne).toBeLessThan(trainingFlops);
    }
    expect(trained).toBeGreaterThan(60);
  });
});
