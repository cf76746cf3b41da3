/** Schema versions: `user_version` counts the migrations applied; `application_id` marks the file as ours. */
import type { Database } from 'better-sqlite3';
import { sealUnsealed } from './seal.ts';
import { sqlFiles } from './sql-files.ts';

/** 'Strl' in ASCII. Permanent. */
export const applicationId = 0x5374_726c;

/** Bytes of a page of the database. */
export const pageSize = 8192;

/** The newest schema version that this program knows. */
export function newestVersion(): number {
  return sqlFiles('migrations').length;
}

/** Applies what is missing, all or nothing; true where something was. The file must be ours or empty. */
export function migrate(db: Database): boolean {
  const done = db.pragma('user_version', { simple: true }) as number;
  const pending = sqlFiles('migrations').slice(done);
  if (pending.length === 0) return false;
  if (done === 0) db.pragma(`page_size = ${pageSize}`);
  db.transaction(() => {
    for (const { text } of pending) db.exec(text);
    sealUnsealed(db);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${done + pending.length}`);
  })();
  return true;
}
