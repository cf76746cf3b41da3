/** Runs and individuals as people name them. */
import { commandOn } from '../notation/shell.ts';
import { UserError } from '../notation/user-error.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId, runOf } from './pack.ts';
import { findRun, listRuns, type RunRow } from './runs.ts';
import { requireDistinct } from './same-runs.ts';

/** @throws UserError where no birth of a run has been told. */
export function requireBirths(...runs: readonly RunRow[]): void {
  const empty = runs.filter(({ lastTold }) => lastTold < 0);
  if (empty.length === 0) return;
  throw new UserError({
    code: 'nothing-to-estimate',
    message: `no birth has been told yet in run${empty.length === 1 ? '' : 's'} ${empty.map(({ run }) => run).join(', ')}`,
    hint: 'resume it first',
  });
}

/** The run that was asked for, or the newest. */
export function chosenRun(lineage: Lineage, run: number | undefined): RunRow {
  const row = run === undefined ? listRuns(lineage).at(-1) : findRun(lineage, run);
  if (row != null) return row;
  throw new UserError({
    code: 'no-such-run',
    path: lineage.path,
    message: run === undefined ? 'there is no run in this database yet' : `there is no run ${run}`,
    hint:
      run === undefined
        ? `launch one: ${commandOn(lineage.path, 'search smoke')}`
        : `\`${commandOn(lineage.path, 'runs')}\` lists them`,
  });
}

/** The runs that were asked for, or the newest. */
export const chosenRuns = (lineage: Lineage, runs: readonly number[]): RunRow[] =>
  runs.length === 0 ? [chosenRun(lineage, undefined)] : runs.map((run) => chosenRun(lineage, run));

/** The same for what takes each run as one unit. @throws UserError for a run that was launched twice. */
export function chosenUnits(lineage: Lineage, runs: readonly number[]): RunRow[] {
  const chosen = chosenRuns(lineage, runs);
  requireDistinct(chosen);
  return chosen;
}

/** Individuals are written RUN:BIRTH, such as 1:57; a birth alone belongs to the newest run. */
export function chosenIndividual(lineage: Lineage, text: string): number {
  const match = /^(?:(\d+):)?(\d+)$/.exec(text);
  if (match === null)
    throw new UserError({
      code: 'bad-individual',
      message: `\`${text}\` does not name an individual`,
      hint: 'write RUN:BIRTH, such as 1:57',
    });
  const run = chosenRun(lineage, match[1] === undefined ? undefined : Number(match[1]));
  const birth = Number(match[2]);
  if (birth > run.lastTold)
    throw new UserError({
      code: 'no-such-individual',
      path: lineage.path,
      message: `run ${run.run} has births 0 to ${run.lastTold}, and no ${birth}`,
    });
  return individualId(run.run, birth);
}

/** RUN:BIRTH, as commands take and print it. */
export const individualText = (id: number): string => `${runOf(id)}:${birthIndexOf(id)}`;
