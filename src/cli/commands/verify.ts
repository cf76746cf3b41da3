import type { Command } from 'commander';
import { initialEventHash, nextEventHash } from '../../evolution/event-hash.ts';
import { chosenRun } from '../../lineage/chosen.ts';
import type { Lineage } from '../../lineage/open.ts';
import { listRuns, type RunRow } from '../../lineage/runs.ts';
import { type Finding, verifyLineage } from '../../lineage/verify.ts';
import { breedingFindings } from '../../search/closed-document.ts';
import { replaySample } from '../../search/replay.ts';
import { exitCodes } from '../exit-codes.ts';
import { databaseOption, jsonOption, positiveInteger, withLineage } from '../options.ts';
import { type Call, printAnswer } from '../output.ts';

/** streetlight verify: is the database sound, and does it hold what was computed? */
export function registerVerify(program: Command, output: Call): void {
  program
    .command('verify')
    .argument(
      '[run]',
      'the run to replay, which must exist; default the newest. The file is checked as a whole',
      positiveInteger,
    )
    .description(
      'check integrity, foreign keys, pedigrees and the event hash of every run; with --replay evaluate some births again and compare',
    )
    .option('--replay <n>', 'births to evaluate again', positiveInteger)
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((run: number | undefined, options: { db: string; json?: boolean; replay?: number }) =>
      withLineage(options.db, async (lineage) => {
        if (run !== undefined) chosenRun(lineage, run);
        const ofFile = verifyLineage(lineage, { initial: initialEventHash, next: nextEventHash });
        const breeding = breedingFindings(readableRuns(lineage));
        const findings: readonly Finding[] = [
          ...ofFile,
          ...breeding.map(({ check, run, detail }) => ({ check, run, detail })),
        ];
        // A finished run of another version is sound: only what would go on is not what it was.
        const isSound = ofFile.length === 0 && breeding.every(({ isDamage, isOver }) => isOver && !isDamage);
        const replayed =
          options.replay === undefined
            ? null
            : await replaySample(lineage, chosenRun(lineage, run), options.replay);
        const sound = isSound && (replayed === null || replayed.differing.length === 0);
        if (options.json === true)
          printAnswer(output, 'verify', { database: options.db, sound, findings, replayed });
        else {
          for (const { check, run: of, detail } of findings)
            output.print(`${check}${of === null ? '' : ` of run ${of}`}: ${detail}`);
          for (const birth of replayed?.differing ?? [])
            output.print(`birth ${birth}: evaluated again it gives another result`);
          output.print(
            sound
              ? `${options.db} is sound${replayed === null ? '' : `; ${replayed.births} births evaluated again gave ${replayed.within === 0 ? 'the same bits' : `the same losses within ${100 * replayed.within} %`}`}.`
              : 'The database is not sound; what is above says where.',
          );
        }
        if (!sound) output.endWith(exitCodes.failed);
      }),
    );
}

/** None where the file is too damaged to list them: `verifyLineage` says so. */
function readableRuns(lineage: Lineage): readonly RunRow[] {
  try {
    return listRuns(lineage);
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error;
    return [];
  }
}
