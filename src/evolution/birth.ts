/** The events of a run, as the controller makes them and the lineage database keeps them. The clock is `birthIndex`, from 0. */
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Chromosome, Genome } from '../genome/genome.ts';

/** One applied mutation operator. Loci and before/after are short notation texts for people and for the mutation log. */
export interface MutationRecord {
  /** Name of the operator in the variation table; permanent. */
  readonly operator: string;
  readonly target: Chromosome;
  /** Where: a node's name in the canonical text of the parent, such as `h2` or `u`. */
  readonly locus: string;
  readonly before: string;
  readonly after: string;
}

/** A child that waits for its evaluation. Parents are birth indices within the run. */
export interface Birth {
  readonly birthIndex: number;
  readonly genome: Genome;
  /** SHA-256 (hex) of each chromosome's canonical text. */
  readonly architectureHash: string;
  readonly ruleHash: string;
  /** The selected parent; null for a founder. */
  readonly parent: number | null;
  /** The second parent of a reassortment, else null. */
  readonly otherParent: number | null;
  /** Which parent gave each chromosome (birth index); null for a founder, and for a chromosome that a swap replaced whole: it descends from neither. */
  readonly architectureFrom: number | null;
  readonly ruleFrom: number | null;
  readonly mutations: readonly MutationRecord[];
  /** Birth indices drawn into the tournament, in order of drawing, with repeats; empty for founders. */
  readonly contestants: readonly number[];
}

/** Why an individual died. `aged` = oldest when a birth exceeded the population; `failed` = its own evaluation failed; `outcompeted` = another held or took its cell. */
export type DeathCause = 'aged' | 'failed' | 'outcompeted';

/** The end of a life, as the controller tells it. */
export interface Death {
  readonly birthIndex: number;
  readonly cause: DeathCause;
  /** When it died, in births: the birth told then, or for a child that did not join the tick after its own birth, so that no life has length zero. */
  readonly at: number;
}

/** A birth with its outcome and the deaths it caused: one whole event, the unit of a transaction. */
export interface ToldBirth {
  readonly birth: Birth;
  readonly outcome: EvaluationOutcome;
  readonly deaths: readonly Death[];
}
