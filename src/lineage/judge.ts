/** Whether a file is a sound lineage database of a version that this program knows. */
import type { Database } from 'better-sqlite3';
import { readHeader } from './file-header.ts';
import { applicationId, newestVersion } from './migrate.ts';
import type { Place } from './place.ts';
import { codeOf, damaged, refusal } from './refusal.ts';
import { schemaFindings } from './schema.ts';
import { refuseBroken } from './seal.ts';
import { sideFiles } from './side-files.ts';

/** By the first bytes, before SQLite has touched anything. A file that is open in this process has been looked at already. @throws UserError */
export function refuseHeader({ path, file }: Place): void {
  const header = readHeader(file);
  if (header === null) return;
  if (!header.isSqlite)
    throw refusal(
      path,
      'not-a-database',
      'this is not a SQLite database',
      'give the path of a lineage database',
    );
  refuseForeign(path, header.applicationId, header.userVersion);
  if (header.isCutShort && !sideFiles(file).log)
    throw damaged(path, 'it is cut short, pages at its end are missing');
}

function refuseForeign(path: string, id: number, version: number): void {
  if (id !== applicationId)
    throw refusal(
      path,
      'foreign',
      'this SQLite database was not made by streetlight',
      'give the path of a lineage database',
    );
  if (version > newestVersion())
    throw refusal(
      path,
      'newer',
      `this lineage database has schema ${version}; this program knows ${newestVersion()}`,
      'use a newer streetlight',
    );
}

/**
 * Through a connection. To write, every page is checked, and every run against its digests: nothing may be added to what is damaged. An older version is judged by that alone.
 * @throws UserError
 */
export function refuseUnsound(db: Database, path: string, mode: 'write' | 'read'): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseForeign(path, Number(db.pragma('application_id', { simple: true })), version);
  if (mode === 'write') {
    const report = db.pragma('quick_check(1)', { simple: true });
    if (report !== 'ok') throw damaged(path, String(report));
  }
  try {
    const [changed] = version < newestVersion() ? [] : schemaFindings(db, ['table', 'view']);
    if (changed !== undefined) throw damaged(path, changed);
    db.prepare('SELECT count(*) FROM run').get();
    if (mode === 'write') refuseBroken(db, path);
  } catch (error) {
    // What every version has is not there.
    if (codeOf(error) === 'SQLITE_ERROR') throw damaged(path, (error as Error).message);
    throw error;
  }
}
