/** Bars at hurdles and for elites, on outcomes of several tasks, replicates and learning rates. */
import { describe, expect, it } from 'vitest';
import type { EvaluationDetails, Training } from '../../src/evaluation/outcome.ts';
import { eliteBar, hurdleBars, rungFitness } from '../../src/evolution/bars.ts';
import { memberOf } from '../../src/evolution/population.ts';
import type { ControllerSettings } from '../../src/evolution/settings.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { completed, settingsOf } from './support.ts';

const plain = settingsOf({});

const settingsWith = (taskCount: number, quantile = 0.5, atLeast = 3): ControllerSettings => ({
  ...plain,
  taskCount,
  evaluation: { ...plain.evaluation, hurdles: { rungs: [10, 20], quantile, atLeast } },
});

const training = (task: number, trial: number, replicate = 0): Training => ({
  ...{ purpose: 'search', task, replicate, trial, partner: null, counts: true, outcome: completed(0) },
});

const detailsOf = (
  trainings: readonly Training[],
  ...rungs: readonly (readonly [training: number, step: number, fitness: number])[]
): EvaluationDetails => ({
  ...{ trainings, reevaluation: null, behaviour: null, reuse: null },
  rungs: rungs.map(([index, step, fitness]) => ({ training: index, step, fitness, bar: null })),
});

const fitnessOf = (taskCount: number, details?: EvaluationDetails) =>
  rungFitness(settingsWith(taskCount), details === undefined ? completed(1) : { ...completed(1), details });

describe('the fitness at a rung', () => {
  it('is none without hurdles, and null where nothing was measured', () => {
    expect(rungFitness(plain, completed(1))).toEqual([]);
    expect(fitnessOf(1)).toEqual([[null, null]]);
    expect(fitnessOf(2, detailsOf([]))).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('is that of the only training, which no list of trainings tells of', () => {
    expect(fitnessOf(1, detailsOf([], [0, 10, 0.25], [0, 20, 0.5]))).toEqual([[0.25, 0.5]]);
  });

  it('is the mean over the replicates of the best learning rate, task by task', () => {
    const trainings = [training(0, 0), training(0, 0, 1), training(0, -1), training(0, 2), training(1, 0)];
    const details = detailsOf(
      trainings,
      ...([
        [0, 10, 0.25],
        [1, 10, 0.75],
        [2, 10, 0.375],
        [3, 10, 0.4375],
        [4, 10, 2],
      ] as const),
      ...([
        [1, 20, -0.25],
        [0, 20, -0.5],
        [2, 20, -0.125],
      ] as const),
    );
    expect(fitnessOf(2, details)).toEqual([
      [0.5, -0.125],
      [2, null],
    ]);
  });
});

/** Members that reached these fitnesses at the first rung of the first task; null did not get there. */
const livingAt = (settings: ControllerSettings, fitnesses: readonly (number | null)[]) =>
  fitnesses.map((fitness, birthIndex) => {
    const rungs = fitness === null ? [] : [[0, 10, fitness] as const];
    const outcome = { ...completed(birthIndex), details: detailsOf([], ...rungs) };
    return memberOf(settings, { birthIndex, genome: randomGenome(0) }, outcome);
  });

describe('bars', () => {
  it('are quantiles of the living that were measured, once there are enough', () => {
    const settings = settingsWith(1, 0.25);
    expect(hurdleBars(settings, [])).toEqual([[null, null]]);
    expect(hurdleBars(settings, livingAt(settings, [1, null, 2]))).toEqual([[null, null]]);
    expect(hurdleBars(settings, livingAt(settings, [5, null, 1, 3]))).toEqual([[2, null]]);
    expect(hurdleBars(plain, livingAt(plain, [1]))).toEqual([]);
  });

  it('for elites is a quantile of all fitnesses, once enough are alive', () => {
    const gated = { ...plain, evolution: { ...plain.evolution, gate: { quantile: 0.75, atLeast: 5 } } };
    const living = livingAt(gated, [null, null, null, null, null]);
    expect(eliteBar(gated, living.slice(1))).toBeNull();
    expect(eliteBar(gated, living)).toBe(3);
    expect(eliteBar(plain, living)).toBeNull();
  });
});
