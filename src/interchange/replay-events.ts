/**
 * An event log made into runs of a database, through the journal as a search writes them. First into a draft beside the database: only when the whole log
 * has proved sound is anything put in its place.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { createRun, type Journal, openJournal, recordResume } from '../lineage/journal.ts';
import { type Lineage, openLineage } from '../lineage/open.ts';
import { listRuns, type RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { type LoggedEvent, readEvents } from './read-events.ts';

/** The runs as they now stand in the database. @throws UserError for a log that is not sound, and for runs that are there already. */
export function replayEvents(log: string, database: string): readonly RunRow[] {
  const isThere = existsSync(database);
  // What cannot be written to is refused before the log is read.
  if (isThere || database.trim() === '') openLineage(database, 'write').close();
  const draft = `${database}.${process.pid}.import`;
  try {
    clear(draft);
    const drafted = within(draft, (lineage) => written(log, lineage));
    if (!isThere) {
      renameSync(draft, database);
      return drafted;
    }
    return within(database, (lineage) => {
      refuseKnown(log, lineage, drafted);
      return written(log, lineage);
    });
  } finally {
    clear(draft);
  }
}

function clear(draft: string): void {
  for (const end of ['', '-journal', '-wal', '-shm', '.lock', '.new']) rmSync(draft + end, { force: true });
}

function within<T>(path: string, act: (lineage: Lineage) => T): T {
  const lineage = openLineage(path, 'write');
  try {
    return act(lineage);
  } finally {
    lineage.close();
  }
}

function written(log: string, lineage: Lineage): readonly RunRow[] {
  const runs = new Set<number>();
  let journal: Journal | null = null;
  for (const event of readEvents(log))
    journal = guarded(log, event, () => {
      const next = applied(lineage, journal, event);
      runs.add(next.run);
      return next;
    });
  return listRuns(lineage).filter(({ run }) => runs.has(run));
}

/** The journal after an event. The log's order has been checked: a run stands above all else. */
function applied(lineage: Lineage, journal: Journal | null, event: LoggedEvent): Journal {
  if (event.kind === 'run') {
    const { run, startedAt } = event;
    return openJournal(lineage, createRun(lineage, run, { startedAt, versions: run.versions }), noTimer);
  }
  const open = journal!;
  if (event.kind === 'birth') open.append(event.told, event.eventHash, event.timing);
  else if (event.kind === 'resume') {
    open.flush();
    recordResume(lineage, open.run, { startedAt: event.resumedAt, versions: event.versions });
  } else open.close(event.endReason ?? undefined);
  return open;
}

/** Everything is appended in one go: no timer is needed to commit. */
const noTimer = () => () => {};

/** What the database refuses is something that no search can have told. */
function guarded<T>(path: string, { line }: LoggedEvent, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const isImpossible =
      error instanceof RangeError ||
      String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT');
    if (!isImpossible) throw error;
    throw new UserError({
      ...{ code: 'events-impossible', path, line },
      message: `at this line or shortly above it the log tells what cannot be: ${(error as Error).message}`,
    });
  }
}

function refuseKnown(log: string, lineage: Lineage, drafted: readonly RunRow[]): void {
  const known = listRuns(lineage);
  const twice = drafted.flatMap((run) =>
    known.filter(
      ({ documentHash, seed, eventHash }) =>
        documentHash === run.documentHash && seed === run.seed && eventHash === run.eventHash,
    ),
  );
  if (twice.length === 0) return;
  throw new UserError(
    twice.map(({ run }) => ({
      ...{
        code: 'events-known',
        path: log,
        message: `what this log tells is run ${run} of ${lineage.path} already`,
      },
      hint: 'give another --db',
    })),
  );
}
