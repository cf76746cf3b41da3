/** What evaluating one genome came to. */
import type { Measurement } from '../engines/engine.ts';

/** Stored in databases, as is an outcome's status: permanent. `completed` and `stopped` carry a fitness, `failed` never does. */
export type FailureReason = 'diverged' | 'unsupported' | 'too-large' | 'worker-lost';

/** Why a training ended early by a rule and not by a fault. Stored in databases: permanent. */
export type StopReason = 'budget' | 'hurdle';

interface Spent {
  readonly stepsDone: number;
  readonly costUnits: number;
  /** Parameters of the network; 0 when it could not be compiled. */
  readonly parameters: number;
  readonly curve: Float32Array;
}

/** How one training ended. `search` is what was measured: on the search split, or for a re-evaluation on the select split. */
export type TrainingOutcome =
  | (Spent & { readonly status: 'completed'; readonly fitness: number; readonly search: Measurement })
  | (Spent & {
      readonly status: 'stopped';
      readonly reason: StopReason;
      readonly fitness: number;
      readonly search: Measurement;
    })
  | (Spent & { readonly status: 'failed'; readonly reason: FailureReason });

/** Why a training was done: to give the fitness, or to confirm it on fresh seeds. Stored in databases: permanent. */
export type TrainingPurpose = 'search' | 'reeval';

/** One training of an evaluation that consists of several. */
export interface Training {
  readonly purpose: TrainingPurpose;
  /** Index of the task in the document. */
  readonly task: number;
  readonly replicate: number;
  /** Exponent j of the learning-rate trial: the update times 10^(j/2). */
  readonly trial: number;
  /** Birth index of the individual that gave the other chromosome; null where the genome is the individual's own. */
  readonly partner: number | null;
  /** True where the fitness of the individual is made from it. */
  readonly counts: boolean;
  readonly outcome: TrainingOutcome;
}

/** A measurement on the search split at a hurdle. */
export interface Rung {
  /** Index into `trainings`; 0 where there is one. */
  readonly training: number;
  readonly step: number;
  readonly fitness: number;
  /** What had to be reached; null while there is no bar. */
  readonly bar: number | null;
}

/** The re-run of an elite on fresh streams, measured on the select split. */
export interface Reevaluation {
  /** What the re-run had to reach. */
  readonly bar: number;
  /** Null where the re-run failed. */
  readonly fitness: number | null;
  readonly confirmed: boolean;
}

/** Hashes (16 hex digits) of the first batch losses: on streams that are the same for all, and of the individual's own training. */
export interface Behaviour {
  readonly probe: string;
  readonly opening: string;
}

/** An outcome taken over from an earlier individual, because the genome or the behaviour is the same. */
export interface Reuse {
  readonly source: number;
  readonly by: 'duplicate' | 'behaviour';
}

/** What an evaluation has to tell beyond its one fitness. */
export interface EvaluationDetails {
  /** Empty where the evaluation is one training, which the outcome itself then tells of. */
  readonly trainings: readonly Training[];
  readonly rungs: readonly Rung[];
  readonly reevaluation: Reevaluation | null;
  readonly behaviour: Behaviour | null;
  readonly reuse: Reuse | null;
}

/** Details are absent where one training is all there is to tell. */
export type EvaluationOutcome = TrainingOutcome & { readonly details?: EvaluationDetails };

/** `{ details }`, or nothing where they are empty. */
export function withDetails(details: EvaluationDetails): { readonly details?: EvaluationDetails } {
  const { trainings, rungs, reevaluation, behaviour, reuse } = details;
  const empty =
    trainings.length === 0 &&
    rungs.length === 0 &&
    reevaluation === null &&
    behaviour === null &&
    reuse === null;
  return empty ? {} : { details };
}
