/**
 * An event log made into runs of a database, through the journal as a search writes them: whole or not at all. A new database is made beside its place and gets its name
 * when the whole log has proved sound; to one that is there the runs are added in one transaction.
 */
import { makeDatabase } from '../lineage/create.ts';
import { inPlace } from '../lineage/in-place.ts';
import { createRun, type Journal, openJournal, recordResume } from '../lineage/journal.ts';
import { type Lineage, openLineage } from '../lineage/open.ts';
import { locate } from '../lineage/place.ts';
import { listRuns, type RunRow } from '../lineage/runs.ts';
import { recordFinding } from '../lineage/seal.ts';
import { WriteFailure } from '../lineage/write-failure.ts';
import { UserError } from '../notation/user-error.ts';
import { type LoggedEvent, readEvents } from './read-events.ts';

/** The runs as they now stand in the database. @throws UserError for a log that is not sound, and for runs that are there already. */
export function replayEvents(log: string, database: string): readonly RunRow[] {
  try {
    return locate(database).isThere
      ? within(database, (lineage) => added(log, lineage))
      : makeDatabase(database, (draft) => within(draft, (lineage) => written(log, lineage)));
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    // Births that the journal holds for safe went with all the others.
    throw new WriteFailure(database, null, error.trouble === 'lost' ? 'lost' : error.cause);
  }
}

/** In one transaction, so that a log that proves unsound in its last line leaves nothing behind, and neither does a kill. */
function added(log: string, lineage: Lineage): readonly RunRow[] {
  const whole = lineage.db.transaction(() => {
    const runs = written(log, lineage);
    refuseKnown(log, lineage, runs);
    return runs;
  });
  return inPlace(lineage, null, () => whole.immediate());
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
    const id = createRun(lineage, run, { startedAt, versions: run.versions });
    const broken = recordFinding(lineage.db, id);
    if (broken !== null) throw new RangeError(broken);
    return openJournal(lineage, id, noTimer);
  }
  const open = journal!;
  if (event.kind === 'birth') open.append(event.told, event.eventHash, event.timing);
  else if (event.kind === 'resume') {
    open.flush();
    const { resumedAt: startedAt, versions, births } = event;
    recordResume(lineage, open.run, { startedAt, versions }, births);
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
  const known = listRuns(lineage).filter(({ run }) => !drafted.some((each) => each.run === run));
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
