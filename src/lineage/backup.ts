/** A copy of a database as it stands at one instant, also while a run writes to it: checked before it gets its name, and never in place of something. */
import { linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sync, syncFolder } from './create.ts';
import { lock } from './lock.ts';
import type { Lineage } from './open.ts';
import { locate, type Place } from './place.ts';
import { codeOf, damaged, guarded, refusal } from './refusal.ts';
import { listRuns, type RunRow } from './runs.ts';
import { rest } from './settle.ts';
import { clearFreeName } from './side-files.ts';
import { type Finding, type RollingHash, verifyLineage } from './verify.ts';
import { isWriteTrouble, WriteFailure } from './write-failure.ts';

export interface Backup {
  readonly bytes: number;
  readonly runs: readonly RunRow[];
}

/** How a backup is watched: `progress` gets pages; `shouldStop` is asked after each step. */
export interface BackupWatch {
  readonly progress: (done: number, total: number) => void;
  readonly shouldStop: () => boolean;
}

/** Pages copied between two looks at `shouldStop`: 8 MiB. */
const pagesAtOnce = 1024;

/**
 * Copies the database to `out`. Null where it was stopped; then nothing is there.
 * @throws UserError where something is at `out`, and where the copy shows the database to be damaged. @throws WriteFailure where there is no room.
 */
export async function backUp(
  lineage: Lineage,
  out: string,
  rollingHash: RollingHash,
  watch: BackupWatch,
): Promise<Backup | null> {
  guarded(out, () => mkdirSync(dirname(resolve(out)), { recursive: true }));
  const place = locate(out);
  const held = lock(place);
  const draft = `${place.file}.${process.pid}.part`;
  try {
    refuseTaken(out);
    clearFreeName(place);
    if (!(await copied(lineage, draft, watch))) return null;
    const backup = checked(lineage, draft, rollingHash);
    guarded(out, () => moveTo(place, draft));
    return backup;
  } catch (error) {
    throw isWriteTrouble(error) ? new WriteFailure(out, null, error) : error;
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(draft + end, { force: true });
    held.release();
  }
}

function refuseTaken(out: string): void {
  if (locate(out).isThere)
    throw refusal(out, 'taken', 'there is a file already', 'give another path, or remove it first');
}

/** False where it was stopped. Reads within one transaction: whatever is told meanwhile is not in the copy. */
async function copied({ db }: Lineage, draft: string, watch: BackupWatch): Promise<boolean> {
  const stopped = new Error('stopped');
  db.exec('BEGIN');
  try {
    db.prepare('SELECT count(*) FROM run').get();
    await db.backup(draft, {
      progress({ totalPages, remainingPages }) {
        watch.progress(totalPages - remainingPages, totalPages);
        if (watch.shouldStop()) throw stopped;
        return pagesAtOnce;
      },
    });
    return true;
  } catch (error) {
    if (error !== stopped) throw error;
    return false;
  } finally {
    db.exec('COMMIT');
  }
}

/** Brings the draft to rest and checks it as `verify` does. */
function checked({ path }: Lineage, draft: string, rollingHash: RollingHash): Backup {
  const db = new Sqlite(draft);
  try {
    rest(db);
    const copy: Lineage = { path, file: draft, mode: 'read', db, isInPlace: () => true, close: () => {} };
    const [finding] = verifyLineage(copy, rollingHash);
    if (finding !== undefined) throw damaged(path, `${where(finding)}; no copy was made`);
    return { bytes: statSync(draft).size, runs: listRuns(copy) };
  } finally {
    db.close();
  }
}

const where = ({ run, detail }: Finding) => (run === null ? detail : `run ${run}: ${detail}`);

/** By a link, which unlike a rename never replaces what has come to the path meanwhile. */
function moveTo({ path, file }: Place, draft: string): void {
  sync(draft);
  try {
    linkSync(draft, file);
    rmSync(draft);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') refuseTaken(path);
    // There are file systems without hard links.
    renameSync(draft, file);
  }
  syncFolder(dirname(file));
}
