/** When and why individuals died, as typed arrays. */

import type { FailureReason } from '../evaluation/outcome.ts';
import type { DeathCause } from '../evolution/birth.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';

/** Why an individual died; of one that failed, why it failed. Names stand in output: permanent. */
export const causes = [
  'aged',
  'outcompeted',
  'diverged',
  'unsupported',
  'too-large',
  'worker-lost',
] as const satisfies readonly (Exclude<DeathCause, 'failed'> | FailureReason)[];

/** Why a life ended, for statistics: by age, by a rival, or by how its evaluation failed. */
export type Cause = (typeof causes)[number];

/** One element per birth. */
export interface DeathRecord {
  /** When it died, or -1 while alive. */
  readonly death: Int32Array;
  /** Index into `causes`; 0 while alive. */
  readonly cause: Uint8Array;
  /** 1 where the death was a loss of the machine and none of the genome: it censors. */
  readonly lost: Uint8Array;
  /** The last told birth. */
  readonly end: number;
}

/** The deaths of births 0 to `end` of a run. */
export function loadDeaths({ db }: Lineage, run: number, end: number): DeathRecord {
  const range = [individualId(run, 0), individualId(run, end)] as const;
  const death = new Int32Array(end + 1).fill(-1);
  const cause = new Uint8Array(end + 1);
  const deaths = db
    .prepare<[number, number], [number, number, number]>(
      "SELECT individual, at, cause = 'outcompeted' FROM death WHERE individual BETWEEN ? AND ?",
    )
    .raw();
  for (const [id, at, isOutcompeted] of deaths.iterate(...range)) {
    death[birthIndexOf(id)] = at;
    cause[birthIndexOf(id)] = isOutcompeted;
  }
  const failures = db
    .prepare<[number, number], [number, FailureReason]>(
      "SELECT individual, reason FROM evaluation WHERE individual BETWEEN ? AND ? AND status = 'failed'",
    )
    .raw();
  for (const [id, reason] of failures.iterate(...range))
    if (death[birthIndexOf(id)]! >= 0) cause[birthIndexOf(id)] = causes.indexOf(reason);
  return { death, cause, lost: cause.map((each) => Number(causes[each] === 'worker-lost')), end };
}
