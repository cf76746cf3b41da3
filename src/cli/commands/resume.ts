import type { Command } from 'commander';
import { chosenRun } from '../../lineage/chosen.ts';
import type { Lineage } from '../../lineage/open.ts';
import { listRuns, plannedBirths, type RunRow } from '../../lineage/runs.ts';
import { refuseBroken } from '../../lineage/seal.ts';
import { onDatabase } from '../../notation/shell.ts';
import { unknownBreeding } from '../../search/closed-document.ts';
import { resume, setUpStoredRun } from '../../search/run.ts';
import {
  databaseOption,
  debugOption,
  jsonOption,
  positiveInteger,
  withLineage,
  workerCount,
} from '../options.ts';
import { type Call, type Output, printAnswer } from '../output.ts';
import { runSession, type SessionOptions, sessionAnswer } from './run-session.ts';

interface Options extends SessionOptions {
  readonly births?: number;
}

/** streetlight resume [RUN]: go on with an interrupted run. */
export function registerResume(program: Command, output: Call): void {
  program
    .command('resume')
    .argument('[run]', 'the run; default the newest that is not finished', positiveInteger)
    .description('go on with an interrupted run, exactly as it would have gone on')
    .option(
      '--births <n>',
      'extend the run to so many births in all: it goes on as if it had been launched with them',
      positiveInteger,
    )
    .option('--workers <n>', 'worker threads; the lineage does not depend on it', workerCount)
    .addOption(debugOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async (run: number | undefined, options: Options) => {
      const { births } = options;
      const found = await withLineage(options.db, async (lineage) => {
        const row = chosenRun(lineage, run ?? newestUnfinished(lineage));
        refuseBroken(lineage.db, options.db);
        const goesOn = row.endReason === null || births !== undefined;
        if (goesOn && row.closed === null) throw unknownBreeding(row.run);
        if (goesOn) return { row, setup: await setUpStoredRun(row, births) };
        // Not an error: a script that resumes until the run is done has come to its end.
        sayFinished(output, lineage, row, run === undefined, options);
        return null;
      });
      if (found === null) return;
      const { row, setup } = found;
      await runSession(output, { ...options, mode: 'write-existing' }, (session) =>
        resume(setup, row.run, { ...session, births }),
      );
    });
}

const newestUnfinished = (lineage: Lineage): number | undefined =>
  listRuns(lineage).findLast((row) => row.endReason === null)?.run;

function sayFinished(
  output: Output,
  lineage: Lineage,
  row: RunRow,
  every: boolean,
  { db, json }: SessionOptions,
): void {
  const { run, lastTold, endReason, eventHash } = row;
  if (json === true) {
    const nothingSpent = { workersLost: 0, evaluationMs: 0, cpuMs: 0, wallMs: 0 };
    const session = { run, told: lastTold + 1, births: plannedBirths(row), endReason, eventHash };
    printAnswer(output, 'search', sessionAnswer(lineage, { ...session, ...nothingSpent }));
  } else
    output.print(
      `Nothing to resume: ${every ? `every run in ${db} is finished` : `run ${run} is over after ${lastTold + 1} births (${endReason})`}. To see what was found:\n  npx streetlight show ${run}${onDatabase(db)}`,
    );
}
