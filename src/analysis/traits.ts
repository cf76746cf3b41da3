/** Traits of individuals for a question: those asked for, or the usual ones that are numbers and known of everyone who is counted. */
import type { History } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import type { Heritable } from '../lineage/taxa.ts';
import { writtenTrait } from '../lineage/trait-store.ts';
import { numericTraitReader, usualTraits } from '../lineage/trait-values.ts';
import { UserError } from '../notation/user-error.ts';
import { partsOf } from './descent-shares.ts';
import type { Trait } from './selection-events.ts';

/** The fitness that was evaluated is a trait like any other, of the individual and not of its block. */
export const fitnessTrait = 'fitness';

/** The traits of an analysis by name, in the order asked for. */
export interface ChosenTraits {
  readonly traits: Readonly<Record<string, Trait>>;
  /** Of each: what it is a trait of. Fitness is one of what is followed. */
  readonly carriers: Readonly<Record<string, Heritable>>;
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
  of: Heritable,
  named: readonly string[],
  fitness: Float64Array,
  counted: Iterable<number>,
): ChosenTraits {
  const members = [...new Set(counted)];
  const names = named.length > 0 ? named : [...usualNames(of), fitnessTrait];
  const traits: Record<string, Trait> = {};
  const carriers: Record<string, Heritable> = {};
  const leftOut: { trait: string; reason: string }[] = [];
  for (const name of names) {
    try {
      const { carrier, trait } = carriedTrait(lineage, block, of, name, fitness);
      requireValues(name, trait, members);
      traits[name] = trait;
      carriers[name] = carrier;
    } catch (error) {
      if (!(error instanceof UserError) || named.length > 0) throw error;
      leftOut.push({ trait: name, reason: error.issues[0]!.message });
    }
  }
  return { traits, carriers, leftOut };
}

/** As they are written: of genomes with the chromosome before them. */
const usualNames = (of: Heritable): string[] =>
  partsOf(of).flatMap((part) =>
    usualTraits(part).map((name) => (of === 'genome' ? `${part}.${name}` : name)),
  );

function carriedTrait(
  lineage: Lineage,
  block: History['block'],
  of: Heritable,
  written: string,
  fitness: Float64Array,
): { readonly carrier: Heritable; readonly trait: Trait } {
  if (written === fitnessTrait) return { carrier: of, trait: (i) => fitness[i]! };
  const { chromosome, name } = writtenTrait(of, written);
  const read = numericTraitReader(lineage, chromosome, name);
  return { carrier: chromosome, trait: (i) => read(block[chromosome][i]!) };
}

function requireValues(name: string, trait: Trait, members: readonly number[]): void {
  const missing = members.filter((i) => Number.isNaN(trait(i))).length;
  if (missing === 0) return;
  throw new UserError({
    code: 'trait-missing',
    message: `the trait \`${name}\` is not defined for ${missing} of the ${members.length} individuals that are counted`,
    hint: 'a change of means needs everyone: choose a trait that all of them have',
  });
}
