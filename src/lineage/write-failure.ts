/** The file could not be written: a matter of the machine or of who else touched the file, after which everything told before is still there. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Why a write failed, what is said of it, and what a person can do. */
const troubles = {
  full: { what: 'there is no room left on the disk', remedy: 'Make room' },
  quota: { what: 'the quota on this disk is used up', remedy: 'Make room within the quota' },
  forbidden: {
    what: 'this process may not write there',
    remedy: 'Check the permissions of the file and of its folder',
  },
  disk: {
    what: 'the system did not write it: an error of the disk, or a limit on the size of files',
    remedy: 'Check the disk and the limits (`ulimit -f`)',
  },
  lost: {
    what: 'the path no longer leads to the file that was opened: it was removed, moved, linked or replaced, or its lock was removed',
    remedy: 'Put the file back where it was',
  },
} as const;

export type WriteTrouble = keyof typeof troubles;

/** Thrown by whatever writes to a lineage database; its message is for a person. */
export class WriteFailure extends Error {
  override readonly name = 'WriteFailure';
  readonly trouble: WriteTrouble;
  /** Last birth that is safe in the file; -1 for none, null where no run had begun. */
  readonly lastTold: number | null;
  /** What to do before going on, as the beginning of a sentence. */
  readonly remedy: string;

  constructor(path: string, lastTold: number | null, cause: unknown) {
    const trouble = cause === 'lost' ? 'lost' : troubleOf(path, cause);
    const code = cause === 'lost' ? '' : ` (${codeOf(cause)})`;
    super(
      `${path} could not be written: ${troubles[trouble].what}${code}; ${whatIsSafe(lastTold, trouble)}`,
      cause === 'lost' ? {} : { cause },
    );
    this.trouble = trouble;
    this.lastTold = lastTold;
    this.remedy = troubles[trouble].remedy;
  }
}

function whatIsSafe(lastTold: number | null, trouble: WriteTrouble): string {
  if (lastTold === null) return 'nothing was begun';
  const where = trouble === 'lost' ? 'the file that was opened, wherever it is now,' : 'the run';
  return lastTold < 0
    ? 'no birth had been told yet; the run can be resumed'
    : `${where} is safe up to birth ${lastTold} and can be resumed`;
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? error);

/** By code. SQLite has one code for most failures of a write: what is not in the table is found out by writing to the folder. */
function troubleOf(path: string, cause: unknown): WriteTrouble {
  const code = codeOf(cause);
  return known(code) ?? known(folderTrouble(path) ?? '') ?? (/CANTOPEN/.test(code) ? 'forbidden' : 'disk');
}

function known(code: string): WriteTrouble | null {
  if (/^(SQLITE_READONLY_DBMOVED)/.test(code)) return 'lost';
  if (/^(SQLITE_FULL|ENOSPC)/.test(code)) return 'full';
  if (/^EDQUOT/.test(code)) return 'quota';
  if (/^(SQLITE_(READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/.test(code)) return 'forbidden';
  return null;
}

/** What the file system says of a small new file beside `path`; null where it takes it. */
function folderTrouble(path: string): string | null {
  const probe = join(dirname(resolve(path)), `.streetlight-${process.pid}.probe`);
  let file: number | null = null;
  try {
    file = openSync(probe, 'wx');
    writeSync(file, Buffer.alloc(1 << 16));
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    if (file !== null) {
      closeSync(file);
      rmSync(probe, { force: true });
    }
  }
}

/** True for what SQLite and the file system say when something cannot be written, whatever the reason. */
export const isWriteTrouble = (error: unknown): boolean =>
  /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH)|ENOSPC|EDQUOT|EIO|EFBIG|EACCES|EPERM|EROFS)/.test(
    codeOf(error),
  );

/** True where there is no room: the only trouble that making room mends. */
export const isFull = (error: unknown): boolean => /^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(codeOf(error));

/** Turns trouble with a write into a WriteFailure; anything else passes through. */
export function watchingWrites<T>(path: string, lastTold: number | null, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isWriteTrouble(error) ? new WriteFailure(path, lastTold, error) : error;
  }
}
