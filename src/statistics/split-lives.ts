/**
 * Lives cut where something around them changes, as rows (start, stop] for a Cox regression with covariates that depend on calendar time: the hazard is one
 * of age, and at every age each life meets the value of its own moment (Therneau and Grambsch 2000, section 3.7).
 */

/** In calendar time. Watched over (watched, exit]. */
export interface CalendarLives {
  readonly origin: ArrayLike<number>;
  readonly watched: ArrayLike<number>;
  readonly exit: ArrayLike<number>;
  readonly event: ArrayLike<number>;
}

/** Parallel arrays, one element per part, life after life and in order of time. */
export interface PartsOfLives {
  readonly life: Int32Array;
  /** Ages at which the part begins and ends. */
  readonly entry: Float64Array;
  readonly exit: Float64Array;
  /** 1 in the part with which a life ends. */
  readonly event: Uint8Array;
  /** Index of the change whose value holds: of the last one before the part, so that no part knows what comes later. */
  readonly period: Int32Array;
}

/**
 * `changes` ascending. A value holds from right after its change up to the next one; lives that are watched for no time have no part.
 * @throws RangeError for a life that is watched before the first change, when no value is known yet.
 */
export function splitLives(lives: CalendarLives, changes: ArrayLike<number>): PartsOfLives {
  const [life, entry, exit, event, period]: [number[], number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  for (let i = 0; i < lives.origin.length; i++) {
    const [origin, end] = [lives.origin[i]!, lives.exit[i]!];
    let from = lives.watched[i]!;
    let now = lastAtOrBefore(changes, from);
    if (now < 0 && from < end)
      throw new RangeError(`life ${i} is watched from ${from} on, before the first change`);
    while (from < end) {
      const next = now + 1 < changes.length ? changes[now + 1]! : Number.POSITIVE_INFINITY;
      const to = Math.min(end, next);
      life.push(i);
      entry.push(from - origin);
      exit.push(to - origin);
      event.push(to === end ? lives.event[i]! : 0);
      period.push(now);
      from = to;
      now += 1;
    }
  }
  return {
    life: Int32Array.from(life),
    entry: Float64Array.from(entry),
    exit: Float64Array.from(exit),
    event: Uint8Array.from(event),
    period: Int32Array.from(period),
  };
}

/** Index of the last change at or before a time; -1 where there is none. */
function lastAtOrBefore(changes: ArrayLike<number>, time: number): number {
  let [below, above] = [-1, changes.length];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (changes[middle]! <= time) below = middle;
    else above = middle;
  }
  return below;
}
