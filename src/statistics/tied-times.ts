/** Times that differ by rounding only are one time, as R's aeqSurv has it: raw comparison of floats would make events out of noise. */
import type { Lives } from './kaplan-meier.ts';

/** Relative to the mean absolute time, and absolute: the root of the machine epsilon. */
const tolerance = Math.sqrt(Number.EPSILON);

export interface MergedTimes {
  readonly entry: Float64Array | null;
  readonly exit: Float64Array;
}

/** Checked and merged copies of the times. */
export function mergeTies({ entry, exit, event }: Lives): MergedTimes {
  const n = exit.length;
  if (event.length !== n || (entry !== undefined && entry.length !== n)) {
    throw new RangeError('entry, exit and event must be of one length');
  }
  const all = Float64Array.from([...Array.from(entry ?? []), ...Array.from(exit)]);
  if (!all.every(Number.isFinite)) throw new RangeError('times must be finite');
  const merged = mergeValues(all);
  const result = {
    entry: entry === undefined ? null : merged.slice(0, n),
    exit: merged.slice(all.length - n),
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

function mergeValues(values: Float64Array): Float64Array {
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
