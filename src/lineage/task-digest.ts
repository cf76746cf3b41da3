/** One digest for the data of all tasks of a run. */
import { createHash } from 'node:crypto';

/** That of the task where it is one; else the SHA-256 of all, in the order of the document. */
export const taskDigestOf = (digests: readonly string[]): string =>
  digests.length === 1 ? digests[0]! : createHash('sha256').update(digests.join('\n')).digest('hex');
