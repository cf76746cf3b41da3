/**
 * The cost of one training step, counted from shapes alone. Of a line search the first try counts: more are charged as cost units when they happen.
 *
 * Work is counted in flop-equivalents. One is the time of one multiplication or addition in a matrix product of middling size on `wasm`, 0.025 to 0.05 ns on a core of 2024; whatever takes
 * longer counts as so many. The weights are measured and fixed, so the count is the same on every machine and engine; docs/decisions/0220-work-is-weighed.md has them and says how far they are off.
 */

import {
  batchFlops,
  evaluationUnits,
  preparationUnits,
  stepUnits,
  unitFlops,
  wayElsewhere,
} from './cost-units.ts';
import type { TrainedNetwork } from './network.ts';
import { networkPreparation, rulePreparation } from './preparation.ts';
import type { Cost, TensorId, TensorOp, Update } from './program.ts';
import { costOfRule } from './rule-cost.ts';
import { elements } from './tensor-ops/record.ts';
import { recordOf } from './tensor-ops/table.ts';
import { padded } from './tensor-ops/work.ts';

/** Whatever an op does, it is called; and whatever a pass does, it begins. */
const workOfCall = 300;
const workOfPass = 2000;

/** Bytes beside tensors and the rule's own: descriptors, row indices and what is rounded up. */
const overheadBytes = 4096;

/** Numbers in the panels that a matrix product makes of its inner dimension. */
const panelNumbers = 64;

/** Parameters, flops and bytes of one training step: passes by the records of their tensor ops, the update by the ops of the rule. */
export function countCost(network: TrainedNetwork, update: Update, batchSize: number): Cost {
  const { tensors } = network;
  const size = (id: TensorId) => tensors[id]!;
  const work = (ops: readonly TensorOp[]) =>
    ops.reduce((total, op) => total + workOfCall + recordOf(op).flops(op, size), workOfPass);
  const parameters = network.parameters.reduce((total, { value }) => total + elements(size(value)), 0);
  const forwardFlops = work(network.forward);
  const backwardFlops = work(network.backward);
  const sizes = network.parameters.map(({ value }) => tensors[value]!);
  const rule = costOfRule(update, sizes);
  const { forward, backward } = rule.evaluations;
  const unit = unitFlops(forwardFlops, batchSize, parameters);
  const ofRule = rulePreparation(update, rule);
  return {
    parameters,
    forwardFlops,
    stepFlops:
      batchFlops(batchSize) +
      (1 + forward) * forwardFlops +
      (1 + backward) * backwardFlops +
      (forward - backward) * wayElsewhere.loss(parameters) +
      backward * wayElsewhere.gradient(parameters) +
      rule.flops,
    matrixFlops: rule.matrixFlops,
    unitFlops: unit,
    stepUnits: stepUnits(unit, rule),
    preparationFlops: networkPreparation(network) + ofRule,
    preparationUnits: preparationUnits(unit, ofRule),
    evaluationUnits: evaluationUnits(unit, { forwardFlops, backwardFlops, parameters }),
    bytes: networkBytes(network) + rule.bytes,
    updateLength: rule.length,
  };
}

/** Tensors with their padding, none in the place of another; the slopes that dear activations keep, tables of windows, and room for panels and blocks of products. */
function networkBytes({ tensors, forward, backward }: TrainedNetwork): number {
  const sizes = tensors.reduce((total, tensor) => total + padded(tensor), 0);
  const widest = tensors.reduce((most, { rows, cols }) => Math.max(most, rows, cols), 0);
  const room = [...forward, ...backward].map((op) => recordOf(op).room?.(op, (id) => tensors[id]!) ?? {});
  const kept = room.reduce((total, { kept = 0 }) => total + kept, 0);
  const aside = room.reduce((most, { aside = 0 }) => Math.max(most, aside), 0);
  return 4 * (sizes + kept + aside + panelNumbers * widest) + overheadBytes;
}
