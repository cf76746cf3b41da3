/** Making a database: beside its place, and moved there when whole and on the disk, so that a crash at any instant leaves all of it or nothing. */
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { readHeader } from './file-header.ts';
import { lock } from './lock.ts';
import { applicationId, migrate } from './migrate.ts';
import { locate, type Place } from './place.ts';
import { guarded, refusal } from './refusal.ts';
import { clearFreeName } from './side-files.ts';
import { watchingWrites } from './write-failure.ts';

/** Call under the lock, where nothing is. The file has its write-ahead log set before it gets its name. */
export function create({ path, file }: Place): void {
  const draft = `${file}.creating`;
  const found = lstatSync(draft, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile())
    throw refusal(path, 'in-the-way', `${draft} is in the way`, 'remove it, or give another path');
  const clear = () => {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(draft + end, { force: true });
  };
  // What a killed run left of its draft is worth nothing: no run was in it.
  clear();
  guarded(path, () =>
    watchingWrites(path, null, () => {
      try {
        makeDraft(draft);
        renameSync(draft, file);
      } catch (error) {
        clear();
        throw error;
      }
      syncFolder(dirname(file));
    }),
  );
}

/**
 * A database that gets its name only when `fill`, which opens the draft by its path, has put everything into it. Whatever happens before, nothing is at `path`.
 * @throws UserError where something is at `path`, or comes there meanwhile.
 */
export function makeDatabase<T>(path: string, fill: (draft: string) => T): T {
  guarded(path, () => mkdirSync(dirname(resolve(path)), { recursive: true }));
  const place = locate(path);
  const held = lock(place);
  const draft = `${place.file}.import`;
  const clear = () => {
    for (const end of ['', '-journal', '-wal', '-shm', '.lock']) rmSync(draft + end, { force: true });
  };
  try {
    refuseTaken(path);
    clearFreeName(place);
    refuseInTheWay(path, draft);
    clear();
    const filled = fill(draft);
    guarded(path, () => {
      sync(draft);
      refuseTaken(path);
      clearFreeName(place);
      renameSync(draft, place.file);
      syncFolder(dirname(place.file));
    });
    return filled;
  } catch (error) {
    clear();
    throw error;
  } finally {
    held.release();
  }
}

function refuseTaken(path: string): void {
  if (locate(path).isThere)
    throw refusal(path, 'taken', 'a file has come to this path meanwhile', 'try again, or give another path');
}

/** A draft of this program may go; a file of someone else may not. */
function refuseInTheWay(path: string, draft: string): void {
  const found = lstatSync(draft, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && readHeader(draft)?.applicationId === applicationId)) return;
  throw refusal(path, 'in-the-way', `${draft} is in the way`, 'remove it, or give another path');
}

function makeDraft(draft: string): void {
  const db = new Sqlite(draft);
  try {
    migrate(db);
    db.pragma('journal_mode = WAL');
  } finally {
    db.close();
  }
  sync(draft);
}

/** Sees to it that a file is on the disk. It must not be open here. */
export function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Sees to it that the names in a folder are on the disk, where the system can do that. */
export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Some file systems sync no folders; the name is then as safe as they make it.
  }
}
