/** Exact limits of a share by Clopper and Pearson (1934): the shares at which as many, or as few, would be seen by chance in half of 1 - level of the cases. As R's `binom.test`. */
import { binomialLower } from './distributions.ts';

/** A share of independent trials. */
export interface BinomialShare {
  readonly hits: number;
  readonly of: number;
  /** Null where there were no trials, as are the limits. */
  readonly share: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** @throws RangeError for what is no count, or more hits than trials. */
export function binomialShare(hits: number, of: number, level = 0.95): BinomialShare {
  if (!(Number.isSafeInteger(hits) && Number.isSafeInteger(of) && hits >= 0 && hits <= of))
    throw new RangeError(`${hits} of ${of} is no share`);
  if (of === 0) return { hits, of, share: null, lower: null, upper: null };
  const tail = (1 - level) / 2;
  return {
    ...{ hits, of, share: hits / of },
    lower: hits === 0 ? 0 : crossing((p) => 1 - binomialLower(hits - 1, of, p) >= tail),
    upper: hits === of ? 1 : crossing((p) => binomialLower(hits, of, p) <= tail),
  };
}

/** Where a condition that fails at 0 and holds at 1 begins to hold, by bisection to the last digit. */
function crossing(holds: (p: number) => boolean): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (holds(middle)) high = middle;
    else low = middle;
  }
}
