/**
 * The compiler's product: a flat list of tensor ops with static shapes and arena offsets, for the forward pass, the backward pass and
 * the update. Engines run it; they infer nothing.
 *
 * Every tensor is a row-major matrix, rows x cols, at `offset` in one arena of numbers, each row `stride` = cols rounded up to a multiple of 4
 * apart. An activation has one row per example of the batch and height * width * channels columns, channels innermost. Columns from `cols` to `stride` are
 * padding: ops may leave anything there, and no op may let padding reach a real element.
 */
import type { RuleOpName } from '../genome/update-rule/ops.ts';
import type { RuleInput, Scope, ValueShape } from '../genome/update-rule/update-rule.ts';
import type { TaskSignature } from '../tasks/task.ts';
import type { TensorOp } from './tensor-ops/table.ts';

export type { TensorOp, TensorOpName } from './tensor-ops/table.ts';

/** Index into `Program.tensors`. */
export type TensorId = number;

/** A matrix of a program and its place in the arena. Sizes and places are in numbers, not bytes. */
export interface Tensor {
  readonly name: string;
  readonly role: 'input' | 'target' | 'parameter' | 'gradient' | 'constant' | 'activation' | 'workspace';
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
  /** First element, in numbers (not bytes) from the start of the arena; a multiple of 4. */
  readonly offset: number;
}

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
  /**
   * Indices of two of the program's constants: the weight in use is left * value * right. The initializer describes the weight in use, so `value` starts as left^T * weight *
   * right^T.
   */
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

/** Cost units of looking at the loss, and at the loss and its gradient, with other parameters. */
export interface EvaluationUnits {
  readonly loss: number;
  readonly gradient: number;
}

/** Static cost of one training step at the compiled batch size. Flops are flop-equivalents, see cost.ts. */
export interface Cost {
  readonly parameters: number;
  readonly forwardFlops: number;
  /** The batch, forward and backward pass, the update, and what it surely evaluates beside them. */
  readonly stepFlops: number;
  /** The share of `stepFlops` that the rule's matrix ops do. */
  readonly matrixFlops: number;
  /** What one cost unit stands for, see cost-units.ts. */
  readonly unitFlops: number;
  /** Cost units of a step, evaluations beside its own pass aside. */
  readonly stepUnits: number;
  readonly evaluationUnits: EvaluationUnits;
  /** Making the program ready, initial weights included: once a training. */
  readonly preparationFlops: number;
  /** What a training is charged for that before its first step: nothing but for rules longer than any of the literature. */
  readonly preparationUnits: number;
  /** Bytes of all tensors, of update states and of what the rule needs beside them. */
  readonly bytes: number;
  /** Nodes of the update over all its loops, each as often as it is computed anew. */
  readonly updateLength: number;
}

/** All that an engine needs to train one genome on one task. */
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
