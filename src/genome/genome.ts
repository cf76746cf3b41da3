/** A genome: the heritable value, two chromosomes. Its identity is in identity.ts. */
import type { Architecture } from './architecture/architecture.ts';
import type { UpdateRule } from './update-rule/update-rule.ts';

/** What is inherited: an architecture and the update rule that trains it, both in canonical form. Plain frozen data. */
export interface Genome {
  readonly architecture: Architecture;
  readonly rule: UpdateRule;
}

/** Which of the two chromosomes. Stored in databases: permanent. */
export type Chromosome = 'architecture' | 'rule';
