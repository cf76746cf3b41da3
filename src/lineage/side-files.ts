/** What SQLite keeps beside a database: the write-ahead log with its index, and the rollback journal. A log that belongs to another file must never be read into this one. */
import { rmSync, statSync } from 'node:fs';
import { shellPath } from '../notation/shell.ts';
import { readHeader } from './file-header.ts';
import type { Place } from './place.ts';
import { refusal } from './refusal.ts';

/** The files that SQLite keeps beside a database. */
export interface SideFiles {
  /** A log with something in it. */
  readonly log: boolean;
  /** Log and index are both there, so that opening makes no file. */
  readonly complete: boolean;
  /** A rollback journal with something in it: what it undoes was never finished. */
  readonly journal: boolean;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? -1;

export function sideFiles(file: string): SideFiles {
  const log = sizeOf(`${file}-wal`);
  return {
    log: log > 0,
    complete: log >= 0 && sizeOf(`${file}-shm`) >= 0,
    journal: sizeOf(`${file}-journal`) > 0,
  };
}

/**
 * Makes sure that nothing beside a free name would be read into a new file of that name; call under the lock.
 * @throws UserError `stale-log` where a log or journal holds something: it may be all that is left of a run.
 */
export function clearFreeName({ path, file }: Place): void {
  const { log, journal } = sideFiles(file);
  if (log || journal) throw staleLog(path, file, journal ? '-journal' : '-wal', 'is no longer there');
  for (const end of ['-wal', '-shm', '-journal']) rmSync(file + end, { force: true });
}

/** How often a file is looked at again that changes from one kind of journal to the other meanwhile. */
const looks = 5;

/**
 * A file at rest has a rollback journal and no log: a log beside it was left by another file of that name, and SQLite would read it in.
 * @throws UserError `stale-log`.
 */
export function refuseForeignLog({ path, file }: Place): void {
  for (let n = 0; n < looks; n++) {
    const before = sizeOf(`${file}-wal`);
    const header = readHeader(file);
    if (before <= 0 || header === null || header.isWal) return;
    // A writer may have begun or ended between the two looks.
    if (sizeOf(`${file}-wal`) === before && readHeader(file)?.isWal === false && n > 0)
      throw staleLog(path, file, '-wal', 'was another one than the file that is there now');
  }
}

const staleLog = (path: string, file: string, end: string, what: string) =>
  refusal(
    path,
    'stale-log',
    `${file}${end} is left over from a database of this name that ${what}`,
    `it may hold births of a killed run: put it back beside its own database, or remove it with: rm ${shellPath(file + end)}`,
  );
