/** Traits of chromosomes as SQL functions, so that a question may group by them: `rule_trait('family', canon)`, `architecture_trait('depth', canon)`. */
import type { Database } from 'better-sqlite3';
import { architectureTraits, ruleTraits } from '../genome/traits.ts';
import { architectureFromText, ruleFromText } from './codec.ts';

/** Texts of which the traits are remembered; a question asks for the same blocks again and again. */
const remembered = 100_000;

export function defineTraitFunctions(db: Database): void {
  define(db, 'architecture_trait', architectureTraits, architectureFromText);
  define(db, 'rule_trait', ruleTraits, ruleFromText);
}

function define<C>(
  db: Database,
  name: string,
  traits: Readonly<Record<string, (chromosome: C) => string>>,
  read: (text: string) => C,
): void {
  const known = new Map<string, string>();
  db.function(name, { deterministic: true, directOnly: true }, (trait: unknown, canon: unknown) => {
    const of = typeof trait === 'string' && Object.hasOwn(traits, trait) ? traits[trait] : undefined;
    if (of === undefined)
      throw new Error(
        `${name} knows no trait ${String(trait)}; traits are ${Object.keys(traits).join(', ')}`,
      );
    if (typeof canon !== 'string') return null;
    const key = `${String(trait)} ${canon}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= remembered) known.clear();
    const value = of(read(canon));
    known.set(key, value);
    return value;
  });
}
