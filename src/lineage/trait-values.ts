/** Traits of blocks for analysis: the value of a named trait of a stored chromosome, as text or as a number. */

import type { Chromosome } from '../genome/genome.ts';
import { architectureTraits, ruleTraits } from '../genome/traits.ts';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import type { Lineage } from './open.ts';

export const traitNames = {
  architecture: Object.keys(architectureTraits),
  rule: Object.keys(ruleTraits),
} as const satisfies Record<Chromosome, readonly string[]>;

/** The value of a trait of a block, by block id; null where there is none. Each block is read once. @throws UserError for an unknown trait. */
export function traitReader(
  lineage: Lineage,
  chromosome: Chromosome,
  name: string,
): (block: number) => string | null {
  requireTrait(chromosome, name);
  const find = lineage.db
    .prepare<[string, number], string | null>(`SELECT ${chromosome}_trait(?, canon) FROM block WHERE id = ?`)
    .pluck();
  const known = new Map<number, string | null>();
  return (block) => {
    const before = known.get(block);
    if (before !== undefined) return before;
    const value = find.get(name, block) ?? null;
    known.set(block, value);
    return value;
  };
}

export function requireTrait(chromosome: Chromosome, name: string): void {
  const names: readonly string[] = traitNames[chromosome];
  if (names.includes(name)) return;
  throw new UserError({
    code: 'unknown-trait',
    message: `there is no trait \`${name}\` of a${chromosome === 'rule' ? ' rule' : 'n architecture'}`,
    hint: didYouMean(name, [...names]) ?? `traits are ${names.join(', ')}`,
  });
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
