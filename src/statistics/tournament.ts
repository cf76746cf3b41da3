/**
 * The chance of each individual to be the parent, given fitnesses and the scheme: what separates selection from drift. A tournament of S with
 * replacement among P: the individual of rank r (1 the best) wins with chance ((P - r + 1)^S - (P - r)^S) / P^S (Bäck 1994); without replacement, with
 * C(P - r, S - 1) / C(P, S). Equal fitnesses share their chances equally.
 */
import { exp, log } from '../numerics/elementary.ts';

/** Names stand in output: permanent. */
export const samplings = ['with-replacement', 'without-replacement'] as const;

/** Whether one member may stand in a tournament more than once. */
export type Sampling = (typeof samplings)[number];

/** Sums to 1. Higher fitness is better. @throws RangeError for fitnesses that are NaN, or a tournament that cannot be held. */
export function tournamentChances(
  fitness: ArrayLike<number>,
  size: number,
  sampling: Sampling = 'with-replacement',
): Float64Array {
  const n = fitness.length;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (const i of order) if (Number.isNaN(fitness[i])) throw new RangeError(`fitness ${i} is NaN`);
  if (!(Number.isInteger(size) && size >= 1 && n >= 1 && (sampling === 'with-replacement' || size <= n)))
    throw new RangeError(`no tournament of ${size} can be held among ${n}`);
  order.sort((a, b) => (fitness[a]! < fitness[b]! ? 1 : fitness[a]! > fitness[b]! ? -1 : 0));
  // The chance that the best contestant is beyond rank r, of which differences are chances.
  const beyond = (r: number) => tails[sampling](n, size, r);
  const chances = new Float64Array(n);
  for (let first = 0; first < n; ) {
    let last = first;
    while (last + 1 < n && fitness[order[last + 1]!] === fitness[order[first]!]) last += 1;
    const shared = (beyond(first) - beyond(last + 1)) / (last + 1 - first);
    for (let k = first; k <= last; k++) chances[order[k]!] = shared;
    first = last + 1;
  }
  return chances;
}

/** With replacement: the chance that all contestants are beyond rank r, for r from 0 (1) to n (0). Chances of ranks are its differences. */
export const rankTails = (n: number, size: number): Float64Array =>
  Float64Array.from({ length: n + 1 }, (_, r) => tails['with-replacement'](n, size, r));

const tails = {
  'with-replacement': (n, size, r) => (r >= n ? 0 : exp(size * log(1 - r / n))),
  'without-replacement': (n, size, r) => {
    let chance = 1;
    for (let k = 0; k < size; k++) chance *= Math.max(0, n - r - k) / (n - k);
    return chance;
  },
} as const satisfies Record<Sampling, (n: number, size: number, r: number) => number>;

/** Variance of offspring number over mean, per generation, of S-tournaments on fitness that is not inherited: S^2 / (2 S - 1). */
export const tournamentVariance = (size: number): number => (size * size) / (2 * size - 1);
