/** The living: members in birth order. Frozen; telling a birth gives a new one. */
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Known } from '../evaluation/plan.ts';
import type { Genome } from '../genome/genome.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { rungFitness } from './bars.ts';
import type { Birth } from './birth.ts';
import type { ControllerSettings } from './settings.ts';

/** A living individual as selection and survival see it. */
export interface Member {
  readonly birthIndex: number;
  readonly genome: Genome;
  /** What selection sees. */
  readonly fitness: number;
  /** Parameters of the network. */
  readonly parameters: number;
  /** By task and rung of the hurdles: the fitness there, null where it was not reached. */
  readonly rungs: readonly (readonly (number | null)[])[];
  /** False for an elite that its re-run did not confirm. */
  readonly mayBreed: boolean;
}

/** The living, oldest first. */
export type Population = readonly Member[];

/** An evaluation that may be used again, with the genotype that it was of. */
export interface Remembered {
  readonly genotype: string;
  readonly known: Known;
}

/** All that breeding depends on, besides settings and birth index. */
export interface ControllerState {
  readonly population: Population;
  /** Oldest first; empty without a cache. */
  readonly remembered: readonly Remembered[];
}

/** Before the first birth. */
export const initialState: ControllerState = { population: [], remembered: [] };

/** A birth whose evaluation did not fail, as a member. */
export function memberOf(
  settings: ControllerSettings,
  { birthIndex, genome }: Pick<Birth, 'birthIndex' | 'genome'>,
  outcome: Exclude<EvaluationOutcome, { status: 'failed' }>,
): Member {
  return {
    birthIndex,
    genome,
    fitness:
      settings.evolution.scheme === 'shuffled-labels'
        ? neutralLabel(settings.seed, birthIndex)
        : outcome.fitness,
    parameters: outcome.parameters,
    rungs: rungFitness(settings, outcome),
    mayBreed: outcome.details?.reevaluation?.confirmed !== false,
  };
}

/** Drawn at birth and kept for life, in place of a fitness that is inherited. */
export const neutralLabel = (seed: string, birthIndex: number): number =>
  stream(streamNames.label(seed, birthIndex)).uniform();
