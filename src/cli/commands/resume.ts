/** streetlight resume [RUN]: go on with an interrupted run. */
import type { Command } from 'commander';
import { openLineage } from '../../lineage/open.ts';
import { listRuns } from '../../lineage/runs.ts';
import { UserError } from '../../notation/user-error.ts';
import { resume } from '../../search/run.ts';
import { databaseOption, debugOption, jsonOption, positiveInteger } from '../options.ts';
import type { Output } from '../output.ts';
import { runSession, type SessionOptions } from './run-session.ts';

export function registerResume(program: Command, output: Output): void {
  program
    .command('resume')
    .argument('[run]', 'the run; default the newest that is not finished', positiveInteger)
    .description('go on with an interrupted run, exactly as it would have gone on')
    .option('--workers <n>', 'worker threads; the lineage does not depend on it', positiveInteger)
    .addOption(debugOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async (run: number | undefined, options: SessionOptions) => {
      const chosen = run ?? newestUnfinished(options.db);
      await runSession(output, options, (session) => resume(chosen, session));
    });
}

function newestUnfinished(path: string): number {
  const lineage = openLineage(path, 'read');
  try {
    const run = listRuns(lineage).findLast((row) => row.endReason === null);
    if (run === undefined)
      throw new UserError({
        code: 'nothing-to-resume',
        path,
        message: 'every run in this database is finished',
        hint: '`streetlight runs` lists them',
      });
    return run.run;
  } finally {
    lineage.close();
  }
}
