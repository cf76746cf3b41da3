/**
 * The interface to engines: a batch of training jobs in, their records out. A GPU engine wants thousands of jobs at once; a CPU worker runs one.
 * CPU engines also give an `Executable`, one program made ready, which the shared training loop drives and the conformance suite inspects.
 */

import type { Program } from '../compiler/program.ts';
import type { HeldOutSplit, Task } from '../tasks/task.ts';
import type { NoiseKeys } from './noise.ts';

/** How long and on what batches to train. `sequential` walks the training split in order; `shuffled` draws a new permutation each epoch. */
export interface TrainingBudget {
  readonly steps: number;
  readonly batchSize: number;
  readonly order: 'shuffled' | 'sequential';
  /** No step, nor evaluation within a step, begins that these cost units do not cover (see compiler/cost-units.ts). Measuring held-out splits is not charged. */
  readonly costUnits?: number;
}

/** One network to train, from its initial weights to its measurement. */
export interface TrainingJob {
  readonly program: Program;
  readonly task: Task;
  readonly budget: TrainingBudget;
  /**
   * Prefix of the job's random streams: `<seed>/weights/<parameter>`, `<seed>/constants/<constant>`, `<seed>/batches`, `<seed>/noise`. The same on every engine.
   */
  readonly seed: string;
  /** Held-out splits to measure at the end. */
  readonly measure: readonly HeldOutSplit[];
  /** Points to keep of the training curve (mean batch loss over equal stretches of steps). 0 keeps none. */
  readonly curvePoints: number;
  /** Ascending by step. */
  readonly hurdles?: readonly Hurdle[];
  /** How many of the first batch losses to keep, as they are. */
  readonly losses?: number;
  /** End after so many steps, whatever the budget that the update rule may read. */
  readonly until?: number;
}

/** After `step` steps the search split is measured, and training goes on only where that passes. */
export interface Hurdle {
  readonly step: number;
  passes(measured: Measurement): boolean;
}

/** What a network does on one split. */
export interface Measurement {
  /** Mean loss over the split. */
  readonly loss: number;
  /** Share of examples whose largest logit is the target; null for regression. */
  readonly accuracy: number | null;
}

/** How training ended. Stored as such and never as a number; names are permanent. */
export type TrainingEnd =
  | { readonly status: 'completed' }
  /** By rule and not by fault. */
  | { readonly status: 'stopped'; readonly reason: 'budget' | 'hurdle'; readonly step: number }
  /** A loss or a held-out loss that is not finite, or beyond 1e8 times the untrained loss + 1. */
  | { readonly status: 'failed'; readonly reason: 'diverged'; readonly step: number };

/** How a training went: its end, its curve, and what was measured at the end. */
export interface TrainingRecord {
  readonly end: TrainingEnd;
  readonly stepsDone: number;
  readonly costUnits: number;
  /** Mean batch loss over equal stretches, oldest first; shorter when training ended early. Finite numbers only. */
  readonly curve: Float32Array;
  /** The first batch losses, where the job asked for them; fewer when training ended early. */
  readonly losses?: readonly number[];
  /** Present for `completed` and `stopped`. */
  readonly measured: Partial<Record<HeldOutSplit, Measurement>>;
}

/** What the update rule may read in one step besides tensors. */
export interface StepInputs {
  /** Step from 1. */
  readonly t: number;
  readonly T: number;
  readonly L: number;
  readonly b: number;
  readonly n: number;
}

/**
 * How a forward pass runs. `train` is a step's own pass and draws what is random in it from (t, noise). `probe` is the same function of the weights again: the same batch and the
 * same draws, and nothing remembered. `measure` is the trained network as it is used: nothing random.
 */
export type ForwardPass =
  | { readonly mode: 'train'; readonly t: number; readonly noise: NoiseKeys }
  | { readonly mode: 'probe' }
  | { readonly mode: 'measure' };

/** One program made ready on a CPU engine. Parameter-shaped arrays are unpadded, row-major, in the order of `program.parameters`. */
export interface Executable {
  readonly program: Program;
  readParameters(): Float64Array[];
  writeParameters(values: readonly Float64Array[]): void;
  readGradients(): Float64Array[];
  writeGradients(values: readonly Float64Array[]): void;
  /** In the order of `program.constants`, unpadded. */
  writeConstants(values: readonly Float64Array[]): void;
  /** Sets every state of the update rule to its initial value, and the running statistics of batch norms to mean 0 and variance 1. */
  resetStates(): void;
  /** Makes `task.splits[split]` the source that `loadRows` copies from. Binding again replaces it. */
  bind(task: Task, split: keyof Task['splits']): void;
  /** Copies these rows of the bound split into the batch; `rows.length` <= batch size. Missing rows repeat the last. */
  loadRows(rows: Int32Array): void;
  /** Forward pass on the loaded batch; returns the mean loss over all batch rows. */
  forward(pass: ForwardPass): number;
  /** Backward pass; call after a `train` or `probe` pass on the same batch. */
  backward(): void;
  /**
   * Applies the update rule once, in place. Returns the cost units of what it evaluated beside the step's own pass; that is on the batch loaded last.
   * @throws AllowanceSpent before an evaluation that `allowance` (default: without end) does not cover. Parameters are then as they were; of the rule's states some may have moved.
   */
  update(inputs: StepInputs, noise: NoiseKeys, allowance?: number): number;
  /** Loss of each of the first `count` rows and the head's output for them, after `forward`. */
  readLosses(count: number): Float64Array;
  readOutputs(count: number): Float64Array;
  dispose(): void;
}

/** How far an engine may be from the float64 reference, relative to max(1, |value|), and why. */
export interface EngineTolerance {
  readonly gradient: number;
  readonly update: number;
  readonly why: string;
}

/** Whether the same job gives the same record again. Where it gives not the same bits, two held-out losses of one job agree to `loss`, relative to max(1, |loss|). */
export type Reproducibility =
  | { readonly bits: true }
  | { readonly bits: false; readonly loss: number; readonly why: string };

/** Runs programs. `train` is all that a search needs; `prepare` is for those who look inside. */
export interface Engine {
  readonly name: 'reference' | 'wasm' | 'tensorflow';
  /** What a lineage depends on besides document and seed: stored with the run, checked on resume. */
  readonly numericClass: string;
  readonly reproducible: Reproducibility;
  /** What else a reader of results may ask about the machine, such as the device; stored with each session of a run. */
  readonly machine: Readonly<Record<string, string>>;
  readonly tolerance: EngineTolerance;
  prepare(program: Program): Executable;
  train(jobs: readonly TrainingJob[]): Promise<TrainingRecord[]>;
}
