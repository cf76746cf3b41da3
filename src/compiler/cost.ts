/** The cost of one training step, counted from shapes alone. Of a line search the first try counts: more are charged as cost units when they happen. */

import { tapCount } from '../genome/architecture/windows.ts';
import { isMatrixOp, isWholeOp } from '../genome/update-rule/ops.ts';
import { isMatrix } from '../genome/update-rule/shapes.ts';
import type { ValueShape } from '../genome/update-rule/update-rule.ts';
import { sizeOfExpression } from '../tasks/expression.ts';
import { objectives } from '../tasks/objectives.ts';
import { paddedColumns } from './memory.ts';
import type { TrainedNetwork } from './network.ts';
import type { Cost, TensorOp, Update } from './program.ts';
import { matrixNumbers, needsOf, type Size, wholeFlops } from './whole-ops.ts';

export function countCost(network: TrainedNetwork, update: Update): Cost {
  const { tensors } = network;
  const sizeOf = (id: number) => tensors[id]!.rows * tensors[id]!.cols;
  const flopsOf = (op: TensorOp): number => {
    switch (op.op) {
      case 'matmul': {
        const { rows, cols } = tensors[op.a]!;
        return 2 * sizeOf(op.out) * (op.transposeA ? rows : cols);
      }
      case 'blockMatmul': {
        const { rows, cols } = tensors[op.a]!;
        return 2 * sizeOf(op.out) * (op.transposeA ? rows / op.rowBlocks : cols / op.columnBlocks);
      }
      case 'reshape':
      case 'addRow':
      case 'embed':
        return sizeOf(op.out);
      case 'embedGrad':
        return sizeOf(op.dy);
      case 'patches':
        return sizeOf(op.out);
      case 'patchesGrad':
        return sizeOf(op.dout);
      case 'depthwise':
        return 2 * tapCount(op.windows) * sizeOf(op.out);
      case 'depthwiseGrad':
        return 4 * tapCount(op.windows) * sizeOf(op.dy);
      case 'pool':
        return tapCount(op.windows) * sizeOf(op.out);
      case 'poolGrad':
        return tapCount(op.windows) * sizeOf(op.dy);
      case 'batchNorm':
        return 6 * sizeOf(op.x);
      case 'batchNormGrad':
        return 12 * sizeOf(op.x);
      case 'dropout':
        return 2 * sizeOf(op.x);
      case 'dropoutGrad':
        return 2 * sizeOf(op.dy);
      case 'softmax':
        return 20 * sizeOf(op.x);
      case 'softmaxGrad':
        return 4 * sizeOf(op.dy);
      case 'columnSum':
      case 'unary':
      case 'channelScale':
        return sizeOf(op.x);
      case 'unaryGrad':
      case 'channelScaleGrad':
        return 2 * sizeOf(op.dx);
      case 'add':
      case 'multiply':
        return sizeOf(op.out);
      case 'copyColumns':
        return tensors[op.into]!.rows * op.columns;
      case 'norm':
        return 6 * sizeOf(op.x);
      case 'normGrad':
        return 12 * sizeOf(op.x);
      case 'softmaxCrossEntropy':
        return 4 * sizeOf(op.logits);
      case 'softmaxCrossEntropyGrad':
        return 4 * sizeOf(op.logits);
      case 'squaredError':
        return 3 * sizeOf(op.prediction);
      case 'squaredErrorGrad':
        return 2 * sizeOf(op.prediction);
      case 'logistic':
      case 'logisticGrad':
        return 6 * sizeOf(op.prediction);
      case 'linearLoss':
        return 3 * sizeOf(op.prediction);
      case 'linearLossGrad':
        return sizeOf(op.dprediction);
      case 'objective':
        return tensors[op.prediction]!.rows * sizeOfExpression(objectives[op.objective].value);
      case 'objectiveGrad':
        return objectives[op.objective].gradient.reduce(
          (total, e) => total + tensors[op.prediction]!.rows * sizeOfExpression(e),
          0,
        );
    }
  };
  const sum = (ops: readonly TensorOp[]) => ops.reduce((total, op) => total + flopsOf(op), 0);
  const parameters = network.parameters.reduce((total, { value }) => total + sizeOf(value), 0);
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
