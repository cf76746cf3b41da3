/** A cell is a training of a plan that is asked for by itself: the same streams, the same numbers, on every engine. */
import { describe, expect, it } from 'vitest';
import { type Cell, type CellRecord, trainCell } from '../../src/evaluation/cell.ts';
import { evaluateIndividual, type Workbench } from '../../src/evaluation/individual.ts';
import type { TrainingOutcome } from '../../src/evaluation/outcome.ts';
import { plainPlan } from '../../src/evaluation/plan.ts';
import { trainingSeeds } from '../../src/random/stream-names.ts';
import { evaluationSchema } from '../../src/search-space/evaluation-schema.ts';
import { allEngines, generousLimits, genomeOf, randomTask } from '../support/engines.ts';

const task = randomTask({ input: [1, 1, 4], target: { kind: 'classification', classes: 3 } }, 24, 'one');
const genome = genomeOf(
  'y = tanh(dense(x, units: 5, init: he))',
  "m = lerp(m', g, 0.9)\nu = -0.05 * m + 1e-4 * normal()",
);
const budget = { steps: 12, batchSize: 8, order: 'shuffled' } as const;

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('on %s', (_, engine) => {
  const bench: Workbench = {
    engine,
    tasks: [task],
    settings: { budget, fitness: 'loss-decades', curvePoints: 4, limits: generousLimits },
    protocol: evaluationSchema.parse({ steps: 12, learningRates: [-1, 1], replicates: 2 }),
  };
  const cell: Cell = { genome, task: 0, budget, seed: 's', learningRate: 0, split: 'search' };
  const asOutcome = (record: CellRecord): TrainingOutcome => {
    const { split: _split, ...rest } = record;
    if (rest.status === 'failed') return rest;
    const { measured: search, ...others } = rest;
    return { ...others, search };
  };

  it('has the numbers of every training of a plan, and those of its re-evaluation on the select split', async () => {
    const plan = { ...plainPlan(5, genome), eliteBar: -9 };
    const whole = await evaluateIndividual({ ...bench, runSeed: 'r' }, plan);
    const { trainings } = whole.details!;
    expect(trainings.map(({ purpose }) => purpose)).toContain('reeval');
    expect(trainings.length).toBe(8);
    for (const { purpose, replicate, trial, outcome } of trainings) {
      const seed = trainingSeeds.individual('r', 5, task.name, replicate);
      const own: Cell =
        purpose === 'search'
          ? { ...cell, seed, learningRate: trial }
          : { ...cell, seed: trainingSeeds.again(seed), learningRate: trial, split: 'select' };
      expect(asOutcome(await trainCell(bench, own))).toEqual(outcome);
    }
  });

  it('trains alike whatever is measured, and measures its split and no other', async () => {
    const [search, select, final] = [
      await trainCell(bench, cell),
      await trainCell(bench, { ...cell, split: 'select' }),
      await trainCell(bench, { ...cell, split: 'final', claim: true }),
    ];
    for (const record of [search, select, final]) {
      expect(record).toMatchObject({ status: 'completed', stepsDone: 12, costUnits: search.costUnits });
      expect(record.curve).toEqual(search.curve);
    }
    const losses = [search, select, final].map((record) =>
      record.status === 'failed' ? 0 : record.measured.loss,
    );
    expect(new Set(losses).size).toBe(3);
    expect([search, select, final].map(({ split }) => split)).toEqual(['search', 'select', 'final']);
  });

  it('takes its own budget and leaves the workbench its own', async () => {
    const train30 = (costUnits?: number) =>
      trainCell(bench, {
        ...cell,
        budget: { ...budget, steps: 30, ...(costUnits === undefined ? {} : { costUnits }) },
      });
    const whole = await train30();
    expect(whole).toMatchObject({ status: 'completed', stepsDone: 30 });
    const cut = await train30((whole.costUnits * 2) / 3);
    expect(cut).toMatchObject({ status: 'stopped', reason: 'budget', stepsDone: 20 });
    expect(cut.costUnits).toBeCloseTo((whole.costUnits * 2) / 3, 9);
    expect(bench.settings.budget.steps).toBe(12);
  });

  it('refuses what a caller got wrong', async () => {
    const wrong: readonly [unknown, string][] = [
      [{ ...cell, task: 1 }, 'no task 1'],
      [{ ...cell, learningRate: 0.5 }, 'integer'],
      [{ ...cell, split: 'final' }, 'for claims'],
    ];
    for (const [each, words] of wrong) await expect(trainCell(bench, each as Cell)).rejects.toThrow(words);
    const none = { ...task, splits: { ...task.splits, select: { ...task.splits.select, count: 0 } } };
    await expect(trainCell({ ...bench, tasks: [none] }, { ...cell, split: 'select' })).rejects.toThrow(
      'no examples',
    );
  });
});
