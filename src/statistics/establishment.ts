/** Which lives reach a horizon: a yes or a no for each that was watched long enough. */
import type { Lives } from './lives.ts';
import { wilson } from './power.ts';

export interface Establishment {
  /** Outlived the horizon. */
  readonly established: number;
  /** Ended at or before it. */
  readonly ended: number;
  /** Censored at or before it: neither is known. */
  readonly undecided: number;
  /** Of those decided; null where there are none. The limits are Wilson's (1927). */
  readonly share: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Lives without delayed entry, `exit` counted from the origin. As S(h) has it, established means exit > h. */
export function establishment({ exit, event }: Lives, horizon: number, z: number): Establishment {
  let [established, ended, undecided] = [0, 0, 0];
  for (let i = 0; i < exit.length; i++) {
    if (exit[i]! > horizon) established += 1;
    else if (event[i]) ended += 1;
    else undecided += 1;
  }
  const decided = established + ended;
  return {
    ...{ established, ended, undecided },
    ...(decided === 0
      ? { share: null, lower: null, upper: null }
      : { share: established / decided, ...wilson(established, decided, z) }),
  };
}
