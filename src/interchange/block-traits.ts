/** The traits of chromosomes as cells of a table. */
import type { Chromosome } from '../genome/genome.ts';
import { architectureTraits, ruleTraits } from '../genome/traits.ts';
import { architectureFromText, ruleFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';

export interface BlockTraits {
  readonly names: readonly string[];
  of(block: number): readonly string[];
}

/** All traits of a block; a text is read once, since many units may carry it. */
export function blockTraits({ db }: Lineage, of: Chromosome): BlockTraits {
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const read =
    of === 'rule' ? every(ruleTraits, ruleFromText) : every(architectureTraits, architectureFromText);
  const known = new Map<number, readonly string[]>();
  return {
    names: Object.keys(of === 'rule' ? ruleTraits : architectureTraits),
    of(block) {
      const cells = known.get(block) ?? read(text.get(block)!);
      known.set(block, cells);
      return cells;
    },
  };
}

function every<C>(
  traits: Readonly<Record<string, (chromosome: C) => string>>,
  parse: (text: string) => C,
): (text: string) => string[] {
  return (text) => {
    const chromosome = parse(text);
    return Object.values(traits).map((trait) => trait(chromosome));
  };
}
