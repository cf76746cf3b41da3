/** Traits of blocks for analysis: the value of a named trait of a stored chromosome, as text or as a number. */

import type { Chromosome } from '../genome/genome.ts';
import { UserError } from '../notation/user-error.ts';
import { type TraitValue, traitNames, traitTable } from '../traits/table.ts';
import type { Lineage } from './open.ts';
import { namedTrait, storedTraitValues, traitValueOf } from './trait-store.ts';

/** What one looks at when nothing is named: neither the counts of single ops nor what must be measured first. */
export const usualTraits = (chromosome: Chromosome): string[] =>
  traitNames(chromosome).filter(
    (name) => !name.startsWith('count-') && traitTable[chromosome][name]!.measurement === undefined,
  );

/** The value of a trait of a block, by block id; null where it is not defined. What the file does not hold is computed, each block once. @throws UserError for an unknown trait. */
export function traitReader(
  lineage: Lineage,
  chromosome: Chromosome,
  name: string,
): (block: number) => string | null {
  const trait = namedTrait(chromosome, name);
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const known: Map<number, TraitValue> = storedTraitValues(lineage, trait);
  return (block) => {
    let value = known.get(block);
    if (value === undefined) {
      value = traitValueOf(trait, text.get(block)!);
      known.set(block, value);
    }
    return value === null ? null : String(value);
  };
}

/**
 * The same as a number: numbers as they are, yes 1 and no 0, and `NAME=VALUE` 1 where the trait has the value and 0 elsewhere. NaN where there is none.
 * The reader throws a UserError at the first value that is no number.
 */
export function numericTraitReader(
  lineage: Lineage,
  chromosome: Chromosome,
  name: string,
): (block: number) => number {
  const equals = name.indexOf('=');
  if (equals > 0) {
    const [of, level] = [name.slice(0, equals), name.slice(equals + 1)];
    const read = traitReader(lineage, chromosome, of);
    return (block) => {
      const value = read(block);
      return value === null ? Number.NaN : value === level ? 1 : 0;
    };
  }
  const read = traitReader(lineage, chromosome, name);
  return (block) => {
    const value = read(block);
    const number = value === null ? Number.NaN : numberOf(value);
    if (number !== null) return number;
    throw new UserError({
      code: 'trait-not-numeric',
      message: `the trait \`${name}\` has values such as \`${value}\`, and this needs numbers`,
      hint: `write ${name}=${value} for a trait that is 1 where it is so and 0 elsewhere`,
    });
  };
}

/** Null for a text that is no number. */
export function numberOf(value: string): number | null {
  if (value === 'yes') return 1;
  if (value === 'no') return 0;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null;
}
