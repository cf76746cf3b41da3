/** The small functions that an evaluation is put together from, each against its definition. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { aggregate, quantile } from '../../src/evaluation/aggregate.ts';
import { lossHash } from '../../src/evaluation/behaviour.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { compileFor, type EvaluationSettings, evaluate, open } from '../../src/evaluation/evaluate.ts';
import { fitnessOf } from '../../src/evaluation/fitness.ts';
import { taskKeys } from '../../src/evaluation/individual.ts';
import { rateFactor, trialsOf, withRate } from '../../src/evaluation/learning-rate.ts';
import { type Training, type TrainingOutcome, withDetails } from '../../src/evaluation/outcome.ts';
import { isResourceFailure } from '../../src/evaluation/resource-failure.ts';
import { evaluationSchema } from '../../src/search-space/evaluation-schema.ts';
import { generousLimits, genomeOf, randomTask } from '../support/engines.ts';

describe('quantiles', () => {
  it('are those of R: quantile(x, type = 7)', () => {
    const x = [7, 1, 10, 2];
    // quantile(c(7, 1, 10, 2), c(0, .1, .25, .5, .9, 1))
    const expected = [1, 1.3, 1.75, 4.5, 9.1, 10];
    [0, 0.1, 0.25, 0.5, 0.9, 1].forEach((q, i) => expect(quantile(x, q)).toBeCloseTo(expected[i]!, 12));
    expect(x).toEqual([7, 1, 10, 2]);
    expect(quantile([3], 0.7)).toBe(3);
  });
});

describe('one outcome from several', () => {
  const mean = { aggregate: 'mean', quantile: 0.25 } as const;
  const spent = { stepsDone: 10, costUnits: 30, parameters: 5, curve: Float32Array.of(4, 2) };
  const ended = (fitness: number, over: object = {}): TrainingOutcome => ({
    ...{ status: 'completed', fitness, search: { loss: 1 - fitness, accuracy: fitness / 2 } },
    ...spent,
    ...over,
  });

  it('is the one where there is one', () => {
    const only = ended(0.5);
    expect(aggregate([only], mean)).toBe(only);
  });

  it('has the mean of fitness, loss, accuracy and curve, the sum of steps and cost, and the largest size', () => {
    const more = { stepsDone: 7, costUnits: 21.5, parameters: 9, curve: Float32Array.of(2, 8, 5) };
    expect(aggregate([ended(0.25), ended(0.75, more)], mean)).toEqual({
      ...{ status: 'completed', fitness: 0.5, search: { loss: 0.5, accuracy: 0.25 } },
      ...{ stepsDone: 17, costUnits: 51.5, parameters: 9, curve: Float32Array.of(3, 5) },
    });
    const smaller = { parameters: 2 };
    expect(aggregate([ended(1), ended(1, smaller)], mean)).toMatchObject({ parameters: 5 });
  });

  it('takes the quantile of the document', () => {
    const outcomes = [4, 1, 3, 2].map((fitness) => ended(fitness));
    expect(aggregate(outcomes, { aggregate: 'low-quantile', quantile: 0.25 })).toMatchObject({
      fitness: 1.75,
    });
    expect(aggregate(outcomes, mean)).toMatchObject({ fitness: 2.5 });
  });

  it('has no accuracy where one has none', () => {
    const without = ended(0.5, { search: { loss: 2, accuracy: null } });
    expect(aggregate([ended(0.5), without], mean)).toMatchObject({ search: { loss: 1.25, accuracy: null } });
    expect(aggregate([without, without], mean)).toMatchObject({ search: { loss: 2, accuracy: null } });
  });

  it('fails for the first reason, and costs all the same', () => {
    const failed = (reason: 'diverged' | 'too-large'): TrainingOutcome => ({
      status: 'failed',
      reason,
      ...spent,
    });
    expect(aggregate([ended(1), failed('too-large'), failed('diverged')], mean)).toEqual({
      ...{ status: 'failed', reason: 'too-large' },
      ...{ stepsDone: 30, costUnits: 90, parameters: 5, curve: Float32Array.of(4, 2) },
    });
  });

  it('is stopped where one is, by a hurdle before the budget', () => {
    const stopped = (reason: string) => ended(0.5, { status: 'stopped', reason });
    expect(aggregate([ended(0.5), stopped('budget')], mean)).toMatchObject({
      status: 'stopped',
      reason: 'budget',
    });
    expect(aggregate([stopped('budget'), stopped('hurdle')], mean)).toMatchObject({
      ...{ status: 'stopped', reason: 'hurdle', fitness: 0.5 },
      ...{ stepsDone: 20, costUnits: 60 },
    });
  });
});

describe('behaviour', () => {
  it('is the beginning of the hash of all losses, a line for each training', () => {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
    expect(lossHash([[1.23456, 2], [0.5]], 3)).toBe(hash('1.23 2.00\n0.500'));
    expect(lossHash([[1, 2]], 3)).not.toBe(lossHash([[1], [2]], 3));
  });
});

describe('fitness', () => {
  it('is decades gained, from a floor on, or accuracy', () => {
    const measured = (loss: number, accuracy: number | null = null) => ({ loss, accuracy });
    expect(fitnessOf('loss-decades', measured(0.01), 10)).toBeCloseTo(3, 12);
    expect(fitnessOf('loss-decades', measured(100), 10)).toBeCloseTo(-1, 12);
    for (const loss of [1e-12, 1e-20, 0])
      expect(fitnessOf('loss-decades', measured(loss), 1)).toBeCloseTo(12, 12);
    expect(fitnessOf('accuracy', measured(1, 0.75), 1)).toBe(0.75);
    expect(fitnessOf('accuracy', measured(1), 1)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('learning rates', () => {
  it('are on a grid of half decades', () => {
    const grid = [-4, -3, -1, 0, 1, 2, 3];
    for (const j of grid) expect(Math.log10(rateFactor(j))).toBeCloseTo(j / 2, 14);
    expect([-4, -2, 0, 2, 6].map(rateFactor)).toEqual([0.01, 0.1, 1, 10, 1000]);
    expect(trialsOf([-2, 1])).toEqual([-2, -1, 0, 1]);
    expect(trialsOf([3, 3])).toEqual([3]);
  });

  it('multiply the update, and leave the rule as it is at zero', async () => {
    const task = randomTask({ input: [1, 1, 4], target: { kind: 'classification', classes: 3 } }, 24, 'rate');
    const genome = genomeOf('y = dense(x, units: 5)', "m = lerp(m', g, 0.9)\nu = -0.01 * m");
    expect(withRate(genome, 0)).toBe(genome);
    const train = (rule: typeof genome) => evaluate(wasmEngine, task, settings, rule, 's');
    const tenfold = genomeOf('y = dense(x, units: 5)', "m = lerp(m', g, 0.9)\nu = 10 * (-0.01 * m)");
    expect(withRate(genome, 2).architecture).toBe(genome.architecture);
    expect(await train(withRate(genome, 2))).toEqual(await train(tenfold));
    expect(await train(withRate(genome, 1))).not.toEqual(await train(genome));
  });
});

const settings: EvaluationSettings = {
  ...{ budget: { steps: 6, batchSize: 8, order: 'shuffled' }, fitness: 'loss-decades' },
  ...{ curvePoints: 2, limits: generousLimits },
};

describe('what an evaluation has to tell', () => {
  const nothing = { trainings: [], rungs: [], reevaluation: null, behaviour: null, reuse: null };
  it('is left out where it is nothing, and whole where it is anything', () => {
    expect(withDetails(nothing)).toEqual({});
    const rung = { training: 0, step: 1, fitness: 2, bar: null };
    const training: Training = {
      purpose: 'search',
      ...{ task: 0, replicate: 0, trial: 0, partner: null, counts: true },
      outcome: {
        status: 'failed',
        reason: 'diverged',
        stepsDone: 0,
        costUnits: 0,
        parameters: 0,
        curve: new Float32Array(0),
      },
    };
    for (const one of [
      { trainings: [training] },
      { rungs: [rung] },
      { reevaluation: { bar: 1, fitness: null, confirmed: false } },
      { behaviour: { probe: 'a', opening: 'b' } },
      { reuse: { source: 3, by: 'duplicate' } as const },
    ]) {
      const details = { ...nothing, ...one };
      expect(withDetails(details)).toEqual({ details });
    }
  });

  it('names tasks of one name by a number from the second on', () => {
    const tasks = ['a', 'b', 'a', 'a', 'b'].map((name) => ({ name }));
    expect(taskKeys(tasks)).toEqual(['a', 'b', 'a.2', 'a.3', 'b.2']);
  });
});

describe('what this machine has not the means for', () => {
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it('is told from what is wrong with the program', () => {
    for (const words of [
      ...[
        'Maximum call stack size exceeded',
        'Array buffer allocation failed',
        'JavaScript heap out of memory',
      ],
      ...['WebAssembly.Memory.grow(): Maximum memory size exceeded', 'Unable to grow instance memory'],
      ...['Invalid typed array length: 9', 'Invalid array length', 'Invalid string length'],
      ...[
        'Invalid array buffer length',
        'function body is too large',
        'too many locals',
        'name too long',
        'size too big',
      ],
    ])
      expect(isResourceFailure(new RangeError(words)), words).toBe(true);
    expect(isResourceFailure(new WebAssembly.CompileError('x'))).toBe(true);
    expect(isResourceFailure(new WebAssembly.LinkError('x'))).toBe(true);
    expect(isResourceFailure(new Error('unreachable'))).toBe(false);
    expect(isResourceFailure(new Error('x is not a function'))).toBe(false);
    expect(isResourceFailure(new TypeError('Invalid array length'))).toBe(false);
    expect(isResourceFailure(named('ProgramInvariantError', 'too many parameters'))).toBe(false);
    expect(isResourceFailure(named('InvariantErrorOfOthers', 'too many parameters'))).toBe(true);
    expect(isResourceFailure('out of memory')).toBe(false);
  });

  const task = randomTask({ input: [1, 1, 4], target: { kind: 'classification', classes: 3 } }, 24, 'means');
  const genome = genomeOf('y = dense(x, units: 5)', 'u = -0.05 * g');
  const throwing = (error: Error): Engine => ({ ...wasmEngine, train: () => Promise.reject(error) });
  const exhausted = new RangeError('Array buffer allocation failed');
  const tooLarge = {
    ...{ status: 'failed', reason: 'too-large', stepsDone: 0, costUnits: 0, parameters: 0 },
    curve: new Float32Array(0),
  };
  const opened = (engine: Engine, own: EvaluationSettings = settings, of = genome) =>
    open(engine, own, compileFor(own, of, task), { task, seed: 's', steps: 3 });
  const nothing = { losses: [], stepsDone: 0, costUnits: 0 };

  it('is an outcome, and with checks on an exception', async () => {
    expect(await evaluate(throwing(exhausted), task, settings, genome, 's')).toEqual(tooLarge);
    expect(await opened(throwing(exhausted))).toEqual(nothing);
    const checked = { ...settings, verify: true };
    await expect(evaluate(throwing(exhausted), task, checked, genome, 's')).rejects.toBe(exhausted);
    await expect(opened(throwing(exhausted), checked)).rejects.toBe(exhausted);
    const defect = new Error('a defect');
    await expect(evaluate(throwing(defect), task, settings, genome, 's')).rejects.toBe(defect);
    await expect(opened(throwing(defect))).rejects.toBe(defect);
  });

  it('is asked for before anything is trained: a genome beyond the limits is not', async () => {
    const small = { ...settings, limits: { ...generousLimits, parameters: 3 } };
    const never = throwing(new Error('trained'));
    expect(await evaluate(never, task, small, genome, 's')).toEqual(tooLarge);
    expect(await opened(never, small)).toEqual(nothing);
    const misfit = genomeOf('y = conv(x, units: 2, kernel: 9, padding: valid)', 'u = -g');
    expect(await evaluate(never, task, settings, misfit, 's')).toEqual({
      ...tooLarge,
      reason: 'unsupported',
    });
  });

  it('is the record of a cell, with the split that it would have been measured on', async () => {
    const small = { ...settings, limits: { ...generousLimits, parameters: 3 } };
    const bench = {
      ...{ engine: wasmEngine, tasks: [task], settings: small },
      protocol: evaluationSchema.parse({ steps: 6 }),
    };
    const cell = { genome, task: 0, budget: settings.budget, seed: 's', learningRate: 0 };
    expect(await trainCell(bench, { ...cell, split: 'select' })).toEqual({ ...tooLarge, split: 'select' });
  });

  it('opens as the training begins, and no further', async () => {
    const { losses, stepsDone, costUnits } = await opened(wasmEngine);
    expect([losses.length, stepsDone]).toEqual([3, 3]);
    const whole = await evaluate(wasmEngine, task, settings, genome, 's');
    expect(whole).toMatchObject({ status: 'completed', stepsDone: 6 });
    expect(costUnits).toBeGreaterThan(0);
    expect(costUnits).toBeLessThan(whole.costUnits);
  });
});
