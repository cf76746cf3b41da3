/** Neutral markers along the lineage of a run: two alleles each, inherited with the chromosome that they sit on, flipped now and then, seen by nobody. */

import type { ToldBirth } from '../src/evolution/birth.ts';
import type { Chromosome } from '../src/genome/genome.ts';
import type { Random } from '../src/random/stream.ts';

/** Chance that a birth flips a marker. */
const flips = 0.02;

export interface Markers {
  told(event: ToldBirth): void;
  /** Allele, 0 or 1, of marker `k` of that chromosome, by birth. */
  readonly alleles: Readonly<Record<Chromosome, readonly Uint8Array[]>>;
}

export function neutralMarkers(births: number, count: number, random: Random): Markers {
  const columns = () => Array.from({ length: count }, () => new Uint8Array(births));
  const alleles = { architecture: columns(), rule: columns() };
  const inherit = (markers: readonly Uint8Array[], child: number, donor: number | null) => {
    for (const marker of markers)
      marker[child] = donor === null ? random.below(2) : marker[donor]! ^ (random.uniform() < flips ? 1 : 0);
  };
  return {
    alleles,
    told({ birth }) {
      inherit(alleles.architecture, birth.birthIndex, birth.architectureFrom);
      inherit(alleles.rule, birth.birthIndex, birth.ruleFrom);
    },
  };
}
