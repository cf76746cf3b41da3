/** The cost of one training step, counted from shapes alone. Of a line search the first try counts: more are charged as cost units when they happen. */

import { isMatrixOp, isWholeOp } from '../genome/update-rule/ops.ts';
import { isMatrix } from '../genome/update-rule/shapes.ts';
import type { ValueShape } from '../genome/update-rule/update-rule.ts';
import { paddedColumns } from './memory.ts';
import type { TrainedNetwork } from './network.ts';
import type { Cost, TensorId, TensorOp, Update } from './program.ts';
import { elements } from './tensor-ops/record.ts';
import { recordOf } from './tensor-ops/table.ts';
import { matrixNumbers, needsOf, type Size, wholeFlops } from './whole-ops.ts';

/** Parameters, flops and bytes of one training step: passes by the records of their tensor ops, the update by the ops of the rule. */
export function countCost(network: TrainedNetwork, update: Update): Cost {
  const { tensors } = network;
  const size = (id: TensorId) => tensors[id]!;
  const sum = (ops: readonly TensorOp[]) =>
    ops.reduce((total, op) => total + recordOf(op).flops(op, size), 0);
  const parameters = network.parameters.reduce((total, { value }) => total + elements(size(value)), 0);
  const padded = tensors.reduce((total, { rows, cols }) => total + rows * paddedColumns(cols), 0);
  const forwardFlops = sum(network.forward);
  const backwardFlops = sum(network.backward);
  const sizes = network.parameters.map(({ value }) => tensors[value]!);
  const rule = costOfRule(update, sizes);
  return {
    parameters,
    forwardFlops,
    stepFlops:
      (1 + rule.evaluations.forward) * forwardFlops +
      (1 + rule.evaluations.backward) * backwardFlops +
      rule.flops,
    matrixFlops: rule.matrixFlops,
    bytes: 4 * (padded + rule.numbers),
  };
}

/** Flops of the rule itself, numbers that it keeps or passes between its passes, and what it evaluates beside the step's own batch. */
function costOfRule({ nodes, states }: Update, sizes: readonly Size[]) {
  const parameters = matrixNumbers('full', sizes);
  const ops = nodes.filter((node) => node.kind === 'op');
  const wholes = ops.filter(({ op }) => isWholeOp(op));
  const numbersOf = (shape: ValueShape) => (isMatrix(shape) ? matrixNumbers(shape, sizes) : 0);
  let flops = parameters * (ops.length - wholes.length);
  let matrixFlops = 0;
  let numbers = states.reduce((total, { shape }) => total + numbersOf(shape), 0);
  const evaluations = { forward: 0, backward: 0 };
  for (const node of wholes) {
    const needs = needsOf(node.op);
    const { forward, backward } = needs?.evaluations(node.count ?? 0) ?? { forward: 0, backward: 0 };
    evaluations.forward += forward;
    evaluations.backward += backward;
    const here = wholeFlops(node, nodes, sizes);
    flops += here;
    if (isMatrixOp(node.op)) matrixFlops += here;
    numbers += numbersOf(node.shape) + (needs?.vectors(node.count ?? 0) ?? 0) * parameters;
    for (const arg of node.args) numbers += numbersOf(nodes[arg]!.shape);
  }
  return { flops, matrixFlops, numbers, evaluations };
}
