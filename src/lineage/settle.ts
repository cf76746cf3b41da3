/** Bringing a file to rest: what is in a log or a hot journal goes into the file, and a rollback journal is set, so that it needs no file beside it to be read. */
import { rmSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { readHeader } from './file-header.ts';
import { hasWriter, lock } from './lock.ts';
import { migrate, newestVersion } from './migrate.ts';
import type { Place } from './place.ts';
import { codeOf } from './refusal.ts';
import { sideFiles } from './side-files.ts';

/** Call under the lock. False where some connection has the file open, under this name or another. */
export function settle(file: string): boolean {
  const db = new Sqlite(file, { fileMustExist: true, timeout: 1000 });
  try {
    // In this mode SQLite locks the file itself, whatever it is called, and keeps the index of the log in memory.
    db.pragma('locking_mode = EXCLUSIVE');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (!rest(db)) return false;
    rmSync(`${file}-shm`, { force: true });
    return true;
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return false;
    throw error;
  } finally {
    db.close();
  }
}

/** Sets a rollback journal on a connection. False where others are connected. */
export function rest(db: Database): boolean {
  try {
    return db.pragma('journal_mode = DELETE', { simple: true }) === 'delete';
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}

/** True where a reader would have to make files beside it, or could not open it at all. */
export function needsRest(file: string): boolean {
  const header = readHeader(file);
  if (header === null) return false;
  return header.isWal || sideFiles(file).journal || header.userVersion < newestVersion();
}

/**
 * Before a file is read: where nobody writes to it and this process may, it is brought to rest and up to date.
 * False where that is not to be had; the file is as it was then, or at rest in an older version.
 */
export function tidy(place: Place): boolean {
  let held: ReturnType<typeof lock> | null = null;
  try {
    if (hasWriter(place.file)) return false;
    held = lock(place);
    if (!settle(place.file)) return false;
    if ((readHeader(place.file)?.userVersion ?? newestVersion()) < newestVersion()) bringUpToDate(place.file);
    return true;
  } catch {
    // Whoever only reads is not told why: what matters will be said when the file is read.
    return false;
  } finally {
    held?.release();
  }
}

function bringUpToDate(file: string): void {
  const db = new Sqlite(file, { fileMustExist: true });
  try {
    migrate(db);
  } finally {
    db.close();
  }
}
