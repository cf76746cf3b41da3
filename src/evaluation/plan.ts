/** What is asked for when an individual is evaluated. The controller makes the plan when it breeds, from told births alone; it crosses the thread boundary as plain data. */
import type { Measurement } from '../engines/engine.ts';
import type { Genome } from '../genome/genome.ts';
import type { Behaviour, StopReason } from './outcome.ts';

/** A genome to train: the individual's own (`partner` null), or its chromosome with that of a partner (birth index). */
export interface Pair {
  readonly partner: number | null;
  readonly genome: Genome;
}

/** An earlier individual whose outcome may be used again. */
export interface Known {
  readonly birthIndex: number;
  readonly behaviour: Behaviour | null;
  /** Exponent of its chosen learning-rate trial. */
  readonly trial: number;
  readonly ending:
    | { readonly status: 'completed'; readonly fitness: number; readonly search: Measurement }
    | {
        readonly status: 'stopped';
        readonly reason: StopReason;
        readonly fitness: number;
        readonly search: Measurement;
      };
}

/** Everything that an evaluation depends on besides the run's seed and settings. */
export interface EvaluationPlan {
  readonly birthIndex: number;
  /** Each is trained on every task and replicate. The first gives the individual its size and its probe. */
  readonly pairs: readonly Pair[];
  /** By task and by rung; null where there is no bar yet. Empty without hurdles. */
  readonly bars: readonly (readonly (number | null)[])[];
  /** A fitness above this must be confirmed; null where nothing must. */
  readonly eliteBar: number | null;
  /** An earlier individual with the same genome. */
  readonly duplicateOf: Known | null;
  /** Earlier individuals whose behaviour is known, oldest first. */
  readonly known: readonly Known[];
}

/** One training per task and replicate, and nothing else. */
export const plainPlan = (birthIndex: number, genome: Genome): EvaluationPlan => ({
  birthIndex,
  pairs: [{ partner: null, genome }],
  bars: [],
  eliteBar: null,
  duplicateOf: null,
  known: [],
});
