/** Traits of chromosomes as SQL functions, so that a question may group by them: `rule_trait('family', canon)`, `architecture_trait('depth', canon)`. */
import type { Database } from 'better-sqlite3';
import type { Chromosome } from '../genome/genome.ts';
import { traitNames } from '../traits/table.ts';
import { traitValueOf } from './trait-store.ts';

/** Texts of which the traits are remembered; a question asks for the same blocks again and again. */
const remembered = 100_000;

/** Gives a connection `rule_trait(name, canon)` and `architecture_trait(name, canon)`. */
export function defineTraitFunctions(db: Database): void {
  for (const chromosome of ['architecture', 'rule'] as const) define(db, `${chromosome}_trait`, chromosome);
}

/** Values are texts, numbers too; null where a trait is not defined. */
function define(db: Database, name: string, chromosome: Chromosome): void {
  const known = new Map<string, string | null>();
  const names = new Set(traitNames(chromosome));
  db.function(name, { deterministic: true, directOnly: true }, (trait: unknown, canon: unknown) => {
    if (typeof trait !== 'string' || !names.has(trait))
      throw new Error(`${name} knows no trait ${String(trait)}; traits are ${[...names].join(', ')}`);
    if (typeof canon !== 'string') return null;
    const key = `${trait} ${canon}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= remembered) known.clear();
    const value = traitValueOf({ chromosome, name: trait }, canon);
    const text = value === null ? null : String(value);
    known.set(key, text);
    return text;
  });
}
