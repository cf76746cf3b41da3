/**
 * One writer per file: it holds an exclusive SQLite lock on an empty side file `<file>.lock`. The lock is the operating system's, so it ends with the process
 * however that ends, and the side file itself means nothing. It is removed when the lock is given up.
 */
import { existsSync, lstatSync, rmSync, statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { identityOf, leadsTo, type Place } from './place.ts';
import { codeOf, guarded, inUse, isDamage, issueFor, refusal } from './refusal.ts';

/** The right to write to one database, held until it is released or the process ends. */
export interface Lock {
  /** False once the side file was removed or replaced: another process may then hold the lock as well. */
  holds(): boolean;
  release(): void;
}

const lockPath = (file: string) => `${file}.lock`;

/** How often a lock is tried whose side file goes away meanwhile, as it does when its holder gives it up. */
const tries = 5;

/** @throws UserError `locked` where another process has it, and what else keeps it from being taken. */
export function lock({ path, file }: Place): Lock {
  const side = lockPath(file);
  for (let n = 0; n < tries; n++) {
    refuseOddLock(path, side);
    const before = identityOf(side);
    const db = guarded(path, () => new Sqlite(side, { timeout: 250 }));
    const opened = identityOf(side);
    const taken = opened !== null && (before === null || before === opened) && take(path, db, side);
    if (taken && leadsTo(side, opened)) return held(db, side, opened);
    db.close();
  }
  throw inUse(path);
}

function refuseOddLock(path: string, side: string): void {
  const found = lstatSync(side, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && found.nlink === 1)) return;
  throw refusal(
    path,
    'unlockable',
    `${side} is in the way: the lock of this database must be a file of that name`,
    'remove it, or give another path',
  );
}

/** False where the side file was damaged: it holds nothing, so that it is simply made anew. */
function take(path: string, db: Database, side: string): boolean {
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    // On a file that may only be read SQLite grants several "exclusive" transactions at once. A write is refused there; this one is never committed.
    db.pragma('user_version = 1');
    return true;
  } catch (error) {
    if (isDamage(error)) {
      rmSync(side, { force: true });
      return false;
    }
    db.close();
    if (codeOf(error).startsWith('SQLITE_BUSY')) throw inUse(path);
    throw issueFor(path, error) ?? error;
  }
}

function held(db: Database, side: string, identity: string): Lock {
  const holds = () => leadsTo(side, identity);
  return {
    holds,
    release() {
      if (holds() && statSync(side).size === 0) {
        try {
          rmSync(side, { force: true });
        } catch {
          // It may stay: it means nothing.
        }
      }
      if (db.inTransaction) db.exec('ROLLBACK');
      db.close();
    },
  };
}

/** True while some process holds the file for writing. A lock that may not even be looked at tells nothing, and counts as none. */
export function hasWriter(file: string): boolean {
  const side = lockPath(file);
  if (!existsSync(side) || !lstatSync(side).isFile()) return false;
  let db: Database;
  try {
    db = new Sqlite(side, { timeout: 0, readonly: true });
  } catch (error) {
    if (/^SQLITE_(CANTOPEN|PERM|AUTH)/.test(codeOf(error))) return false;
    throw error;
  }
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return true;
    if (isDamage(error)) return false;
    throw error;
  } finally {
    db.close();
  }
}
