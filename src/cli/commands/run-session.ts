/** What `search` and `resume` share: progress, interruption, and the closing words. */

import { findIndividual } from '../../lineage/ancestry.ts';
import { blamed } from '../../lineage/blame.ts';
import { individualText } from '../../lineage/chosen.ts';
import type { Lineage } from '../../lineage/open.ts';
import { openLineage } from '../../lineage/open.ts';
import { individualId } from '../../lineage/pack.ts';
import { runSummary } from '../../lineage/runs.ts';
import { WriteFailure } from '../../lineage/write-failure.ts';
import { onDatabase } from '../../notation/shell.ts';
import { UserError } from '../../notation/user-error.ts';
import type { CommandAnswer } from '../../report/command-answers.ts';
import { progressBar, progressLog, stderrLogger } from '../../report/progress.ts';
import { formatNumber } from '../../report/table.ts';
import type { Progress } from '../../search/progress.ts';
import type { RunOptions, RunResult } from '../../search/run.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Call, type Output, printAnswer } from '../output.ts';

/** Options that `search` and `resume` share. */
export interface SessionOptions {
  readonly db: string;
  readonly workers?: number;
  readonly debug?: boolean;
  readonly json?: boolean;
}

/** Opens the database for writing, runs, says how it ended and what to type next. */
export async function runSession(
  output: Call,
  options: SessionOptions & { readonly mode: 'write' | 'write-existing' },
  go: (options: RunOptions) => Promise<RunResult>,
): Promise<void> {
  const lineage = openLineage(options.db, options.mode);
  let interrupted = false;
  const stopNow = new AbortController();
  const onSignal = () => {
    if (interrupted) {
      stopNow.abort();
      return;
    }
    interrupted = true;
    output.note('\nStopping after the birth in hand. A second signal (Ctrl-C again) stops at once.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const result = await go({
      lineage,
      workers: options.workers,
      debug: options.debug,
      progress: chooseProgress(options),
      shouldStop: () => interrupted,
      stopNow: stopNow.signal,
    });
    if (options.json === true) printAnswer(output, 'search', sessionAnswer(lineage, result));
    else sayResult(output, lineage, result, options.db);
    if (result.endReason === null) output.endWith(exitCodes.interrupted);
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw blamed(lineage, error);
    throw new RunFailed(
      error.lastTold === null
        ? `${error.message}. ${error.remedy} and try again`
        : `${error.message}. ${error.remedy} and type: npx streetlight resume${onDatabase(options.db)}`,
    );
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    lineage.close();
  }
}

/** The run could not go on for a reason outside it; exit code 1 and a message for a person. */
export class RunFailed extends UserError {
  constructor(message: string) {
    super({ code: 'run-failed', message });
  }
}

function chooseProgress({ json }: SessionOptions): Progress {
  return process.stderr.isTTY === true && json !== true
    ? progressBar(process.stderr)
    : progressLog(stderrLogger(), 100);
}

/** What a session came to, with the run as it stands now. */
export function sessionAnswer(
  lineage: Lineage,
  result: Omit<CommandAnswer<'search'>, 'best' | 'evaluations'>,
): CommandAnswer<'search'> {
  const { run, told, births, endReason, eventHash, workersLost, evaluationMs, cpuMs, wallMs } = result;
  const { best, evaluations } = runSummary(lineage, run);
  return {
    ...{ run, told, births, endReason, eventHash, workersLost, evaluationMs, cpuMs, wallMs, evaluations },
    best: best === null ? null : bestAnswer(lineage, individualId(run, best.birthIndex), best.fitness),
  };
}

function bestAnswer(lineage: Lineage, id: number, fitness: number): CommandAnswer<'search'>['best'] {
  const { accuracy, architecture, rule } = findIndividual(lineage, id)!;
  return { individual: individualText(id), fitness, accuracy, architecture, rule };
}

function sayResult(
  output: Output,
  lineage: Lineage,
  { run, told, births, endReason }: RunResult,
  db: string,
): void {
  const at = onDatabase(db);
  if (endReason === null) {
    output.print(
      `\nStopped after birth ${told} of ${births}; everything told is in ${db}. To go on:\n  npx streetlight resume ${run}${at}`,
    );
    return;
  }
  const { best, evaluations } = runSummary(lineage, run);
  const counts = evaluations
    .map(({ status, reason, count }) => `${count} ${status}${reason === null ? '' : ` (${reason})`}`)
    .join(', ');
  output.print(`\nRun ${run}: ${told} births; ${counts}.`);
  if (best === null) return;
  const row = findIndividual(lineage, individualId(run, best.birthIndex))!;
  const accuracy =
    row.accuracy === null ? '' : `, accuracy ${formatNumber(100 * row.accuracy)} % on the search split`;
  output.print(
    `Best: individual ${individualText(row.id)}, fitness ${formatNumber(best.fitness)}${accuracy}.\n\nIts architecture\n${indent(row.architecture)}\nIts update rule\n${indent(row.rule)}`,
  );
  output.print(
    `What to type next:\n  npx streetlight survivorship ${run} --of rule --by family${at}    who survived, and for how long\n  npx streetlight ancestors ${individualText(row.id)}${at}    how the best came about\n  npx streetlight query --list${at}    questions to the lineage database`,
  );
}

const indent = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');
