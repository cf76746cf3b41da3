/** The usual traits of chromosomes as cells of a table. */
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from '../lineage/open.ts';
import { traitReader, usualTraits } from '../lineage/trait-values.ts';

export interface BlockTraits {
  readonly names: readonly string[];
  /** Empty where a trait is not defined. */
  of(block: number): readonly string[];
}

export function blockTraits(lineage: Lineage, of: Chromosome): BlockTraits {
  const names = usualTraits(of);
  const readers = names.map((name) => traitReader(lineage, of, name));
  return { names, of: (block) => readers.map((read) => read(block) ?? '') };
}
