/** What a task appends to every architecture: its head and its loss. */
import {
  defaultHead,
  outputsOf,
  type Target,
  type TaskSignature,
  targetColumnsOf,
} from '../../tasks/task.ts';
import type { TensorId, TensorOp } from '../program.ts';
import { type Context, linear } from './context.ts';

/** The head on the flattened output, the same for every architecture, and the loss. */
export function appendHead(context: Context, features: TensorId, fanIn: number, signature: TaskSignature) {
  const { target: kind, head = defaultHead } = signature;
  const units = outputsOf(kind);
  const prediction =
    head.kind === 'none'
      ? features
      : linear(
          context,
          'head',
          features,
          context.batchSize,
          { fanIn, fanOut: units },
          {
            init: head.init,
            gain: 1,
            bias: head.bias,
            multiplier: 1,
            rotation: head.rotation ?? false,
            start: head.start?.length === fanIn * units ? head.start : undefined,
          },
        );
  const target = context.tensor('target', 'target', context.batchSize, targetColumnsOf(kind));
  const loss = context.tensor('loss', 'workspace', context.batchSize, 1);
  context.emit(lossOp(kind, prediction, target, loss));
  return { target, output: prediction, loss };
}

function lossOp(kind: Target, prediction: TensorId, target: TensorId, loss: TensorId): TensorOp {
  switch (kind.kind) {
    case 'classification':
      return { op: 'softmaxCrossEntropy', logits: prediction, target, loss };
    case 'regression':
      return { op: 'squaredError', prediction, target, loss };
    case 'binary':
      return { op: 'logistic', prediction, target, loss };
    case 'linear':
      return { op: 'linearLoss', best: kind.best, prediction, target, loss };
    case 'objective':
      return { op: 'objective', objective: kind.objective, prediction, target, loss };
  }
}
