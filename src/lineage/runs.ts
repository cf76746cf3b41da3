/** Read models of runs: the list, the summary, and what resume needs. */
import type { Database } from 'better-sqlite3';
import type { ClosedDocument } from './journal.ts';
import { hasWriter } from './lock.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';

/** `running`: not over, and some process holds the file for writing (which may be for another run of the same file). */
export type RunState = 'running' | 'interrupted' | 'finished';

/** A run as it is stored. */
export interface RunRow {
  readonly run: number;
  readonly document: string;
  readonly documentHash: string;
  readonly seed: string;
  readonly numericClass: string;
  readonly taskDigest: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** Birth index of the last told birth; -1 before the first. */
  readonly lastTold: number;
  readonly eventHash: string;
  readonly endReason: string | null;
  readonly state: RunState;
  /** Null for a run of a version that did not store it. */
  readonly closed: ClosedDocument | null;
  /** Births of the whole run at each extension, in order; the document as launched has how many it was to have at first. */
  readonly extensions: readonly number[];
}

interface StoredRun {
  readonly id: number;
  readonly document: string;
  readonly document_hash: string;
  readonly seed: string;
  readonly numeric_class: string;
  readonly task_digest: string;
  readonly versions: string;
  readonly created_at: string;
  readonly last_told: number;
  readonly event_hash: string;
  readonly end_reason: string | null;
}

/** Births that a run is to have: as it was last extended, else as launched. */
export const plannedBirths = ({ document, extensions }: Pick<RunRow, 'document' | 'extensions'>): number =>
  extensions.at(-1) ?? (JSON.parse(document) as { evolution: { births: number } }).evolution.births;

/** All runs of the file, oldest first. */
export function listRuns(lineage: Lineage): RunRow[] {
  const written = lineage.mode === 'read' && hasWriter(lineage.file);
  return lineage.db
    .prepare<[], StoredRun>('SELECT * FROM run ORDER BY id')
    .all()
    .map((row) => runRow(lineage, row, written));
}

/** One run, or null. */
export function findRun(lineage: Lineage, run: number): RunRow | null {
  return listRuns(lineage).find((row) => row.run === run) ?? null;
}

function runRow({ db }: Lineage, row: StoredRun, written: boolean): RunRow {
  return {
    run: row.id,
    document: row.document,
    documentHash: row.document_hash,
    seed: row.seed,
    numericClass: row.numeric_class,
    taskDigest: row.task_digest,
    versions: JSON.parse(row.versions) as Record<string, string>,
    createdAt: row.created_at,
    lastTold: row.last_told,
    eventHash: row.event_hash,
    endReason: row.end_reason,
    state: row.end_reason !== null ? 'finished' : written ? 'running' : 'interrupted',
    ...closingOf(db, row.id),
  };
}

/** What later schemas know of a run. A file of an earlier one that could not be brought up to date answers without. */
function closingOf(db: Database, run: number): Pick<RunRow, 'closed' | 'extensions'> {
  if (!isClosing(db)) return { closed: null, extensions: [] };
  return {
    closed:
      db
        .prepare<[number], ClosedDocument>(
          'SELECT class, decides, content, folder FROM closed_document WHERE run = ?',
        )
        .get(run) ?? null,
    extensions: db
      .prepare<[number], number>('SELECT births FROM run_extension WHERE run = ? ORDER BY births')
      .pluck()
      .all(run),
  };
}

/** Whether the file's schema has what a document came to. */
export const isClosing = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'closed_document'").get() !== undefined;

/** A run in numbers, for people. */
export interface RunSummary {
  readonly births: number;
  readonly founders: number;
  readonly living: number;
  /** The fittest so far, the earliest of equals; null when none has a fitness. */
  readonly best: { readonly birthIndex: number; readonly fitness: number } | null;
  readonly evaluations: readonly {
    readonly status: string;
    readonly reason: string | null;
    readonly count: number;
  }[];
}

/** Counts the births and evaluations of a run. */
export function runSummary(lineage: Lineage, run: number): RunSummary {
  const { db } = lineage;
  const range = [individualId(run, 0), individualId(run + 1, 0) - 1] as const;
  const count = (sql: string) =>
    db
      .prepare<[number, number], number>(sql)
      .pluck()
      .get(...range)!;
  const births = count('SELECT count(*) FROM individual WHERE id BETWEEN ? AND ?');
  const best = db
    .prepare<[number, number], { individual: number; fitness: number }>(
      'SELECT individual, fitness FROM evaluation WHERE individual BETWEEN ? AND ? AND fitness IS NOT NULL ORDER BY fitness DESC, individual LIMIT 1',
    )
    .get(...range);
  return {
    births,
    founders: count('SELECT count(*) FROM individual WHERE id BETWEEN ? AND ? AND p1 IS NULL'),
    living: births - count('SELECT count(*) FROM death WHERE individual BETWEEN ? AND ?'),
    best: best === undefined ? null : { birthIndex: birthIndexOf(best.individual), fitness: best.fitness },
    evaluations: db
      .prepare<[number, number], { status: string; reason: string | null; count: number }>(
        'SELECT status, reason, count(*) AS count FROM evaluation WHERE individual BETWEEN ? AND ? GROUP BY status, reason ORDER BY count DESC, status, reason',
      )
      .all(...range),
  };
}

/** Cost units of all told evaluations of a run, added up in order of birth as the run itself does. */
export function costUnitsSpent({ db }: Lineage, run: number): number {
  const each = db
    .prepare<[number, number], number>(
      'SELECT cost_units FROM evaluation WHERE individual BETWEEN ? AND ? ORDER BY individual',
    )
    .pluck()
    .iterate(individualId(run, 0), individualId(run + 1, 0) - 1);
  let spent = 0;
  for (const costUnits of each) spent += costUnits;
  return spent;
}

/** One who lived at a time, with its fitness. */
export interface Living {
  readonly birthIndex: number;
  /** Null where its evaluation failed. */
  readonly fitness: number | null;
}

/** Who was alive right after birth `told` was told (with its deaths), in order of birth. */
export function populationAt(lineage: Lineage, run: number, told: number): Living[] {
  return lineage.db
    .prepare<[number, number, number], { id: number; fitness: number | null }>(
      `SELECT i.id, e.fitness FROM individual i JOIN evaluation e ON e.individual = i.id LEFT JOIN death d ON d.individual = i.id
       WHERE i.id BETWEEN ? AND ? AND (d.event IS NULL OR d.event > ?) ORDER BY i.id`,
    )
    .all(individualId(run, 0), individualId(run, told), told)
    .map((row) => ({ birthIndex: birthIndexOf(row.id), fitness: row.fitness }));
}

/** Numbers of those that are not over. */
export const unfinishedRuns = (runs: readonly RunRow[]): number[] =>
  runs.filter(({ endReason }) => endReason === null).map(({ run }) => run);
