/**
 * Opening a lineage database. A file that is not ours, damaged, newer or in use is refused with issues and left as it was.
 *
 * One writer per file: it holds an exclusive SQLite lock on an empty side file `<path>.lock`. The lock is the operating system's, so it ends with
 * the process however that ends, and the side file itself means nothing. Files are looked at through SQLite only: closing any other descriptor
 * of a database drops this process's POSIX locks on it.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { DiskFullError, isDiskTrouble, watchingDisk } from './disk-full.ts';
import { applicationId, migrate, newestVersion } from './migrate.ts';
import { defineFunctions } from './sql-functions.ts';

/** An open lineage database. */
export interface Lineage {
  readonly path: string;
  readonly mode: 'write' | 'read';
  readonly db: Database;
  close(): void;
}

/** `write` creates the file where it is missing; `write-existing` never does; `derive` neither, and spares the check of every page: for what can be made again. */
export type LineageMode = 'read' | 'write' | 'write-existing' | 'derive';

/**
 * Opens for reading, or for writing.
 * @throws UserError with issue code missing, not-a-database, foreign, damaged, newer, older, locked or unreadable.
 */
export function openLineage(path: string, mode: LineageMode): Lineage {
  if (mode === 'read') return openForReading(path);
  if (mode !== 'write') requireFile(path);
  return openForWriting(path, mode === 'derive' ? 'read' : 'write');
}

/** True while some process holds the file open for writing. */
export function hasWriter(path: string): boolean {
  if (!existsSync(lockPath(path))) return false;
  const side = guarded(path, () => new Sqlite(lockPath(path), { timeout: 0, readonly: true }));
  try {
    side.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return true;
    if (isDamage(error)) return false;
    throw error;
  } finally {
    side.close();
  }
}

function requireFile(path: string): void {
  if (!isMissing(path)) return;
  throw refusal(
    path,
    'missing',
    'there is no lineage database here',
    'give another path with --db, or launch a run first',
  );
}

function openForReading(path: string): Lineage {
  requireFile(path);
  // A file of an earlier version is brought up to date first, as opening it for writing does.
  if (inspect(path, 'read') < newestVersion()) openForWriting(path, 'write').close();
  const db = guarded(path, () => new Sqlite(path, { readonly: true, timeout: 5000 }));
  db.pragma('query_only = ON');
  defineFunctions(db);
  return { path, mode: 'read', db, close: () => db.close() };
}

function openForWriting(path: string, thoroughness: 'read' | 'write'): Lineage {
  guarded(path, () => mkdirSync(dirname(resolve(path)), { recursive: true }));
  if (!isMissing(path)) inspect(path, 'read');
  const unlock = lock(path);
  try {
    if (isMissing(path)) create(path);
    else inspect(path, thoroughness);
    const db = guarded(path, () => new Sqlite(path, { fileMustExist: true, timeout: 5000 }));
    watchingDisk(path, null, () => {
      migrate(db);
      configure(db);
    });
    defineFunctions(db);
    return {
      path,
      mode: 'write',
      db,
      close() {
        db.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
}

/** Made beside its place and moved there when whole, so that a crash leaves no half-made database. */
function create(path: string): void {
  const draft = `${path}.new`;
  const clear = () => {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(draft + end, { force: true });
  };
  clear();
  guarded(path, () => {
    const db = new Sqlite(draft);
    try {
      watchingDisk(path, null, () => migrate(db));
    } catch (error) {
      db.close();
      clear();
      throw error;
    }
    db.close();
    renameSync(draft, path);
  });
}

const lockPath = (path: string) => `${path}.lock`;

function lock(path: string, mended = false): () => void {
  const side = guarded(path, () => new Sqlite(lockPath(path), { timeout: 250 }));
  try {
    side.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    side.close();
    if (isDamage(error) && !mended) {
      // The side file holds nothing, so that a damaged one is simply made anew.
      rmSync(lockPath(path), { force: true });
      return lock(path, true);
    }
    if (isDiskTrouble(error)) throw new DiskFullError(path, null, error);
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
    throw refusal(
      path,
      'locked',
      'another process is writing to this lineage database',
      'wait for it or stop it; one run writes to a file at a time',
    );
  }
  return () => {
    if (side.inTransaction) side.exec('ROLLBACK');
    side.close();
  };
}

/** Looks at an existing file through a read-only connection; gives its schema version. The thorough check of every page is made before writing. */
function inspect(path: string, mode: 'write' | 'read'): number {
  const db = guarded(path, () => new Sqlite(path, { readonly: true, timeout: 5000 }));
  try {
    return guarded(path, () => judge(db, path, mode));
  } finally {
    db.close();
  }
}

function judge(db: Database, path: string, mode: 'write' | 'read'): number {
  if (db.pragma('application_id', { simple: true }) !== applicationId) {
    throw refusal(
      path,
      'foreign',
      'this SQLite database was not made by streetlight',
      'give the path of a lineage database',
    );
  }
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > newestVersion()) {
    throw refusal(
      path,
      'newer',
      `this lineage database has schema ${version}; this program knows ${newestVersion()}`,
      'use a newer streetlight',
    );
  }
  if (isCutShort(db, path))
    throw refusal(
      path,
      'damaged',
      'this lineage database is cut short: pages at its end are missing',
      damageHint,
    );
  if (mode === 'read' && version < newestVersion()) return version;
  if (mode === 'write') {
    const report = db.pragma('quick_check(1)', { simple: true });
    if (report !== 'ok')
      throw refusal(path, 'damaged', `this lineage database is damaged: ${String(report)}`, damageHint);
  }
  db.prepare('SELECT count(*) FROM run').get();
  return version;
}

/** Fewer bytes than pages; with a write-ahead log the last pages may still be there. */
function isCutShort(db: Database, path: string): boolean {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) return false;
  const pages = db.pragma('page_count', { simple: true }) as number;
  return statSync(path).size < pages * (db.pragma('page_size', { simple: true }) as number);
}

const damageHint = 'restore a copy; `sqlite3 FILE .recover` may save what is left';

const refusal = (path: string, code: string, message: string, hint: string) => {
  const issue: Issue = { code: `lineage-${code}`, message, path, hint };
  return new UserError(issue);
};

/** An empty file counts as missing: there is nothing in it to keep. */
function isMissing(path: string): boolean {
  if (path.trim() === '')
    throw refusal('--db', 'unnamed', 'the path of the lineage database is empty', 'give the path of a file');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw refusal(path, 'foreign', 'this is a folder', 'give the path of a file');
  return found === undefined || found.size === 0;
}

const isDamage = (error: unknown): boolean => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Turns SQLite's and the file system's refusals into issues; what is left is ours and passes through. */
function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof DiskFullError) throw error;
    if (code === 'SQLITE_NOTADB')
      throw refusal(
        path,
        'not-a-database',
        'this is not a SQLite database',
        'give the path of a lineage database',
      );
    if (code.startsWith('SQLITE_CORRUPT'))
      throw refusal(path, 'damaged', 'this lineage database is damaged or cut short', damageHint);
    if (/^(SQLITE_(CANTOPEN|PERM|READONLY|IOERR)|EACCES|EPERM|EROFS|ENOTDIR|ENOENT|EEXIST)/.test(code)) {
      throw refusal(
        path,
        'unreadable',
        `this file cannot be opened (${code})`,
        'check the path, the permissions and that the folder can be written to',
      );
    }
    throw error;
  }
}
