/** streetlight resume [RUN]: go on with an interrupted run. */
import type { Command } from 'commander';
import type { Lineage } from '../../lineage/open.ts';
import { listRuns } from '../../lineage/runs.ts';
import { UserError } from '../../notation/user-error.ts';
import { resume, setUpStoredRun, unfinishedRun } from '../../search/run.ts';
import {
  chosenRun,
  databaseOption,
  debugOption,
  jsonOption,
  positiveInteger,
  withLineage,
  workerCount,
} from '../options.ts';
import type { Output } from '../output.ts';
import { runSession, type SessionOptions } from './run-session.ts';

export function registerResume(program: Command, output: Output): void {
  program
    .command('resume')
    .argument('[run]', 'the run; default the newest that is not finished', positiveInteger)
    .description('go on with an interrupted run, exactly as it would have gone on')
    .option('--workers <n>', 'worker threads; the lineage does not depend on it', workerCount)
    .addOption(debugOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async (run: number | undefined, options: SessionOptions) => {
      const { chosen, setup } = await withLineage(options.db, async (lineage) => {
        const chosen = run ?? newestUnfinished(lineage);
        return { chosen, setup: await setUpStoredRun(unfinishedRun(lineage, chosen)) };
      });
      await runSession(output, { ...options, mode: 'write-existing' }, (session) =>
        resume(setup, chosen, session),
      );
    });
}

function newestUnfinished(lineage: Lineage): number {
  const run = listRuns(lineage).findLast((row) => row.endReason === null);
  if (run !== undefined) return run.run;
  // Says so where there is no run at all.
  chosenRun(lineage, undefined);
  throw new UserError({
    code: 'nothing-to-resume',
    path: lineage.path,
    message: 'every run in this database is finished',
    hint: '`streetlight runs` lists them',
  });
}
