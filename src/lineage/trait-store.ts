/**
 * Traits of stored chromosomes. Values are functions of the chromosome, so they are computed once and kept in the file by chromosome, name and version: they may be
 * dropped at any time and come back when they are asked for.
 */
import type { Database } from 'better-sqlite3';
import type { Chromosome } from '../genome/genome.ts';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { type Trait, type TraitValue, traitNames, traitTable } from '../traits/table.ts';
import { architectureFromText, ruleFromText } from './codec.ts';
import type { Lineage } from './open.ts';
import { sqlFiles } from './sql-files.ts';
import type { Heritable } from './taxa.ts';
import { traitDigest } from './trait-digest.ts';
import { isWriteTrouble } from './write-failure.ts';

/** A trait by name. */
export interface NamedTrait {
  readonly chromosome: Chromosome;
  readonly name: string;
}

/** The trait behind a name. */
export const traitOf = ({ chromosome, name }: NamedTrait): Trait<never> => traitTable[chromosome][name]!;

/** The trait of that name. @throws UserError `unknown-trait`. */
export function namedTrait(chromosome: Chromosome, name: string): NamedTrait {
  if (Object.hasOwn(traitTable[chromosome], name)) return { chromosome, name };
  const names = traitNames(chromosome);
  const listed = names.filter((each) => !each.startsWith('count-'));
  throw new UserError({
    code: 'unknown-trait',
    message: `there is no trait \`${name}\` of a${chromosome === 'rule' ? ' rule' : 'n architecture'}`,
    hint:
      didYouMean(name, names) ??
      ofTheOther(chromosome, name) ??
      `traits are ${listed.join(', ')} and count-OP for every op`,
  });
}

/** A name as it is written: of the chromosome itself, or of either with the chromosome's name before it, as rule.depth. Whether there is such a trait is another question. @throws UserError where it is not said of which, or of the other one. */
export function writtenTrait(of: Heritable, text: string): NamedTrait {
  const dotted = /^(architecture|rule)\.(.*)$/.exec(text);
  const chromosome = (dotted?.[1] ?? of) as Heritable;
  if (of !== 'genome' && chromosome !== of)
    throw new UserError({
      code: 'trait-of-the-other',
      message: `\`${text}\` is a trait of the other chromosome: ${of}s that are one unit may come with many of those`,
      hint: '--of genome takes traits of both',
    });
  if (chromosome === 'genome')
    throw new UserError({
      code: 'trait-of-either',
      message: `of genomes \`${text}\` may be a trait of either chromosome`,
      hint: `write rule.${text} or architecture.${text}`,
    });
  return { chromosome, name: dotted?.[2] ?? text };
}

/** Said where the name is, or is nearly, a trait of the other chromosome. */
function ofTheOther(chromosome: Chromosome, name: string): string | null {
  const other = chromosome === 'rule' ? 'architecture' : 'rule';
  const names = traitNames(other);
  return names.includes(name)
    ? `it is a trait of ${other}s`
    : (didYouMean(name, names)?.replace('?', `, a trait of ${other}s?`) ?? null);
}

/** Those that come out of the same measurement, the trait itself among them. */
function together(trait: NamedTrait): readonly NamedTrait[] {
  const { measurement } = traitOf(trait);
  if (measurement === undefined) return [trait];
  return traitNames(trait.chromosome)
    .map((name) => ({ ...trait, name }))
    .filter((each) => traitOf(each).measurement === measurement);
}

/** The chromosome that a stored text says. What is of that kind goes to traits of that kind. */
const chromosomeOf = (chromosome: Chromosome, text: string): never =>
  (chromosome === 'rule' ? ruleFromText(text) : architectureFromText(text)) as never;

/** The value of a trait of a stored text. */
export const traitValueOf = (trait: NamedTrait, text: string): TraitValue =>
  checked(trait, traitOf(trait).of(chromosomeOf(trait.chromosome, text)));

/** Several of one chromosome, whose text is read once. */
export function traitValuesOf(chromosome: Chromosome, names: readonly string[], text: string): TraitValue[] {
  const read = chromosomeOf(chromosome, text);
  return names.map((name) => {
    const trait = { chromosome, name };
    return checked(trait, traitOf(trait).of(read));
  });
}

/** A number that is none would be stored as "not defined". */
function checked({ name }: NamedTrait, value: TraitValue): TraitValue {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Error(`the trait ${name} came to ${value}: it must be finite, or null where it is not defined`);
}

/** Values of a trait by block id. */
export type TraitValues = ReadonlyMap<number, TraitValue>;

/** What the file holds of this version of the trait. */
export function storedTraitValues({ db }: Lineage, trait: NamedTrait): Map<number, TraitValue> {
  if (!hasTraitTables(db)) return new Map();
  const rows = db
    .prepare<[string, string, number], [number, TraitValue]>(
      'SELECT block, value FROM trait_value WHERE trait = (SELECT id FROM trait WHERE target = ? AND name = ? AND version = ?)',
    )
    .raw()
    .iterate(trait.chromosome, trait.name, traitOf(trait).version);
  const values = new Map<number, TraitValue>();
  for (const [block, value] of rows) values.set(block, value);
  return values;
}

const hasTraitTables = (db: Database): boolean =>
  db
    .prepare<[], number>(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('trait', 'trait_value')",
    )
    .pluck()
    .get() === 2;

/** How a long computation is watched: `shouldStop` is asked several times a second. */
export interface TraitWatch {
  readonly progress: (done: number, total: number) => void;
  readonly shouldStop: () => boolean;
}

/** Milliseconds between two commits. */
const betweenCommits = 250;

/**
 * Computes the trait of these blocks. Where the file is open for writing the values are stored as they come, so that nothing is computed twice even if this is cut short.
 * @returns the values, or null where it was stopped.
 */
export async function computeTraitValues(
  lineage: Lineage,
  trait: NamedTrait,
  blocks: readonly number[],
  { progress, shouldStop }: TraitWatch,
): Promise<Map<number, TraitValue> | null> {
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const all = together(trait);
  let store = lineage.mode === 'write' ? storeWhereWritable(lineage.db, all) : () => {};
  const values = new Map<number, TraitValue>();
  for (let done = 0; done < blocks.length; ) {
    const batch: Computed[] = [];
    const until = performance.now() + betweenCommits;
    while (done < blocks.length && performance.now() < until) {
      const block = blocks[done++]!;
      const chromosome = chromosomeOf(trait.chromosome, text.get(block)!);
      const row = all.map((each) => checked(each, traitOf(each).of(chromosome)));
      batch.push({ block, values: row });
      values.set(block, row[all.findIndex(({ name }) => name === trait.name)]!);
    }
    try {
      store(batch);
    } catch (error) {
      if (!isWriteTrouble(error)) throw error;
      // A full disk takes nothing from the answer.
      store = () => {};
    }
    progress(done, blocks.length);
    // A signal is heard between two batches only.
    await new Promise((resume) => setImmediate(resume));
    if (shouldStop() && done < blocks.length) return null;
  }
  return values;
}

/** A block with one value for each trait. */
interface Computed {
  readonly block: number;
  readonly values: readonly TraitValue[];
}

/** A file that may only be read opens for writing all the same, and says so at the first row: the answer does not need it. */
function storeWhereWritable(
  db: Database,
  traits: readonly NamedTrait[],
): (rows: readonly Computed[]) => void {
  try {
    return storeOf(db, traits);
  } catch (error) {
    if (!isWriteTrouble(error)) throw error;
    return () => {};
  }
}

function storeOf(db: Database, traits: readonly NamedTrait[]): (rows: readonly Computed[]) => void {
  // Whoever dropped the tables gets them back.
  if (!hasTraitTables(db))
    db.exec(sqlFiles('migrations').find(({ name }) => name.endsWith('-trait-digests'))!.text);
  const ids = traits.map((trait) => traitId(db, trait));
  const insert = db.prepare<[number, number, TraitValue, Uint8Array]>(
    'INSERT OR REPLACE INTO trait_value VALUES (?, ?, ?, ?)',
  );
  return db.transaction((rows: readonly Computed[]) => {
    for (const { block, values } of rows)
      values.forEach((value, i) => {
        const { chromosome: target, name } = traits[i]!;
        const { version } = traitOf(traits[i]!);
        insert.run(ids[i]!, block, value, traitDigest({ target, name, version, block, value }));
      });
  });
}

/** Values of other versions go: nobody asks for them any more. */
function traitId(db: Database, trait: NamedTrait): number {
  const { chromosome, name } = trait;
  const { version } = traitOf(trait);
  db.prepare<[string, string, number]>(
    'DELETE FROM trait_value WHERE trait IN (SELECT id FROM trait WHERE target = ? AND name = ? AND version < ?)',
  ).run(chromosome, name, version);
  db.prepare<[string, string, number]>(
    'INSERT OR IGNORE INTO trait (target, name, version) VALUES (?, ?, ?)',
  ).run(chromosome, name, version);
  return db
    .prepare<[string, string, number], number>(
      'SELECT id FROM trait WHERE target = ? AND name = ? AND version = ?',
    )
    .pluck()
    .get(chromosome, name, version)!;
}
