/** Taxa as a run grows: every birth and death is told once, and the lives so far can be had at any moment. Agrees with `livesOf`, which starts from the whole run. */
import type { TaxonLives } from './taxa.ts';

/** Taxa as births and deaths are told one by one. */
export interface GrowingTaxa {
  /** Births come in order, the first is 0. @returns its taxon. */
  born(donor: number | null, block: number): number;
  died(birthIndex: number, at: number, isLost: boolean): void;
  /** What is alive is censored at `end`. */
  lives(end: number): TaxonLives;
}

/** Nobody was born yet. */
export function growingTaxa(): GrowingTaxa {
  const [taxonOf, blockOf]: [number[], number[]] = [[], []];
  const taxa: Taxon[] = [];
  return {
    born(donor, block) {
      const birth = taxonOf.length;
      const inherits = donor !== null && blockOf[donor] === block;
      const taxon = inherits
        ? taxonOf[donor]!
        : taxa.push({
            ...{ entry: birth, block, parent: donor === null ? -1 : taxonOf[donor]! },
            ...{ carriers: 0, living: 0, lastDeath: 0, last: -1, isEvent: true },
          }) - 1;
      taxonOf.push(taxon);
      blockOf.push(block);
      taxa[taxon]!.carriers += 1;
      taxa[taxon]!.living += 1;
      return taxon;
    },
    died(birthIndex, at, isLost) {
      const taxon = taxa[taxonOf[birthIndex]!]!;
      taxon.living -= 1;
      if (at > taxon.lastDeath) {
        taxon.lastDeath = at;
        taxon.last = birthIndex;
        taxon.isEvent = !isLost;
      } else if (at === taxon.lastDeath && !isLost && !taxon.isEvent) {
        taxon.last = birthIndex;
        taxon.isEvent = true;
      }
    },
    lives: (end) => ({
      count: taxa.length,
      entry: Int32Array.from(taxa, ({ entry }) => entry),
      exit: Int32Array.from(taxa, ({ living, lastDeath }) => (living > 0 ? end : lastDeath)),
      event: Uint8Array.from(taxa, ({ living, isEvent }) => Number(living === 0 && isEvent)),
      last: Int32Array.from(taxa, ({ living, last }) => (living > 0 ? -1 : last)),
      block: Int32Array.from(taxa, ({ block }) => block),
      carriers: Int32Array.from(taxa, ({ carriers }) => carriers),
      parent: Int32Array.from(taxa, ({ parent }) => parent),
      taxonOf: Int32Array.from(taxonOf),
    }),
  };
}

interface Taxon {
  readonly entry: number;
  readonly block: number;
  readonly parent: number;
  carriers: number;
  living: number;
  lastDeath: number;
  last: number;
  isEvent: boolean;
}
