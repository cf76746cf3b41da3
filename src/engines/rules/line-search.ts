/**
 * Bounded searches for a step size along d. A loss that is not a number fails every test. Where d is nothing (d.d is 0) every test would hold with equality, since the loss there is L:
 * nothing is evaluated then, as in the code of Vaswani et al., which searches only where the gradient is not 0.
 */
import { along, type Landscape } from './landscape.ts';
import type { Call } from './landscape-ops.ts';

const isNothing = <V>({ dot }: Landscape<V>, d: V): boolean => dot(d, d) === 0;

/** Armijo's test: the loss falls by at least the share c of what the slope promises. */
export function backtrack<V>({ landscape, vectors, scalars, count, L }: Call<V>): number {
  const [slope, start, c, shrink] = scalars as [number, number, number, number];
  if (isNothing(landscape, vectors[0]!)) return start;
  let s = start;
  for (let tried = 0; tried < count; tried++) {
    if (landscape.lossOf(along(landscape, s, vectors[0]!)) <= L + c * s * slope) return s;
    s *= shrink;
  }
  return 0;
}

/** Goldstein's tests: Armijo's, and the loss falls by no more than the share 1 - c, so that the step is not too short either, unless it is the longest allowed. */
export function goldstein<V>({ landscape, vectors, scalars, count, L }: Call<V>): number {
  const [slope, start, c, shrink, grow, most] = scalars as [number, number, number, number, number, number];
  if (isNothing(landscape, vectors[0]!)) return start;
  let s = start;
  for (let tried = 0; tried < count; tried++) {
    const loss = landscape.lossOf(along(landscape, s, vectors[0]!));
    const isShort = loss <= L + c * s * slope;
    if (isShort && (s === most || loss >= L + (1 - c) * s * slope)) return s;
    s = isShort ? Math.min(s * grow, most) : s * shrink;
  }
  return 0;
}

/** The change of the gradient along s d is at most c |d|: its Lipschitz quotient is at most c / s. */
export function lipschitz<V>({ landscape, vectors, scalars, kept, count }: Call<V>): number {
  const [d, g] = vectors as readonly [V, V];
  const change = kept[0]!;
  const [start, c, shrink] = scalars as [number, number, number];
  const length = Math.sqrt(landscape.dot(d, d));
  if (length === 0) return start;
  let s = start;
  for (let tried = 0; tried < count; tried++) {
    landscape.gradientOf(along(landscape, s, d), change);
    landscape.combine(change, 1, change, -1, g);
    if (Math.sqrt(landscape.dot(change, change)) <= c * length) return s;
    s *= shrink;
  }
  return 0;
}
