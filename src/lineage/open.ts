/**
 * Opening a lineage database. A file that is not ours, damaged, newer or in use is refused with issues and left as it was.
 *
 * While a process writes, the file has a write-ahead log and a lock (`lock.ts`). At rest it has a rollback journal, so that it is one file, complete in itself, that can be
 * copied and read anywhere. Readers never leave files beside it: what cannot be read in its place without that is read from a private copy.
 */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { create } from './create.ts';
import { isOpenHere, noteOpen } from './file-header.ts';
import { refuseHeader, refuseUnsound } from './judge.ts';
import { type Lock, lock } from './lock.ts';
import { migrate } from './migrate.ts';
import { identityOf, leadsTo, locate, type Place } from './place.ts';
import { openPrivateCopy } from './private-copy.ts';
import { codeOf, guarded, inUse, issueFor, refusal } from './refusal.ts';
import { needsRest, rest, settle, tidy } from './settle.ts';
import { clearFreeName, refuseForeignLog, sideFiles } from './side-files.ts';
import { defineFunctions } from './sql-functions.ts';
import { watchingWrites } from './write-failure.ts';

/** An open lineage database. */
export interface Lineage {
  /** As the user gave it: for messages. */
  readonly path: string;
  /** Absolute and without symbolic links: what locks go by. */
  readonly file: string;
  readonly mode: 'write' | 'read';
  readonly db: Database;
  /** True while the path leads to the file that was opened, under one name, and the lock holds. Of a reader always. */
  isInPlace(): boolean;
  close(): void;
}

/** `write` creates the file where it is missing; `write-existing` never does; `derive` neither, and spares the check of every page: for what can be made again. */
export type LineageMode = 'read' | 'write' | 'write-existing' | 'derive';

/**
 * Opens for reading, or for writing.
 * @throws UserError with an issue code `lineage-` and: missing, unnamed, folder, no-file, link, linked, empty, stale-log, not-a-database, foreign, damaged, newer, locked, unlockable or unreadable.
 * @throws WriteFailure where there is no room to write.
 */
export function openLineage(path: string, mode: LineageMode): Lineage {
  if (mode === 'read') return openForReading(existing(path));
  if (mode !== 'write') existing(path);
  return openForWriting(path, mode);
}

function existing(path: string): Place {
  const place = locate(path);
  if (place.isThere) return place;
  throw refusal(
    path,
    'missing',
    'there is no lineage database here',
    'give another path with --db, or launch a run first',
  );
}

function openForReading(place: Place): Lineage {
  const { path, file } = place;
  guarded(path, () => {
    refuseHeader(place);
    refuseForeignLog(place);
    refuseMoved(place);
  });
  const isTidy = !guarded(path, () => needsRest(file)) || tidy(place);
  const db = isTidy || sideFiles(file).complete ? openInPlace(place) : openPrivateCopy(place);
  try {
    db.pragma('query_only = ON');
    guarded(path, () => refuseUnsound(db, path, 'read'));
    defineFunctions(db);
  } catch (error) {
    db.close();
    throw error;
  }
  const closed = noteOpen(identityOf(file) ?? '', 'read');
  return {
    path,
    file,
    mode: 'read',
    db,
    isInPlace: () => true,
    close() {
      if (!db.open) return;
      db.close();
      closed();
      // Whoever wrote meanwhile could not take the log away while it was being read.
      if (!isOpenHere(file) && sideFiles(file).complete) tidy(place);
    },
  };
}

/** A connection to the file itself, or to a private copy of it where only a writer could open it as it is. */
function openInPlace(place: Place): Database {
  let db: Database | null = null;
  try {
    db = new Sqlite(place.file, { readonly: true, timeout: 5000 });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db?.close();
    if (/^SQLITE_(READONLY|CANTOPEN)/.test(codeOf(error))) return openPrivateCopy(place);
    throw issueFor(place.path, error) ?? error;
  }
}

function openForWriting(path: string, mode: Exclude<LineageMode, 'read'>): Lineage {
  locate(path);
  if (mode === 'write') guarded(path, () => mkdirSync(dirname(resolve(path)), { recursive: true }));
  const held = lock(locate(path));
  try {
    // Only what is seen under the lock counts.
    const place = locate(path);
    if (place.isThere) ready(place);
    else {
      clearFreeName(place);
      create(place);
    }
    return connect(place, held, mode);
  } catch (error) {
    held.release();
    throw error;
  }
}

/** An existing file: refused where it is not one of ours, else brought to rest, which also shows that nobody has it open under another name. */
function ready(place: Place): void {
  const { path, file } = place;
  guarded(path, () => {
    refuseHeader(place);
    refuseForeignLog(place);
    refuseMoved(place);
    // Readers of the log keep it from being taken in; those of another name would be without a log here.
    if (needsRest(file) && !settle(file) && !sideFiles(file).complete)
      throw inUse(path, 'another process has this lineage database open, perhaps under another name');
  });
}

/** A file that this process itself writes to, under the name that it had: its log does not lie here. */
function refuseMoved({ path, file }: Place): void {
  if (isOpenHere(file, 'write') && !sideFiles(file).complete)
    throw inUse(path, 'this lineage database is being written to under another name');
}

function connect(place: Place, held: Lock, mode: Exclude<LineageMode, 'read'>): Lineage {
  const { path, file } = place;
  const db = guarded(path, () => new Sqlite(file, { fileMustExist: true, timeout: 5000 }));
  try {
    guarded(path, () => {
      refuseUnsound(db, path, mode === 'derive' ? 'read' : 'write');
      watchingWrites(path, null, () => {
        configure(db);
        if (migrate(db)) refuseUnsound(db, path, 'read');
      });
    });
    defineFunctions(db);
  } catch (error) {
    db.close();
    throw error;
  }
  const identity = identityOf(file) ?? '';
  const closed = noteOpen(identity, 'write');
  const isInPlace = () => leadsTo(file, identity) && held.holds();
  return {
    path,
    file,
    mode: 'write',
    db,
    isInPlace,
    close() {
      if (!db.open) return;
      bringHome(db);
      db.close();
      closed();
      held.release();
    },
  };
}

function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
}

/** The last act of a writer: all of the log into the file, and the file to rest. What cannot be done now is done when the file is opened next. */
function bringHome(db: Database): void {
  try {
    if (db.inTransaction) db.exec('ROLLBACK');
    // A file that was moved away takes its births along, so that they do not stay in a log that nobody will find.
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('busy_timeout = 200');
    rest(db);
  } catch {
    // Every birth that was told as safe is in the log.
  }
}
