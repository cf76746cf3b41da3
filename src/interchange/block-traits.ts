/** The usual traits of chromosomes as cells of a table. */
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from '../lineage/open.ts';
import { traitValuesOf } from '../lineage/trait-store.ts';
import { usualTraits } from '../lineage/trait-values.ts';

/** Names of traits, and their values as text: of the blocks of a database, or of the nodes of a record. */
export interface BlockTraits {
  readonly names: readonly string[];
  /** Empty where a trait is not defined. */
  of(block: number): readonly string[];
}

/** A text is read once, since many units may carry it. */
export function blockTraits({ db }: Lineage, of: Chromosome): BlockTraits {
  const names = usualTraits(of);
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const known = new Map<number, readonly string[]>();
  return {
    names,
    of(block) {
      const cells =
        known.get(block) ?? traitValuesOf(of, names, text.get(block)!).map((value) => String(value ?? ''));
      known.set(block, cells);
      return cells;
    },
  };
}
