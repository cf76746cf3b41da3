/** What a document can cost at most, from its limits alone: an upper bound in flop-equivalents (src/compiler/cost.ts) that holds for every genome. */
import { mostPreparation } from '../compiler/compile.ts';
import { batchFlops, costUnitsPerStep } from '../compiler/cost-units.ts';
import type { Cost } from '../compiler/program.ts';
import { workspaceBytes } from '../engines/wasm/workspace.ts';
import { trialsOf } from '../evaluation/learning-rate.ts';
import { randomPartners } from '../evolution/conditions.ts';
import { type SearchDocument, tasksOf } from '../search-space/document.ts';

/** CPU time is counted work times that of Adam for as much, within this factor: `npm run bench -- bounds` looks whether it holds. */
export const timeFactor = 3;

/** How many examples a training draws from and is measured on. */
export interface Examples {
  readonly train: number;
  /** Of the largest split that it is measured on. */
  readonly measured: number;
}

/** A parameter's initial value, in float64, and again where it is rotated or orthogonal. */
const bytesOfInitial = 32;

/** Of a batch that is measured, beside its forward pass and its examples. */
const workOfMeasuredBatch = 120_000;

/** Work that every training on such a task has, whatever is trained: the first order of the examples, and bringing in those that it is measured on. */
const workOfExamples = ({ train, measured }: Examples, batchSize: number, measurements: number): number =>
  batchFlops(train) +
  measurements * (batchFlops(measured) + Math.ceil(measured / batchSize) * workOfMeasuredBatch);

/** Work of one training that came to so many cost units and was measured once, as it is counted: making ready, what the units stand for, and measuring. */
export const countedWork = (cost: Cost, batchSize: number, costUnits: number, examples: Examples): number =>
  cost.preparationFlops +
  (costUnits - cost.preparationUnits) * cost.unitFlops +
  Math.ceil(examples.measured / batchSize) * cost.forwardFlops +
  workOfExamples(examples, batchSize, 1);

export interface CostBound {
  /** Work of one training, its measurements at hurdles and at the end included. */
  readonly trainingFlops: number;
  /** Trainings of one evaluation: every task, replicate and learning rate, and again where an elite must be confirmed. */
  readonly trainings: number;
  readonly evaluationFlops: number;
  readonly runFlops: number;
  /** Memory of one candidate in training. */
  readonly bytes: number;
  /** Memory of one worker on `wasm`, the data that all share and what V8 needs for code and garbage aside: what it keeps from candidate to candidate, copies of small splits, and initial weights. */
  readonly workerBytes: number;
}

/**
 * What no training, evaluation and run of the document passes. Under `cooperative` each individual is trained with all its partners.
 *
 * A training spends `costUnits` at most. A step is at least three of them for work of `stepFlops` at most, and an evaluation beside it is one or more for half of that at most, since a step
 * that makes it holds the network's own pass too. So a unit never stands for more than half of `stepFlops`.
 */
export function costBound(document: SearchDocument, examples: Examples): CostBound {
  const { evaluation, evolution, limits } = document;
  const { steps, batchSize, replicates, learningRates, hurdles, cache } = evaluation;
  const costUnits = evaluation.costUnits ?? costUnitsPerStep * steps;
  const measurements = (hurdles?.rungs.length ?? 0) + 1;
  const trainingFlops =
    (costUnits * limits.stepFlops) / 2 +
    measurements * Math.ceil(examples.measured / batchSize) * limits.stepFlops +
    workOfExamples(examples, batchSize, measurements) +
    mostPreparation(limits);
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
    workerBytes: workspaceBytes(limits.bytes) + bytesOfInitial * limits.parameters,
  };
}
