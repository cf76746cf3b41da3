import { replayEvents } from '../../interchange/replay-events.ts';
import { onDatabase } from '../../notation/shell.ts';
import { type Output, printAnswer } from '../output.ts';

/** Importing an event log, and what is said about it. */
export function importEvents(
  output: Output,
  path: string,
  { db, json }: { readonly db: string; readonly json?: boolean },
): void {
  const runs = replayEvents(path, db);
  if (json === true) {
    printAnswer(output, 'import', {
      database: db,
      runs: runs.map(({ run, lastTold, endReason, eventHash }) => ({
        ...{ run, births: lastTold + 1, endReason, eventHash },
      })),
    });
    return;
  }
  for (const { run, lastTold, endReason } of runs)
    output.print(
      `Run ${run} of ${db}: ${lastTold + 1} births${endReason === null ? `, not finished: \`npx streetlight resume ${run}${onDatabase(db)}\` goes on with it` : ''}.`,
    );
  output.print(`What to type next:\n  npx streetlight verify${onDatabase(db)}`);
}
