/** How a database file is refused: an issue with its path, what is wrong and what to do. What SQLite and the file system say is turned into such issues here. */
import type { Issue } from '../notation/issue.ts';
import { commandOn, shellPath } from '../notation/shell.ts';
import { UserError } from '../notation/user-error.ts';
import { WriteFailure } from './write-failure.ts';

/** The code of an error of SQLite or of the file system, such as `SQLITE_BUSY` or `ENOENT`; empty where it has none. */
export const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** True where SQLite could not make sense of the bytes of a file. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));

/** An issue about the database at `path`; its code is `lineage-` and `code`. */
export const refusal = (path: string, code: string, message: string, hint: string): UserError => {
  const issue: Issue = { code: `lineage-${code}`, message, path, hint };
  return new UserError(issue);
};

/** Some bytes of the file are not what was written. `what` says how that was noticed. */
export const damaged = (path: string, what: string): UserError =>
  refusal(
    path,
    'damaged',
    `this lineage database is damaged: ${what}`,
    `restore a copy; \`sqlite3 ${shellPath(path)} .recover\` may save what is left, and \`${commandOn(path, 'verify')}\` says what is wrong`,
  );

export const inUse = (path: string, by = 'another process is writing to this lineage database'): UserError =>
  refusal(path, 'locked', by, 'wait for it or stop it; one run writes to a file at a time');

/** What each kind of error means; the first that fits. */
const meanings: readonly (readonly [RegExp, (path: string, code: string) => UserError])[] = [
  [
    /^SQLITE_NOTADB/,
    (path) =>
      refusal(path, 'not-a-database', 'this is not a SQLite database', 'give the path of a lineage database'),
  ],
  [/^SQLITE_CORRUPT/, (path) => damaged(path, 'its pages do not fit together')],
  [/^SQLITE_(BUSY|LOCKED)/, (path) => inUse(path, 'another process holds this lineage database locked')],
  [
    /^(SQLITE_(PERM|AUTH|READONLY)|EACCES|EPERM|EROFS)/,
    (path, code) =>
      refusal(
        path,
        'unreadable',
        `this process may not open this file (${code})`,
        'check the permissions of the file and of its folder',
      ),
  ],
  [
    /^SQLITE_IOERR.*(LOCK|SHM)/,
    (path, code) =>
      refusal(
        path,
        'unlockable',
        `this file cannot be locked here (${code})`,
        'use a local disk: some network file systems know no locks',
      ),
  ],
  [
    /^(SQLITE_IOERR|EIO)/,
    (path, code) =>
      refusal(path, 'unreadable', `the disk gave an error (${code})`, 'check the disk, or restore a copy'),
  ],
  [
    /^(ENAMETOOLONG)/,
    (path) => refusal(path, 'unnamed', 'the name of this file is too long', 'give a shorter one'),
  ],
  [
    /^(SQLITE_CANTOPEN|ENOTDIR|ENOENT|EEXIST|ELOOP|EINVAL)/,
    (path, code) =>
      refusal(
        path,
        'unreadable',
        `this file cannot be opened (${code})`,
        'check the path, the permissions and that the folder can be written to',
      ),
  ],
];

/** The issue that an error of SQLite or of the file system stands for, or null for one that is ours. */
export function issueFor(path: string, error: unknown): UserError | WriteFailure | null {
  const code = codeOf(error);
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) return new WriteFailure(path, null, error);
  const meaning = meanings.find(([form]) => form.test(code));
  return meaning === undefined ? null : meaning[1](path, code);
}

/** Runs `act`. @throws UserError or WriteFailure for refusals of SQLite and of the file system; what else is thrown passes through. */
export function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw (error instanceof WriteFailure ? null : issueFor(path, error)) ?? error;
  }
}
