/** Rows of chromosomes that assays train and that nobody in the file may have: known rules, such as the homes that populations are judged in, and what is derived from chromosomes of runs. */
import type { Architecture } from '../genome/architecture/architecture.ts';
import { architectureHash, ruleHash } from '../genome/identity.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { UserError } from '../notation/user-error.ts';
import { architectureText, ruleText } from './codec.ts';
import { inPlace } from './in-place.ts';
import type { Lineage } from './open.ts';

/** The id of a rule's row, which is made where there is none. @throws UserError where the file is open for reading only and has none. */
export function ruleBlock(lineage: Lineage, rule: UpdateRule): number {
  const canonical = canonicalUpdateRule(rule);
  return blockOf(lineage, ruleHash(canonical), ruleText(canonical), {
    code: 'rule-not-stored',
    message: 'a rule that an assay trains with is not in this file yet',
  });
}

/** The same of an architecture, which keeps the order of its nodes: what is derived from a stored one has its parameters by their names. */
export function architectureBlock(lineage: Lineage, architecture: Architecture): number {
  return blockOf(lineage, architectureHash(architecture), architectureText(architecture), {
    code: 'architecture-not-stored',
    message: 'an architecture that an assay trains is not in this file yet',
  });
}

function blockOf(
  lineage: Lineage,
  hash: string,
  text: string,
  missing: { readonly code: string; readonly message: string },
): number {
  const { db } = lineage;
  const columns = [Buffer.from(hash.slice(0, 12), 'hex'), text] as const;
  const find = () =>
    db
      .prepare<[Uint8Array, string], number>('SELECT id FROM block WHERE hash = ? AND canon = ?')
      .pluck()
      .get(...columns);
  const found = find();
  if (found !== undefined) return found;
  if (lineage.mode === 'read')
    throw new UserError({
      ...missing,
      path: lineage.path,
      hint: 'ask first where the file may be written',
    });
  const write = db.transaction(
    () =>
      find() ??
      Number(db.prepare('INSERT INTO block (hash, canon) VALUES (?, ?)').run(...columns).lastInsertRowid),
  );
  return inPlace(lineage, null, () => write.immediate());
}
