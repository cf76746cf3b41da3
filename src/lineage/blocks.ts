/** Rows of chromosomes that assays train and that nobody in the file may have: known rules, such as the homes that populations are judged in. */

import { ruleHash } from '../genome/identity.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { UserError } from '../notation/user-error.ts';
import { ruleText } from './codec.ts';
import { inPlace } from './in-place.ts';
import type { Lineage } from './open.ts';

/** The id of a rule's row, which is made where there is none. @throws UserError where the file is open for reading only and has none. */
export function ruleBlock(lineage: Lineage, rule: UpdateRule): number {
  const { db } = lineage;
  const canonical = canonicalUpdateRule(rule);
  const columns = [Buffer.from(ruleHash(canonical).slice(0, 12), 'hex'), ruleText(canonical)] as const;
  const find = () =>
    db
      .prepare<[Uint8Array, string], number>('SELECT id FROM block WHERE hash = ? AND canon = ?')
      .pluck()
      .get(...columns);
  const found = find();
  if (found !== undefined) return found;
  if (lineage.mode === 'read')
    throw new UserError({
      code: 'rule-not-stored',
      path: lineage.path,
      message: 'a rule that an assay trains with is not in this file yet',
      hint: 'ask first where the file may be written',
    });
  const write = db.transaction(
    () =>
      find() ??
      Number(db.prepare('INSERT INTO block (hash, canon) VALUES (?, ?)').run(...columns).lastInsertRowid),
  );
  return inPlace(lineage, null, () => write.immediate());
}
