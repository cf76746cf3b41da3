/**
 * Digests of what the event hash leaves out. The record of a run (its row, tasks, sessions, and whatever a later schema adds with a column `run`) has one digest, made anew with
 * every change; curves and times of its births have a rolling one, which grows with each commit. `verify` makes both again from the rows.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import { type EvaluationTiming, microseconds } from './details.ts';
import { packCurve } from './pack.ts';
import { damaged } from './refusal.ts';
import { taskDigestOf } from './task-digest.ts';

/** Before the first birth. */
export const unsealedBirths: Uint8Array = new Uint8Array(32);

/** Digests that answer for what the event hash does not cover. */
export interface Seal {
  readonly record: Uint8Array;
  readonly births: Uint8Array;
  /** The first birth that `births` covers. */
  readonly since: number;
}

/** Null in a file without seals, which only an older version leaves, and for a run whose seal was taken away. */
export const sealOf = (db: Database, run: number): Seal | null =>
  hasSeals(db)
    ? (db.prepare<[number], Seal>('SELECT record, births, since FROM seal WHERE run = ?').get(run) ?? null)
    : null;

const hasSeals = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seal'").get() !== undefined;

/** Columns that change with every commit; the event hash answers for them. */
const moving = new Set(['last_told', 'event_hash']);

/** Digest of all that is stored about a run as a whole. Null columns do not count, so that a later schema may add columns. */
export function recordDigest(db: Database, run: number): Buffer {
  const lines = (table: string, column: string) =>
    db
      .prepare<[number], Record<string, unknown>>(`SELECT * FROM "${table}" WHERE ${column} = ?`)
      .all(run)
      .map((row) =>
        JSON.stringify([
          table,
          ...Object.entries(row).filter(([name, value]) => value !== null && !moving.has(name)),
        ]),
      );
  const all = [...lines('run', 'id'), ...tablesOfRuns(db).flatMap((table) => lines(table, 'run'))];
  return createHash('sha256').update(all.sort().join('\n')).digest();
}

/** Tables whose rows name a run, except the seals themselves. */
const tablesOfRuns = (db: Database): string[] =>
  db
    .prepare<[], string>(
      `SELECT DISTINCT t.name FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k
       WHERE t.type = 'table' AND k."table" = 'run' AND k."from" = 'run' AND t.name <> 'seal' ORDER BY 1`,
    )
    .pluck()
    .all();

/** Puts a run's record under its digest as it stands now. Call in the transaction that changes the record. */
export function sealRecord(db: Database, run: number): void {
  db.prepare(
    `INSERT INTO seal (run, record, births, since) SELECT id, ?, ?, last_told + 1 FROM run WHERE id = ?
     ON CONFLICT (run) DO UPDATE SET record = excluded.record`,
  ).run(recordDigest(db, run), unsealedBirths, run);
}

/** For files of an earlier version: what is there is taken as it is, and watched from now on. */
export function sealUnsealed(db: Database): void {
  const runs = db.prepare<[], number>('SELECT id FROM run WHERE id NOT IN (SELECT run FROM seal)').pluck();
  for (const run of runs.all()) sealRecord(db, run);
}

/** What the digest of births covers of one birth: the bytes of all its curves, and its times in microseconds. */
export interface Sealed {
  readonly curves: readonly Uint8Array[];
  readonly times: readonly [cpu: number, probe: number] | null;
}

/** The rolling digest after one more birth. */
export function sealBirth(before: Uint8Array, { curves, times }: Sealed): Buffer {
  const hash = createHash('sha256').update(before);
  hash.update(`${curves.map(({ length }) => length).join()};${times?.join() ?? ''};`);
  for (const curve of curves) hash.update(curve);
  return hash.digest();
}

/** The curve of the evaluation, then those of its trainings. */
export const sealedOf = (outcome: EvaluationOutcome, timing: EvaluationTiming | undefined): Sealed => ({
  curves: [
    outcome.curve,
    ...(outcome.details?.trainings ?? []).map((training) => training.outcome.curve),
  ].map(packCurve),
  times: timing === undefined ? null : microseconds(timing),
});

/** What is wrong with the record of a run, by the digests that it has itself and by its seal; null where nothing is. */
export function recordFinding(db: Database, run: number): string | null {
  const { document, document_hash, task_digest } = db
    .prepare<[number], Record<'document' | 'document_hash' | 'task_digest', string>>(
      'SELECT document, document_hash, task_digest FROM run WHERE id = ?',
    )
    .get(run)!;
  if (createHash('sha256').update(document).digest('hex') !== document_hash)
    return `the document of run ${run} is not the one it began with`;
  const digests = db
    .prepare<[number], string>('SELECT digest FROM run_task WHERE run = ? ORDER BY task')
    .pluck()
    .all(run);
  if (digests.length > 0 && taskDigestOf(digests) !== task_digest)
    return `the digests of the tasks of run ${run} are not those it began with`;
  const seal = sealOf(db, run);
  if (seal === null) return hasSeals(db) ? `run ${run} has lost its seal` : null;
  return recordDigest(db, run).equals(seal.record)
    ? null
    : `what is stored about run ${run} (such as its seed, tasks and sessions) is not what was written`;
}

/** @throws UserError where the record of some run is not what was written: a run that went on from it would be another. */
export function refuseBroken(db: Database, path: string): void {
  if (!hasSeals(db)) return;
  for (const run of db.prepare<[], number>('SELECT id FROM run ORDER BY id').pluck().all()) {
    const finding = recordFinding(db, run);
    if (finding !== null) throw damaged(path, finding);
  }
}
