/** The cost of one training step, counted from shapes alone. */

import { tapCount } from '../genome/architecture/windows.ts';
import { sizeOfExpression } from '../tasks/expression.ts';
import { objectives } from '../tasks/objectives.ts';
import { paddedColumns } from './memory.ts';
import type { TrainedNetwork } from './network.ts';
import type { Cost, TensorOp, Update } from './program.ts';

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
  const ops = update.nodes.filter((node) => node.kind === 'op').length;
  return {
    parameters,
    forwardFlops,
    stepFlops: forwardFlops + sum(network.backward) + parameters * ops,
    bytes: 4 * (padded + parameters * update.states.filter((state) => state.shape === 'full').length),
  };
}
