/** What a document can cost at most, from its limits alone: an upper bound in flop-equivalents (src/compiler/cost.ts) that holds for every genome. */
import { costUnitsPerStep } from '../compiler/cost-units.ts';
import { trialsOf } from '../evaluation/learning-rate.ts';
import { randomPartners } from '../evolution/conditions.ts';
import { type SearchDocument, tasksOf } from '../search-space/document.ts';

/** Seconds of one flop-equivalent on the machine on which the weights were measured. Work is counted, so that a slower core takes longer in proportion. */
export const secondsPerFlop = 5e-11;

/** Making a program ready, at the bounds of what can be compiled: two seconds. */
const readyFlops = 2 / secondsPerFlop;

export interface CostBound {
  /** Work of one training, its measurements at hurdles and at the end included. */
  readonly trainingFlops: number;
  /** Trainings of one evaluation: every task, replicate and learning rate, and again where an elite must be confirmed. */
  readonly trainings: number;
  readonly evaluationFlops: number;
  readonly runFlops: number;
  /** Memory of one worker for its candidate, data aside. */
  readonly bytes: number;
}

/**
 * `measured`: examples of the largest split that a training is measured on. Under `cooperative` each individual is trained with all its partners.
 *
 * A training spends `costUnits` at most. A step is at least three of them for work of `stepFlops` at most, and an evaluation beside it is one or more for half of that at most, since a step
 * that makes it holds the network's own pass too. So a unit never stands for more than half of `stepFlops`.
 */
export function costBound(document: SearchDocument, measured: number): CostBound {
  const { evaluation, evolution, limits } = document;
  const { steps, batchSize, replicates, learningRates, hurdles, cache } = evaluation;
  const costUnits = evaluation.costUnits ?? costUnitsPerStep * steps;
  const measurements = (hurdles?.rungs.length ?? 0) + 1;
  const trainingFlops =
    (costUnits * limits.stepFlops) / 2 +
    measurements * Math.ceil(measured / batchSize) * limits.stepFlops +
    readyFlops;
  const pairs = evolution.condition === 'cooperative' ? 1 + randomPartners : 1;
  const tasks = tasksOf(document).length;
  const rates = trialsOf(learningRates).length + (evolution.gate === undefined ? 0 : 1);
  const probes = cache === undefined ? 0 : tasks + 1;
  const trainings = pairs * tasks * replicates * rates + probes;
  const evaluationFlops = trainings * trainingFlops;
  return {
    trainingFlops,
    trainings,
    evaluationFlops,
    runFlops: evolution.births * evaluationFlops,
    bytes: limits.bytes,
  };
}
