/** Times that differ by rounding only are one time, as R's aeqSurv has it: raw comparison of floats would make events out of noise. */
import type { Lives } from './lives.ts';

/** Relative to the mean absolute time, and absolute: the root of the machine epsilon. */
const tolerance = Math.sqrt(Number.EPSILON);

/** Times in which those within rounding of each other are one, as R's aeqSurv has it. */
export interface MergedTimes {
  readonly entry: Float64Array | null;
  readonly exit: Float64Array;
  readonly event: Uint8Array;
}

/** Checked and merged copies of the times. @throws RangeError as `kaplanMeier` says. */
export function mergeTies({ entry, exit, event }: Lives): MergedTimes {
  const n = exit.length;
  if (event.length !== n || (entry !== undefined && entry.length !== n)) {
    throw new RangeError('entry, exit and event must be of one length');
  }
  const all = new Float64Array(entry === undefined ? n : 2 * n);
  all.set(exit, 0);
  if (entry !== undefined) all.set(entry, n);
  if (!all.every(Number.isFinite)) throw new RangeError('times must be finite');
  const merged = mergeValues(all);
  const result = {
    entry: entry === undefined ? null : merged.subarray(n),
    exit: merged.subarray(0, n),
    event: Uint8Array.from(event, (ended, i) => {
      if (Number(ended) !== 0 && Number(ended) !== 1)
        throw new RangeError(`event ${i} is ${ended}: it must be 0 or 1`);
      return Number(ended);
    }),
  };
  for (let i = 0; i < n; i++) {
    if (result.entry !== null && result.entry[i]! >= result.exit[i]!) {
      throw new RangeError(
        `life ${i} has no length: it enters at ${result.entry[i]} and exits at ${result.exit[i]}`,
      );
    }
  }
  return result;
}

/** The times with these indices. Merging is for all together: a subset's own spacing must not decide. */
export function chosenTimes({ entry, exit, event }: MergedTimes, rows: ArrayLike<number>): MergedTimes {
  return {
    entry: entry === null ? null : Float64Array.from(rows, (i) => entry[i]!),
    exit: Float64Array.from(rows, (i) => exit[i]!),
    event: Uint8Array.from(rows, (i) => event[i]!),
  };
}

/** Whole numbers are apart already, unless they are so large that rounding could matter. */
function mergeValues(values: Float64Array): Float64Array {
  if (values.every((value) => Number.isInteger(value) && Math.abs(value) < 1 / tolerance / 2)) return values;
  const distinct = Float64Array.from(new Set(values)).sort();
  const scale = distinct.reduce((sum, value) => sum + Math.abs(value), 0) / distinct.length;
  const standsFor = new Map<number, number>();
  let first = distinct[0] ?? 0;
  distinct.forEach((value, i) => {
    const gap = value - distinct[i - 1]!;
    if (i > 0 && gap > tolerance && gap / scale > tolerance) first = value;
    standsFor.set(value, first);
  });
  return values.map((value) => standsFor.get(value)!);
}
