/** Traits of individuals for a question: those asked for, or the usual ones that are numbers and known of everyone who is counted. */
import type { Chromosome } from '../genome/genome.ts';
import type { History } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import { numericTraitReader, usualTraits } from '../lineage/trait-values.ts';
import { UserError } from '../notation/user-error.ts';
import type { Trait } from './selection-events.ts';

/** The fitness that was evaluated is a trait like any other, of the individual and not of its block. */
export const fitnessTrait = 'fitness';

export interface ChosenTraits {
  readonly traits: Readonly<Record<string, Trait>>;
  /** Left out although nobody asked, and why. */
  readonly leftOut: readonly { readonly trait: string; readonly reason: string }[];
}

/**
 * `named` empty asks for the usual ones. `counted`: who needs a value.
 * @throws UserError for a named trait that does not exist, is no number, or is missing for one of the counted; and where none is left.
 */
export function chosenTraits(
  lineage: Lineage,
  { block }: Pick<History, 'block'>,
  chromosome: Chromosome,
  named: readonly string[],
  fitness: Float64Array,
  counted: Iterable<number>,
): ChosenTraits {
  const members = [...new Set(counted)];
  const names = named.length > 0 ? named : [...usualTraits(chromosome), fitnessTrait];
  const traits: Record<string, Trait> = {};
  const leftOut: { trait: string; reason: string }[] = [];
  for (const name of names) {
    try {
      traits[name] = traitOf(lineage, block[chromosome], chromosome, name, fitness, members);
    } catch (error) {
      if (!(error instanceof UserError) || named.length > 0) throw error;
      leftOut.push({ trait: name, reason: error.issues[0]!.message });
    }
  }
  return { traits, leftOut };
}

function traitOf(
  lineage: Lineage,
  block: Int32Array,
  chromosome: Chromosome,
  name: string,
  fitness: Float64Array,
  members: readonly number[],
): Trait {
  const read = name === fitnessTrait ? null : numericTraitReader(lineage, chromosome, name);
  const trait: Trait = read === null ? (i) => fitness[i]! : (i) => read(block[i]!);
  const missing = members.filter((i) => Number.isNaN(trait(i))).length;
  if (missing === 0) return trait;
  throw new UserError({
    code: 'trait-missing',
    message: `the trait \`${name}\` is not defined for ${missing} of the ${members.length} individuals that are counted`,
    hint: 'a change of means needs everyone: choose a trait that all of them have',
  });
}
