/**
 * Who is at risk, and what happens, at every time that something does. Conventions of R (package survival): at risk at t are those with
 * entry < t <= exit, so that at equal times events come before censoring and entries after events.
 */
import type { Lives } from './lives.ts';
import { type MergedTimes, mergeTies } from './tied-times.ts';

/** Parallel columns, one element per distinct exit time, ascending. */
export interface RiskTable {
  /** Subjects. */
  readonly n: number;
  readonly time: Float64Array;
  readonly atRisk: Int32Array;
  readonly events: Int32Array;
  readonly censored: Int32Array;
}

/** @throws RangeError as `kaplanMeier` says. */
export function riskTable(lives: Lives): RiskTable {
  const sorted = sortedTimes(mergeTies(lives));
  const time = distinct(sorted.exits);
  const atRisk = new Int32Array(time.length);
  const events = new Int32Array(time.length);
  const censored = new Int32Array(time.length);
  const count = walk(sorted);
  for (let j = 0; j < time.length; j++) {
    const { risk, ending, leaving } = count(time[j]!);
    atRisk[j] = risk;
    events[j] = ending;
    censored[j] = leaving - ending;
  }
  return { n: sorted.exits.length, time, atRisk, events, censored };
}

/** The times of a sample, each kind in ascending order. */
export interface SortedTimes {
  /** Null where everyone is watched from the origin. */
  readonly entries: Float64Array | null;
  readonly exits: Float64Array;
  /** The exits that are events. */
  readonly ends: Float64Array;
}

/** Sorts what `mergeTies` made. */
export function sortedTimes({ entry, exit, event }: MergedTimes): SortedTimes {
  return {
    entries: entry === null ? null : entry.slice().sort(),
    exits: exit.slice().sort(),
    ends: exit.filter((_, i) => event[i] === 1).sort(),
  };
}

/** Distinct values of a sorted array. */
export const distinct = (sorted: Float64Array): Float64Array =>
  sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);

/** Counts at ascending times: call it with each time once, in order. */
export function walk({ entries, exits, ends }: SortedTimes): (time: number) => {
  readonly risk: number;
  readonly ending: number;
  readonly leaving: number;
} {
  let [entered, gone, ended] = [entries === null ? exits.length : 0, 0, 0];
  return (time) => {
    if (entries !== null) while (entered < entries.length && entries[entered]! < time) entered += 1;
    while (gone < exits.length && exits[gone]! < time) gone += 1;
    while (ended < ends.length && ends[ended]! < time) ended += 1;
    const [beforeGone, beforeEnded] = [gone, ended];
    while (gone < exits.length && exits[gone] === time) gone += 1;
    while (ended < ends.length && ends[ended] === time) ended += 1;
    return { risk: entered - beforeGone, ending: ended - beforeEnded, leaving: gone - beforeGone };
  };
}
