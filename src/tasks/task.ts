/** A task: examples, a loss, and splits that never mix. */
import type { Shape } from '../genome/architecture/architecture.ts';

/** What the head predicts. Classification: softmax cross-entropy in nats. Regression: squared error, mean over outputs. */
export type Target =
  | { readonly kind: 'classification'; readonly classes: number }
  | { readonly kind: 'regression'; readonly outputs: number };

/** The part of a task that a program is compiled against. */
export interface TaskSignature {
  readonly input: Shape;
  readonly target: Target;
}

/** `train` is what gradients see, `search` what selection sees, `select` re-evaluates elites, `final` is for claims only. */
export type SplitName = 'train' | 'search' | 'select' | 'final';
export type HeldOutSplit = Exclude<SplitName, 'train'>;

/** Examples of one split, row-major and unpadded. Backed by SharedArrayBuffer when a pool shares it. */
export interface Examples {
  readonly count: number;
  /** count x (height * width * channels). */
  readonly inputs: Float64Array;
  /** Classification: count class indices. Regression: count x outputs. */
  readonly targets: Float64Array;
}

export interface Task {
  readonly name: string;
  readonly signature: TaskSignature;
  readonly splits: Readonly<Record<SplitName, Examples>>;
  /** Loss of the predictor that has learned nothing: ln K for K classes; variance of the training targets for regression. */
  readonly untrainedLoss: number;
}
