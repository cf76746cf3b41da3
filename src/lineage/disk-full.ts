/** The file could not grow or be written: a matter of the machine, after which everything told before is still there. */

export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
  /** Last birth that is safe in the file; -1 for none, null where no run had begun. */
  readonly lastTold: number | null;
  constructor(path: string, lastTold: number | null, cause: unknown) {
    super(`${path} could not be written (${codeOf(cause)}); ${whatIsSafe(lastTold)}`, { cause });
    this.lastTold = lastTold;
  }
}

function whatIsSafe(lastTold: number | null): string {
  if (lastTold === null) return 'nothing was begun';
  return lastTold < 0
    ? 'no birth had been told yet; the run can be resumed'
    : `the run is safe up to birth ${lastTold} and can be resumed`;
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? error);

/** True for what SQLite and the file system say when there is no room or no way to write. */
export const isDiskTrouble = (error: unknown): boolean =>
  /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN)|ENOSPC|EDQUOT|EIO)/.test(codeOf(error));

/** Turns trouble with the disk into a DiskFullError; anything else passes through. */
export function watchingDisk<T>(path: string, lastTold: number | null, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isDiskTrouble(error) ? new DiskFullError(path, lastTold, error) : error;
  }
}
