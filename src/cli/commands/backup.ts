import type { Command } from 'commander';
import { initialEventHash, nextEventHash } from '../../evolution/event-hash.ts';
import { type Backup, backUp } from '../../lineage/backup.ts';
import type { Lineage } from '../../lineage/open.ts';
import { taskBar, taskLog } from '../../report/progress.ts';
import { exitCodes } from '../exit-codes.ts';
import { databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Call, printAnswer } from '../output.ts';

/** streetlight backup OUT: copy the database, also while a run writes to it. */
export function registerBackup(program: Command, call: Call): void {
  program
    .command('backup <out>')
    .description(
      'copy the lineage database, as it stands at one instant, also while a run writes to it; the copy is checked as `verify` does',
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((out: string, options: { db: string; json?: boolean }) =>
      withLineage(options.db, async (lineage) => {
        const backup = await watched(lineage, out);
        if (backup === null) {
          call.endWith(exitCodes.interrupted);
          call.note(`Interrupted: ${out} was not made.`);
          return;
        }
        const { bytes, runs } = backup;
        const births = runs.reduce((sum, { lastTold }) => sum + lastTold + 1, 0);
        if (options.json === true)
          printAnswer(call, 'backup', { database: options.db, path: out, bytes, runs: runs.length, births });
        else
          call.print(
            `${out} is a sound copy of ${options.db}: ${runs.length} run${runs.length === 1 ? '' : 's'}, ${births} births, ${bytes} bytes.`,
          );
      }),
    );
}

/** With progress, until it is done or a signal comes. */
async function watched(lineage: Lineage, out: string): Promise<Backup | null> {
  let interrupted = false;
  const onSignal = () => {
    interrupted = true;
  };
  const progress = process.stderr.isTTY === true ? taskBar(process.stderr) : taskLog();
  let isStarted = false;
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await backUp(
      lineage,
      out,
      { initial: initialEventHash, next: nextEventHash },
      {
        progress(done, total) {
          if (!isStarted) progress.start('pages', total);
          isStarted = true;
          progress.update(done, total);
        },
        shouldStop: () => interrupted,
      },
    );
  } finally {
    if (isStarted) progress.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
