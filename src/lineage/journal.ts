/** The only writer of runs. Told births go in whole, in order, in transactions of at most 32 births or 200 ms. */
import type { ToldBirth } from '../evolution/birth.ts';
import type { EvaluationTiming } from './details.ts';
import { inPlace } from './in-place.ts';
import type { Lineage } from './open.ts';
import { createRowWriter } from './row-writer.ts';
import { sealRecord } from './seal.ts';

/** A transaction is committed at the latest after so many births. */
export const birthsPerTransaction = 32;

/** A transaction is committed at the latest after so many milliseconds. */
export const transactionMs = 200;

/** A task of a run: what its streams are named by, and the digest of its data. */
export interface RunTask {
  readonly key: string;
  readonly digest: string;
}

/** What a document came to when the run was launched, as JSON texts: `decides` is what of the program decides how it is bred, `class` its SHA-256. */
export interface ClosedDocument {
  readonly class: string;
  readonly decides: string;
  readonly content: string;
  /** Absolute: where relative paths of the document begin. */
  readonly folder: string;
}

/** What is stored when a run is launched. */
export interface NewRun {
  readonly document: string;
  readonly documentHash: string;
  readonly seed: string;
  /** Engine.numericClass. */
  readonly numericClass: string;
  readonly taskDigest: string;
  /** In the order of the document. */
  readonly tasks?: readonly RunTask[];
  /** Missing for a run of a version that did not store it. */
  readonly closed?: ClosedDocument | undefined;
  /** Versions of program, Node and libraries: for the audit only. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Wall-clock facts, for the audit only; nothing is computed from them. */
export interface SessionAudit {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Calls back once after so many milliseconds; the result cancels. */
export type Schedule = (callback: () => void, ms: number) => () => void;

/** Writes the told births of one run. */
export interface Journal {
  readonly run: number;
  /** Next birth index expected. */
  next(): number;
  /** Buffers one told birth, births in order, with the rolling hash after it. May commit. Throws WriteFailure, also for an earlier timed commit. */
  append(told: ToldBirth, eventHash: string, timing?: EvaluationTiming): void;
  flush(): void;
  /** Commits what is buffered and, when given, why the run is over (such as `births`). The lineage stays open. */
  close(endReason?: string): void;
}

interface Appended {
  readonly told: ToldBirth;
  readonly eventHash: string;
  readonly timing: EvaluationTiming | undefined;
}

const realSchedule: Schedule = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** Enters a new run and its launch session. Returns the run's number. */
export function createRun(lineage: Lineage, run: NewRun, audit: SessionAudit): number {
  const { db } = lineage;
  const enter = db.transaction(() => {
    const { lastInsertRowid } = db
      .prepare(
        'INSERT INTO run (document, document_hash, seed, numeric_class, task_digest, versions, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        run.document,
        run.documentHash,
        run.seed,
        run.numericClass,
        run.taskDigest,
        JSON.stringify(run.versions),
        audit.startedAt,
      );
    const id = Number(lastInsertRowid);
    const insertTask = db.prepare('INSERT INTO run_task VALUES (?, ?, ?, ?)');
    run.tasks?.forEach(({ key, digest }, task) => {
      insertTask.run(id, task, key, digest);
    });
    if (run.closed !== undefined) {
      const { class: of, decides, content, folder } = run.closed;
      db.prepare('INSERT INTO closed_document VALUES (?, ?, ?, ?, ?)').run(id, of, decides, content, folder);
    }
    recordSession(lineage, id, 'launch', audit);
    return id;
  });
  return inPlace(lineage, null, () => enter());
}

/** Enters a resume in the audit; `openJournal` does the rest. With `births` the run is extended to so many, and no longer over where it was. */
export function recordResume(lineage: Lineage, run: number, audit: SessionAudit, births?: number): void {
  const { db } = lineage;
  const lastTold = db.prepare<[number], number>('SELECT last_told FROM run WHERE id = ?').pluck().get(run);
  const enter = db.transaction(() => {
    if (births !== undefined) {
      db.prepare('INSERT INTO run_extension SELECT id, ?, last_told FROM run WHERE id = ?').run(births, run);
      db.prepare('UPDATE run SET end_reason = NULL WHERE id = ?').run(run);
    }
    recordSession(lineage, run, 'resume', audit);
  });
  inPlace(lineage, lastTold ?? null, () => enter());
}

function recordSession(lineage: Lineage, run: number, kind: 'launch' | 'resume', audit: SessionAudit): void {
  lineage.db
    .prepare(
      'INSERT INTO run_session (run, kind, started_at, after_told, versions) SELECT id, ?, ?, last_told, ? FROM run WHERE id = ?',
    )
    .run(kind, audit.startedAt, JSON.stringify(audit.versions), run);
  sealRecord(lineage.db, run);
}

/** Continues a run after the last told birth in the file (from birth 0 for a new one). */
export function openJournal(lineage: Lineage, run: number, schedule: Schedule = realSchedule): Journal {
  const { db } = lineage;
  const writer = createRowWriter(db, run);
  let committed = writer.lastTold;
  let buffer: Appended[] = [];
  let cancel: (() => void) | null = null;
  let failure: unknown = null;

  const commit = db.transaction((endReason: string | undefined) => {
    for (const { told, timing } of buffer) writer.write(told, timing);
    const last = buffer.at(-1);
    if (last !== undefined) writer.advance(committed, last.told.birth.birthIndex, last.eventHash);
    if (endReason !== undefined) writer.end(endReason);
  });

  function flush(endReason?: string): void {
    cancel?.();
    cancel = null;
    if (failure !== null) throw failure;
    const isIdle = buffer.length === 0 && endReason === undefined;
    try {
      inPlace(lineage, committed, () => {
        if (!isIdle) commit.immediate(endReason);
      });
    } catch (error) {
      failure = error;
      throw failure;
    }
    committed = buffer.at(-1)?.told.birth.birthIndex ?? committed;
    buffer = [];
  }

  /** A timer has no caller to throw to: the failure waits for the next append, flush or close. */
  function timed(): void {
    try {
      flush();
    } catch {}
  }

  return {
    run,
    next: () => committed + buffer.length + 1,
    append(told, eventHash, timing) {
      if (failure !== null) throw failure;
      const expected = committed + buffer.length + 1;
      if (told.birth.birthIndex !== expected)
        throw new RangeError(`told birth ${told.birth.birthIndex}, expected ${expected}`);
      buffer.push({ told, eventHash, timing });
      if (buffer.length >= birthsPerTransaction) flush();
      else cancel ??= schedule(timed, transactionMs);
    },
    flush: () => flush(),
    close: (endReason) => flush(endReason),
  };
}
