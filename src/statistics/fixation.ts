/** What became of the ancestors of all: when an individual's line had taken over the living, and when it did so quicker than drift would. */
import type { CoalescenceSeries } from './coalescence.ts';

/** An individual from whom, from some birth on, all the living descended. */
export interface Fixation {
  readonly individual: number;
  /** The first birth after which all the living descended from it. */
  readonly at: number;
}

/** In order of birth. Linear: an individual whose ancestors are known to be fixed is not climbed beyond. */
export function fixations(parent: Int32Array, { ancestor, changes }: CoalescenceSeries): Fixation[] {
  const at = new Int32Array(parent.length).fill(-1);
  for (const t of changes) for (let i = ancestor[t]!; i >= 0 && at[i]! < 0; i = parent[i]!) at[i] = t;
  const fixed: Fixation[] = [];
  at.forEach((t, individual) => {
    if (t >= 0) fixed.push({ individual, at: t });
  });
  return fixed;
}

/** Ages of the last common ancestor once there has been one: what happened before tells of the founders alone. */
export function settledAges({ age, changes }: CoalescenceSeries): Int32Array {
  return changes.length === 0 ? new Int32Array(0) : age.subarray(changes[0]!).filter((each) => each >= 0);
}

/** A stretch of a run in which the last common ancestor of the living was unusually young. */
export interface Sweep {
  /** The births from which on and until which the last common ancestor was younger than the threshold. */
  readonly from: number;
  readonly to: number;
  readonly leastAge: number;
}

/** Longest stretches of births, from the first common ancestor on, at which its age is below the threshold. */
export function sweeps({ age, changes }: CoalescenceSeries, threshold: number): Sweep[] {
  const found: { from: number; to: number; leastAge: number }[] = [];
  for (let t = changes[0] ?? age.length; t < age.length; t++) {
    if (age[t]! < 0 || age[t]! >= threshold) continue;
    const last = found.at(-1);
    if (last !== undefined && last.to === t - 1) {
      last.to = t;
      last.leastAge = Math.min(last.leastAge, age[t]!);
    } else found.push({ from: t, to: t, leastAge: age[t]! });
  }
  return found;
}
