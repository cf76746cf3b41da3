/** Censuses: who is alive at chosen births. */
import type { History } from './history.ts';

/** The living at one time. */
export interface Census {
  /** Right after this birth was told, with its deaths. */
  readonly time: number;
  /** Birth indices, ascending. */
  readonly living: Int32Array;
}

/** Times from `first` on at this spacing, and the last birth; none where the run has not come so far. */
export function censusTimes(first: number, last: number, every: number): number[] {
  const times: number[] = [];
  for (let time = first; time <= last; time += every) times.push(time);
  if (times.length > 0 && times.at(-1) !== last) times.push(last);
  return times;
}

/** Spacing that gives about 20 censuses, and not closer than a population is replaced. */
export const usualSpacing = (first: number, last: number, population: number): number =>
  Math.max(1, population, Math.ceil((last - first) / 20));

/** So many times, two or more, from `first` to `last`, as far apart as whole numbers can be alike. */
export const equallySpaced = (first: number, last: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round(first + (i * (last - first)) / (count - 1)));

/** Of a run, from its first whole population on, at the usual spacing unless another is asked for. */
export function runCensusTimes(last: number, population: number, every?: number): number[] {
  const first = Math.min(population - 1, last);
  return censusTimes(first, last, every ?? usualSpacing(first, last, population));
}

/** In one pass over the births; `times` ascending. */
export function* censuses({ gone }: Pick<History, 'gone'>, times: readonly number[]): Generator<Census> {
  let living: number[] = [];
  let next = 0;
  for (const time of times) {
    const isAlive = (i: number) => gone[i]! < 0 || gone[i]! > time;
    living = living.filter(isAlive);
    for (; next <= time && next < gone.length; next++) if (isAlive(next)) living.push(next);
    yield { time, living: Int32Array.from(living) };
  }
}
