/** What evaluating one genome came to. */
import type { Measurement } from '../engines/engine.ts';

/** Stored in databases: permanent. `completed` and `stopped` carry a fitness, `failed` never does. */
export type OutcomeStatus = 'completed' | 'stopped' | 'failed';
export type FailureReason = 'diverged' | 'unsupported' | 'too-large' | 'worker-lost';
export type StopReason = 'budget' | 'hurdle';

interface Spent {
  readonly stepsDone: number;
  readonly costUnits: number;
  /** Parameters of the network; 0 when it could not be compiled. */
  readonly parameters: number;
  readonly curve: Float32Array;
}

export type EvaluationOutcome =
  | (Spent & { readonly status: 'completed'; readonly fitness: number; readonly search: Measurement })
  | (Spent & {
      readonly status: 'stopped';
      readonly reason: StopReason;
      readonly fitness: number;
      readonly search: Measurement;
    })
  | (Spent & { readonly status: 'failed'; readonly reason: FailureReason });
