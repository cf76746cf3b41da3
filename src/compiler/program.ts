/**
 * The compiler's product: a flat list of tensor ops with static shapes and arena offsets, for the forward pass, the backward pass and
 * the update. Engines run it; they infer nothing.
 *
 * Every tensor is a row-major matrix, rows x cols, at `offset` in one arena of numbers, each row `stride` = cols rounded up to a multiple of 4
 * apart. An activation has one row per example of the batch and height * width * channels columns. Columns from `cols` to `stride` are
 * padding: ops may leave anything there, and no op may let padding reach a real element.
 */
import type { ActivationName } from '../genome/architecture/ops.ts';
import type { RuleOpName } from '../genome/update-rule/ops.ts';
import type { RuleInput, Scope, ValueShape } from '../genome/update-rule/update-rule.ts';
import type { ObjectiveName } from '../tasks/objectives.ts';
import type { TaskSignature } from '../tasks/task.ts';

/** Index into `Program.tensors`. */
export type TensorId = number;

export interface Tensor {
  readonly name: string;
  readonly role: 'input' | 'target' | 'parameter' | 'gradient' | 'activation' | 'workspace';
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
  /** First element, in numbers (not bytes) from the start of the arena; a multiple of 4. */
  readonly offset: number;
}

/** One tensor op. `accumulate` adds to what `out`/`dx`/`into` holds instead of overwriting it. */
export type TensorOp =
  /** out = (accumulate ? out : bias, broadcast over rows, or 0) + alpha * op(a) op(b), op = transpose where asked. Never both transposed. */
  | {
      readonly op: 'matmul';
      readonly a: TensorId;
      readonly b: TensorId;
      readonly out: TensorId;
      readonly transposeA: boolean;
      readonly transposeB: boolean;
      readonly alpha: number;
      readonly bias: TensorId | null;
      readonly accumulate: boolean;
    }
  /** out[0, j] = sum over i of x[i, j]. */
  | { readonly op: 'columnSum'; readonly x: TensorId; readonly out: TensorId }
  /** out = f(x), elementwise. */
  | { readonly op: 'unary'; readonly fn: ActivationName; readonly x: TensorId; readonly out: TensorId }
  /** dx (+)= dy * f'(x), where y = f(x). */
  | {
      readonly op: 'unaryGrad';
      readonly fn: ActivationName;
      readonly x: TensorId;
      readonly y: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly accumulate: boolean;
    }
  | { readonly op: 'add'; readonly a: TensorId; readonly b: TensorId; readonly out: TensorId }
  /** out (+)= a * b, elementwise. */
  | {
      readonly op: 'multiply';
      readonly a: TensorId;
      readonly b: TensorId;
      readonly out: TensorId;
      readonly accumulate: boolean;
    }
  /** into[:, intoColumn + j] (+)= from[:, fromColumn + j] for j < columns. Concat, its gradient and the gradient of add. */
  | {
      readonly op: 'copyColumns';
      readonly from: TensorId;
      readonly fromColumn: number;
      readonly into: TensorId;
      readonly intoColumn: number;
      readonly columns: number;
      readonly accumulate: boolean;
    }
  /**
   * Layer norm (Ba et al. 2016) or RMS norm (Zhang and Sennrich 2019) over each group of `channels` consecutive columns, epsilon 1e-5 inside the root:
   * out = gain * xhat (+ bias). `stats` [rows, 2 * groups] keeps (mean, 1/deviation) per group for the backward pass; rms stores mean 0.
   */
  | {
      readonly op: 'norm';
      readonly kind: 'layer' | 'rms';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly bias: TensorId | null;
      readonly stats: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'normGrad';
      readonly kind: 'layer' | 'rms';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly stats: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly dgain: TensorId;
      readonly dbias: TensorId | null;
      readonly accumulate: boolean;
    }
  /** out = x * gain[channel], gain [1, channels], over each group of `channels` columns. */
  | {
      readonly op: 'channelScale';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'channelScaleGrad';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly dgain: TensorId;
      readonly accumulate: boolean;
    }
  /** loss[i, 0] = -log softmax(logits[i])[target[i, 0]], in nats, stable for any finite logits. */
  | {
      readonly op: 'softmaxCrossEntropy';
      readonly logits: TensorId;
      readonly target: TensorId;
      readonly loss: TensorId;
    }
  /** dlogits = (softmax(logits) - onehot(target)) / rows. */
  | {
      readonly op: 'softmaxCrossEntropyGrad';
      readonly logits: TensorId;
      readonly target: TensorId;
      readonly dlogits: TensorId;
    }
  /** loss[i, 0] = mean over columns of (prediction - target)^2. */
  | {
      readonly op: 'squaredError';
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly loss: TensorId;
    }
  /** dprediction = 2 (prediction - target) / (rows * cols). */
  | {
      readonly op: 'squaredErrorGrad';
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly dprediction: TensorId;
    }
  /** loss[i, 0] = log(1 + exp(s prediction[i, 0])), s = 1 for label 0 and -1 for label 1; exact to rounding however small. */
  | {
      readonly op: 'logistic';
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly loss: TensorId;
    }
  /** dprediction = s sigmoid(s prediction) / rows. */
  | {
      readonly op: 'logisticGrad';
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly dprediction: TensorId;
    }
  /** loss[i, 0] = sum over j of target[i, j] (prediction[i, j] - best[j]). */
  | {
      readonly op: 'linearLoss';
      readonly best: readonly number[];
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly loss: TensorId;
    }
  /** dprediction = target / rows. */
  | { readonly op: 'linearLossGrad'; readonly target: TensorId; readonly dprediction: TensorId }
  /** loss[i, 0] = f(prediction[i]) + sum over j of target[i, j] prediction[i, j]. */
  | {
      readonly op: 'objective';
      readonly objective: ObjectiveName;
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly loss: TensorId;
    }
  /** dprediction = (gradient of f at prediction[i] + target[i]) / rows. */
  | {
      readonly op: 'objectiveGrad';
      readonly objective: ObjectiveName;
      readonly prediction: TensorId;
      readonly target: TensorId;
      readonly dprediction: TensorId;
    };

export type TensorOpName = TensorOp['op'];

/** How a parameter is drawn before training. Fans are those of the layer that owns it. */
export interface Initializer {
  /** An init scheme of the genome, `constant` for norm gains and the like, or `given`; `torchBias` = U(-1/sqrt(fanIn), 1/sqrt(fanIn)). */
  readonly scheme:
    | 'he'
    | 'glorot'
    | 'lecun'
    | 'orthogonal'
    | 'normal'
    | 'zero'
    | 'torch'
    | 'torchBias'
    | 'constant'
    | 'given';
  /** Multiplies the draw; for `constant` it is the value. */
  readonly gain: number;
  readonly fanIn: number;
  readonly fanOut: number;
  /** For `given`: all elements, row-major. */
  readonly values?: readonly number[];
}

/** A trained tensor, its gradient (same shape) and its initial distribution. */
export interface Parameter {
  /** Stable within a genome, such as `h1.weight` or `head.bias`; names the random stream of its draw. */
  readonly name: string;
  readonly value: TensorId;
  readonly gradient: TensorId;
  readonly initializer: Initializer;
}

/** A node of the update rule with its inferred shape and the pass in which it is computed (a reduction closes a pass). */
export type UpdateNode = { readonly shape: ValueShape; readonly pass: number } & (
  | { readonly kind: 'input'; readonly input: RuleInput }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'state'; readonly slot: number }
  | { readonly kind: 'op'; readonly op: RuleOpName; readonly args: readonly number[]; readonly over?: Scope }
);

/**
 * The update, typed and scheduled. A node's `pass` is the largest number of reductions on a path to it, itself not counted: a reduction of pass p
 * is summed while pass p runs and may be read from pass p + 1 on. Pointwise values needed in several passes are recomputed in each.
 */
export interface Update {
  readonly nodes: readonly UpdateNode[];
  readonly states: readonly { readonly next: number; readonly initial: number; readonly shape: ValueShape }[];
  readonly output: number;
  readonly passes: number;
}

/** Static cost of one training step at the compiled batch size. */
export interface Cost {
  readonly parameters: number;
  readonly forwardFlops: number;
  readonly stepFlops: number;
  /** Bytes of arena and update states at 4 bytes a number. */
  readonly bytes: number;
}

export interface Program {
  readonly signature: TaskSignature;
  readonly batchSize: number;
  readonly tensors: readonly Tensor[];
  /** Numbers in the arena. Parameters lie first, contiguous; gradients follow in the same order and layout. */
  readonly arenaLength: number;
  readonly parameters: readonly Parameter[];
  /** Padded numbers in the parameter region [0, parameterLength); gradients are at [parameterLength, 2 * parameterLength). */
  readonly parameterLength: number;
  readonly input: TensorId;
  readonly target: TensorId;
  /** The head's output: logits or predictions, [batchSize, outputs]. */
  readonly output: TensorId;
  /** Loss of each example, [batchSize, 1]. The batch loss is their mean. */
  readonly loss: TensorId;
  readonly forward: readonly TensorOp[];
  readonly backward: readonly TensorOp[];
  readonly update: Update;
  readonly cost: Cost;
}
