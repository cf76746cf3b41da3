/** Opening a file for what is derived from it, and computing all the same where it cannot be opened so. */
import { type Lineage, openLineage } from '../lineage/open.ts';
import { WriteFailure } from '../lineage/write-failure.ts';
import { UserError } from '../notation/user-error.ts';
import type { AskContext } from './question.ts';

/** Opens the file for writing, if it may be: a file that a run writes to, or that may only be read, answers all the same. `what` is what is not stored then. */
export async function withStore<T>(
  lineage: Lineage,
  what: string,
  context: AskContext,
  use: (open: Lineage) => Promise<T>,
): Promise<T> {
  let open: Lineage;
  try {
    open = openLineage(lineage.path, 'derive');
  } catch (error) {
    if (!(error instanceof UserError || error instanceof WriteFailure)) throw error;
    const why = error instanceof UserError ? error.issues[0]!.message : error.message;
    context.note(`${what} are not stored this time: ${why}.`);
    return use(lineage);
  }
  try {
    return await use(open);
  } finally {
    open.close();
  }
}
