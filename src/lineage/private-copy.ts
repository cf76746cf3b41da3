/** A copy of a database for one reader, where the file cannot be read in its place without writing beside it. It is gone when it is closed, or with the process. */
import { chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { migrate } from './migrate.ts';
import type { Place } from './place.ts';
import { guarded, inUse } from './refusal.ts';
import { rest } from './settle.ts';

const parts = ['', '-wal', '-journal'] as const;

/** How often copying is tried while the file changes. */
const tries = 5;

/** @throws UserError `locked` where the file changes faster than it can be copied; WriteFailure where there is no room for the copy. */
export function openPrivateCopy({ path, file }: Place): Database {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-read-'));
  try {
    const copy = join(folder, 'copy.db');
    guarded(path, () => copyWhole(path, file, copy));
    return guarded(path, () => {
      const db = new Sqlite(copy);
      rest(db);
      migrate(db);
      return db;
    });
  } finally {
    // The connection goes on to read what no longer has a name.
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyWhole(path: string, file: string, copy: string): void {
  for (let n = 0; n < tries; n++) {
    const before = state(file);
    for (const part of parts) {
      rmSync(copy + part, { force: true });
      if (!existsSync(file + part)) continue;
      copyFileSync(file + part, copy + part, constants.COPYFILE_FICLONE);
      // The copy has the permissions of its original, and that may only be read.
      chmodSync(copy + part, 0o600);
    }
    if (state(file) === before) return;
  }
  throw inUse(path, 'this lineage database is being written to, and cannot be read in its place');
}

/** Changes whenever one of the files does. */
const state = (file: string): string =>
  parts
    .map((part) => {
      const found = statSync(file + part, { bigint: true, throwIfNoEntry: false });
      return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeNs}`;
    })
    .join();
