/**
 * Cost units: what budgets are counted in. A forward pass of a genome's own network is one and its backward pass two, so that a step that only follows the gradient costs three whatever
 * the network is. What a rule does beside that costs so many more as forward passes would take as long.
 */
import type { EvaluationUnits } from './program.ts';
import type { RuleCost } from './rule-cost.ts';

/** Forward 1, backward 2. */
export const costUnitsPerStep = 3;

/** A unit is not less than this: a step of the smallest network takes about as long, whatever it computes. */
const leastUnit = 30_000;

/** Nor less than this for each parameter. At batches of one to ten a forward pass takes less than the update of any known rule, which is not to cost them steps. */
const leastPerParameter = 36;

/** Work of the way to other parameters and back, where a loss and where a gradient is looked at. */
export const wayElsewhere = {
  loss: (parameters: number): number => 32 * parameters + 60_000,
  gradient: (parameters: number): number => 40 * parameters + 120_000,
} as const;

/** Work of drawing an example of a step's batch and bringing it in. */
const workOfExample = 3600;

/** Work of bringing in a batch, once a step. */
export const batchFlops = (batchSize: number): number => workOfExample * batchSize;

/** Work that one unit stands for, in flop-equivalents: a forward pass with its third of bringing in the batch. */
export const unitFlops = (forwardFlops: number, batchSize: number, parameters: number): number =>
  Math.max(
    forwardFlops + batchFlops(batchSize) / costUnitsPerStep,
    leastPerParameter * parameters,
    leastUnit,
  );

/** What is free of making a rule ready: as much as rules of a hundred ops take, and known ones have up to that. */
const freePreparation = 1e8;

/** Units for making a rule ready beyond that, once a training. */
export const preparationUnits = (unit: number, ruleFlops: number): number =>
  Math.ceil(Math.max(0, ruleFlops - freePreparation) / unit);

/**
 * Units of a step, evaluations beside its own pass aside. Matrix ops are charged in full. The rest of the rule is free up to the work of three units, as much as the network's own pass
 * takes: Adam takes a tenth of it at batches of 100, and what no rule of the literature takes is charged.
 */
export function stepUnits(
  unit: number,
  { flops, matrixFlops }: Pick<RuleCost, 'flops' | 'matrixFlops'>,
): number {
  const beyond = Math.max(0, flops - matrixFlops - costUnitsPerStep * unit);
  return costUnitsPerStep + Math.round(matrixFlops / unit) + Math.round(beyond / unit);
}

/** Units of a loss and of a gradient elsewhere: 1 and 3, and more only where the way there takes more than twice as long as the passes. */
export function evaluationUnits(
  unit: number,
  {
    forwardFlops,
    backwardFlops,
    parameters,
  }: { readonly forwardFlops: number; readonly backwardFlops: number; readonly parameters: number },
): EvaluationUnits {
  const half = (work: number) => Math.round(work / (2 * unit));
  return {
    loss: Math.max(1, half(forwardFlops + wayElsewhere.loss(parameters))),
    gradient: Math.max(3, half(forwardFlops + backwardFlops + wayElsewhere.gradient(parameters))),
  };
}
