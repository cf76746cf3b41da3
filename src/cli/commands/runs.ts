import type { Command } from 'commander';
import { listRuns } from '../../lineage/runs.ts';
import { databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Output, printRows } from '../output.ts';

/** streetlight runs: the runs of a database. */
export function registerRuns(program: Command, output: Output): void {
  program
    .command('runs')
    .description('list the runs of a lineage database')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((options: { db: string; json?: boolean }) =>
      withLineage(options.db, (lineage) => {
        const rows = listRuns(lineage).map((run) => [
          run.run,
          (JSON.parse(run.document) as { name: string }).name,
          run.seed,
          run.state,
          run.lastTold + 1,
          options.json === true ? run.eventHash : run.eventHash.slice(0, 12),
          run.createdAt,
        ]);
        printRows(
          output,
          options.json === true ? 'json' : 'table',
          ['run', 'document', 'seed', 'status', 'births', 'eventHash', 'created'],
          rows,
        );
      }),
    );
}
