/**
 * The compiler's product: a flat list of tensor ops with static shapes and arena offsets, for the forward pass, the backward pass and
 * the update. Engines run it; they infer nothing.
 *
 * Every tensor is a row-major matrix, rows x cols, at `offset` in one arena of numbers, each row `stride` = cols rounded up to a multiple of 4
 * apart. An activation has one row per example of the batch and height * width * channels columns, channels innermost. Columns from `cols` to `stride` are
 * padding: ops may leave anything there, and no op may let padding reach a real element.
 */
import type { ActivationName } from '../genome/architecture/ops.ts';
import type { Windows } from '../genome/architecture/windows.ts';
import type { RuleOpName } from '../genome/update-rule/ops.ts';
import type { RuleInput, Scope, ValueShape } from '../genome/update-rule/update-rule.ts';
import type { ObjectiveName } from '../tasks/objectives.ts';
import type { TaskSignature } from '../tasks/task.ts';

/** Index into `Program.tensors`. */
export type TensorId = number;

export interface Tensor {
  readonly name: string;
  readonly role: 'input' | 'target' | 'parameter' | 'gradient' | 'constant' | 'activation' | 'workspace';
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
  /**
   * The same product on blocks: each operand is cut into `rowBlocks` x `columnBlocks` equal blocks, and each block of out is the product of the blocks of a and b in that place.
   * Attention multiplies per example and head so, a grouped convolution per group.
   */
  | {
      readonly op: 'blockMatmul';
      readonly a: TensorId;
      readonly b: TensorId;
      readonly out: TensorId;
      readonly rowBlocks: number;
      readonly columnBlocks: number;
      readonly transposeA: boolean;
      readonly transposeB: boolean;
      readonly alpha: number;
      readonly accumulate: boolean;
    }
  /** out (+)= x, the same elements in row-major order, cut into rows of another length; one length divides the other. */
  | { readonly op: 'reshape'; readonly x: TensorId; readonly out: TensorId; readonly accumulate: boolean }
  /** out[i, j] = x[i, j] + row[0, j]. */
  | { readonly op: 'addRow'; readonly x: TensorId; readonly row: TensorId; readonly out: TensorId }
  /**
   * What lies under each window, a row each: out [rows * windows, groups * taps * channels / groups], columns by group, then tap, then channel of the group; 0 where a tap is on
   * padding. A convolution is this times its weight.
   */
  | {
      readonly op: 'patches';
      readonly windows: Windows;
      readonly groups: number;
      readonly x: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'patchesGrad';
      readonly windows: Windows;
      readonly groups: number;
      readonly dout: TensorId;
      readonly dx: TensorId;
      readonly accumulate: boolean;
    }
  /** out[window, channel] = alpha * sum over taps of weight[tap, channel] * x[under tap, channel] + bias[channel]. */
  | {
      readonly op: 'depthwise';
      readonly windows: Windows;
      readonly alpha: number;
      readonly x: TensorId;
      readonly weight: TensorId;
      readonly bias: TensorId | null;
      readonly out: TensorId;
    }
  | {
      readonly op: 'depthwiseGrad';
      readonly windows: Windows;
      readonly alpha: number;
      readonly x: TensorId;
      readonly weight: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly dweight: TensorId;
      readonly dbias: TensorId | null;
      readonly accumulate: boolean;
    }
  /** Largest or mean value in each window, per channel. Windows have no padding. */
  | {
      readonly op: 'pool';
      readonly kind: 'max' | 'mean';
      readonly windows: Windows;
      readonly x: TensorId;
      readonly out: TensorId;
    }
  /** Of several largest values the first one gets the gradient. */
  | {
      readonly op: 'poolGrad';
      readonly kind: 'max' | 'mean';
      readonly windows: Windows;
      readonly x: TensorId;
      readonly y: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
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
  /**
   * Batch norm (Ioffe and Szegedy 2015) per channel over all rows and groups, epsilon 1e-5. `stats` [2, channels] keeps mean and 1/deviation of the batch for the backward pass.
   * A `train` pass also moves `running` [2, channels] (mean, variance) by momentum 0.1 towards mean and unbiased variance of the batch; a `measure` pass uses it instead. `running`
   * is 0 and 1 when states are reset. The backward pass is that of batch statistics.
   */
  | {
      readonly op: 'batchNorm';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly bias: TensorId;
      readonly running: TensorId;
      readonly stats: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'batchNormGrad';
      readonly channels: number;
      readonly x: TensorId;
      readonly gain: TensorId;
      readonly stats: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly dgain: TensorId;
      readonly dbias: TensorId;
      readonly accumulate: boolean;
    }
  /**
   * out = draw >= rate ? x / (1 - rate) : 0, and x itself in a `measure` pass. A `train` pass fills `draws`, shaped like x, with uniform noise: `fillNoise` with the key of `dropout` and
   * `site` in the place of the parameter. A `probe` pass uses the draws of the last one. `rate` is a float32, so that engines of either precision drop the same elements.
   */
  | {
      readonly op: 'dropout';
      readonly rate: number;
      readonly site: number;
      readonly x: TensorId;
      readonly draws: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'dropoutGrad';
      readonly rate: number;
      readonly draws: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly accumulate: boolean;
    }
  /**
   * Softmax over each group of `columns` consecutive columns. `period` 0: over all of them. Else row i sees only the first (i mod period) + 1 of them, the others become 0: with period the
   * number of positions this is the causal mask.
   */
  | {
      readonly op: 'softmax';
      readonly columns: number;
      readonly period: number;
      readonly x: TensorId;
      readonly out: TensorId;
    }
  | {
      readonly op: 'softmaxGrad';
      readonly columns: number;
      readonly y: TensorId;
      readonly dy: TensorId;
      readonly dx: TensorId;
      readonly accumulate: boolean;
    }
  /** The row of `table` [tokens, units] for each element of x in turn: token floor(x), clipped to the table, 0 for NaN. */
  | { readonly op: 'embed'; readonly x: TensorId; readonly table: TensorId; readonly out: TensorId }
  | { readonly op: 'embedGrad'; readonly x: TensorId; readonly dy: TensorId; readonly dtable: TensorId }
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

/** Ops that know the height and width of an activation, or the batch. Every engine keeps them in a file of their own. */
export type PositionOpName = Extract<
  TensorOpName,
  | 'blockMatmul'
  | 'reshape'
  | 'addRow'
  | 'patches'
  | 'patchesGrad'
  | 'depthwise'
  | 'depthwiseGrad'
  | 'pool'
  | 'poolGrad'
  | 'batchNorm'
  | 'batchNormGrad'
  | 'dropout'
  | 'dropoutGrad'
  | 'softmax'
  | 'softmaxGrad'
  | 'embed'
  | 'embedGrad'
>;

/** How a parameter is drawn before training. Fans are those of the layer that owns it. */
export interface Initializer {
  /**
   * An init scheme of the genome, `constant` for norm gains and the like, or `given`; `torchBias` = U(-1/sqrt(fanIn), 1/sqrt(fanIn)); `sinusoid` = the position code of Vaswani et al. 2017 for
   * fanIn channels at each position, one position after another in one row.
   */
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
    | 'sinusoid'
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
  /** The weight in use is left * value * right, two of the program's constants. It is the weight that the initializer describes, so value begins as its image under the transposes. */
  readonly rotation?: { readonly left: number; readonly right: number };
}

/** A tensor that is set before training and never trained: an orthogonal matrix, drawn from `<seed>/constants/<name>`, or a position code. */
export interface Constant {
  readonly name: string;
  readonly value: TensorId;
  readonly initializer: Initializer;
}

/** A node of the update rule with its inferred shape and the pass in which it is computed (reductions and whole ops close a pass). */
export type UpdateNode = { readonly shape: ValueShape; readonly pass: number } & (
  | { readonly kind: 'input'; readonly input: RuleInput }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'state'; readonly slot: number }
  | {
      readonly kind: 'op';
      readonly op: RuleOpName;
      readonly args: readonly number[];
      readonly over?: Scope;
      readonly count?: number;
    }
);

/**
 * The update, typed and scheduled. A node's `pass` is the largest number of reductions and whole ops on a path to it, itself not counted: a reduction of pass p
 * is summed while pass p runs, a whole op of pass p is computed when it has ended, and both may be read from pass p + 1 on. Pointwise values needed in several passes are recomputed in each.
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
  /** The share of `stepFlops` that the rule's matrix ops do. */
  readonly matrixFlops: number;
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
  readonly constants: readonly Constant[];
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
