/** A task: examples, a loss, and splits that never mix. */
import type { Shape } from '../genome/architecture/architecture.ts';
import type { InitScheme } from '../genome/architecture/ops.ts';
import type { Issue } from '../notation/issue.ts';
import { type ObjectiveName, objectives } from './objectives.ts';

/** What a prediction is compared with, and how: one loss per kind. Kinds are stored with runs: permanent. */
export type Target =
  /** Softmax cross-entropy in nats. */
  | { readonly kind: 'classification'; readonly classes: number }
  /** Squared error, mean over outputs. */
  | { readonly kind: 'regression'; readonly outputs: number }
  /** Logistic loss in nats of one logit; labels are 0 and 1. */
  | { readonly kind: 'binary' }
  /** target . (prediction - best): the regret of a linear loss against the best fixed prediction. May be negative for single examples. */
  | { readonly kind: 'linear'; readonly best: readonly number[] }
  /** f(prediction) + target . prediction, f a named function; the targets are its gradient noise. */
  | { readonly kind: 'objective'; readonly objective: ObjectiveName };

/** How a prediction is read off the architecture's output. */
export type Head =
  | {
      readonly kind: 'linear';
      readonly bias: boolean;
      readonly init: InitScheme;
      /**
       * The weight to start from, features x outputs, row-major. It fits a head on as many features as the bare task has; architectures that hand the head another
       * number of features draw theirs by `init`.
       */
      readonly start?: readonly number[];
      /** Whether its weight is seen through fixed random orthogonal matrices, as by the gene `rotation` of architectures. No task has that: an assay asks for it. */
      readonly rotation?: boolean;
    }
  /** The output is the prediction: its features must be as many as the task has outputs. */
  | { readonly kind: 'none' };

/** PyTorch's linear layer. */
export const defaultHead: Head = { kind: 'linear', bias: true, init: 'torch' };

/** The part of a task that a program is compiled against. */
export interface TaskSignature {
  readonly input: Shape;
  readonly target: Target;
  /** `defaultHead` where absent. */
  readonly head?: Head;
  /** Every parameter is clipped to this interval after each update. */
  readonly box?: readonly [low: number, high: number];
}

/** Numbers in one prediction. */
export function outputsOf(target: Target): number {
  switch (target.kind) {
    case 'classification':
      return target.classes;
    case 'regression':
      return target.outputs;
    case 'binary':
      return 1;
    case 'linear':
      return target.best.length;
    case 'objective':
      return objectives[target.objective].start.length;
  }
}

/** Numbers in one example's target. */
export const targetColumnsOf = (target: Target): number =>
  target.kind === 'classification' ? 1 : outputsOf(target);

/** `train` is what gradients see, `search` what selection sees, `select` re-evaluates elites, `final` is for claims only. */
export type SplitName = 'train' | 'search' | 'select' | 'final';
/** The splits that no gradient sees. */
export type HeldOutSplit = Exclude<SplitName, 'train'>;

/** Examples of one split, row-major and unpadded. Backed by SharedArrayBuffer when a pool shares it. */
export interface Examples {
  readonly count: number;
  /** count x (height * width * channels). */
  readonly inputs: Float64Array;
  /** count x the target's columns: a class index, a label, values to predict, a slope, or noise. */
  readonly targets: Float64Array;
}

/** What is trained on and measured with: a loss, and examples in four splits. */
export interface Task {
  readonly name: string;
  readonly signature: TaskSignature;
  readonly splits: Readonly<Record<SplitName, Examples>>;
  /** Loss of the predictor that has learned nothing: ln K for K classes; that of the best constant for regression with a bias, of 0 without; that of the start for an objective. */
  readonly untrainedLoss: number;
  /** The best loss that any predictor can expect on held-out examples, where it is known. */
  readonly floor?: number;
  /** What a person should know of the files it was read from, and may well mend: columns left out, rows that are there twice. No part of the task's digest. */
  readonly notes?: readonly Issue[];
}
