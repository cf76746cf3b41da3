/** The living: members in birth order. Frozen; telling a birth gives a new one. */
import type { Genome } from '../genome/genome.ts';

export interface Member {
  readonly birthIndex: number;
  readonly genome: Genome;
  readonly fitness: number;
}

export type Population = readonly Member[];
