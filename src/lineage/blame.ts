/** Whose fault is it? An exception while a database is read may be a defect of the program or damage of the file: the file is looked at before anybody is blamed. */
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import { UserError } from '../notation/user-error.ts';
import type { Lineage } from './open.ts';
import { damaged, issueFor } from './refusal.ts';
import { verifyLineage } from './verify.ts';
import { WriteFailure } from './write-failure.ts';

/** What is to be thrown in place of `error`, which came up while `lineage` was in use: a refusal of the file where that is damaged, else the error itself. */
export function blamed(lineage: Lineage, error: unknown): unknown {
  if (error instanceof UserError || error instanceof WriteFailure) return error;
  const refusal = issueFor(lineage.path, error);
  if (refusal !== null) return refusal;
  const finding = lineage.db.open ? firstFinding(lineage) : null;
  return finding === null ? error : damaged(lineage.path, finding);
}

function firstFinding(lineage: Lineage): string | null {
  try {
    const [finding] = verifyLineage(lineage, { initial: initialEventHash, next: nextEventHash });
    return finding?.detail ?? null;
  } catch {
    // The first error says more than that the check could not be made.
    return null;
  }
}
