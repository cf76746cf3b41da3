/** Importing an event log, and what is said about it. */

import { replayEvents } from '../../interchange/replay-events.ts';
import { DiskFullError } from '../../lineage/disk-full.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { onDatabase } from '../../notation/shell.ts';
import { type Output, printJson } from '../output.ts';
import { RunFailed } from './run-session.ts';

export function importEvents(
  output: Output,
  path: string,
  { db, json }: { readonly db: string; readonly json?: boolean },
): void {
  const runs = replayed(path, db);
  if (json === true) {
    printJson(
      output,
      runs.map(({ run, lastTold, endReason, eventHash }) => ({
        run,
        births: lastTold + 1,
        endReason,
        eventHash,
      })),
    );
    return;
  }
  for (const { run, lastTold, endReason } of runs)
    output.print(
      `Run ${run} of ${db}: ${lastTold + 1} births${endReason === null ? `, not finished: \`npx streetlight resume ${run}${onDatabase(db)}\` goes on with it` : ''}.`,
    );
  output.print(`What to type next:\n  npx streetlight verify${onDatabase(db)}`);
}

function replayed(path: string, db: string): readonly RunRow[] {
  try {
    return replayEvents(path, db);
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
    throw new RunFailed(`${db} could not be written: make room and import again`);
  }
}
