/** Which lives reach a horizon: a yes or a no for each that began so long before the end that it could. */
import type { Lives } from './lives.ts';
import { wilson } from './power.ts';

/** How many of a group's lives reached a horizon, and what can be said of the others. */
export interface Establishment {
  /** Still there at the horizon. */
  readonly established: number;
  /** Ended at or before it. */
  readonly ended: number;
  /** Lost sight of before it. */
  readonly undecided: number;
  /** Began too late to reach it. Those of them that ended are no evidence either: those that live on could not be counted beside them. */
  readonly tooLate: number;
  /** Of those decided; null where there are none. The limits are Wilson's (1927), of independent lives. */
  readonly share: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Lives without delayed entry, `exit` counted from the origin; `followUp`: from the origin to the end of observation. As S(h) has it, what ends at h is not established. */
export function establishment(
  { exit, event }: Lives,
  followUp: ArrayLike<number>,
  horizon: number,
  z: number,
): Establishment {
  let [established, ended, undecided, tooLate] = [0, 0, 0, 0];
  for (let i = 0; i < exit.length; i++) {
    if (followUp[i]! < horizon) tooLate += 1;
    else if (exit[i]! > horizon || (exit[i] === horizon && !event[i])) established += 1;
    else if (event[i]) ended += 1;
    else undecided += 1;
  }
  const decided = established + ended;
  return {
    ...{ established, ended, undecided, tooLate },
    ...(decided === 0
      ? { share: null, lower: null, upper: null }
      : { share: established / decided, ...wilson(established, decided, z) }),
  };
}
