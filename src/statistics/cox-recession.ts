/**
 * Does a Cox likelihood have a maximum? It rises for ever along a direction d where every life that ends has the greatest x'd of all that are at risk with it,
 * and some have less: d is then a direction of recession (Rockafellar 1970; for Cox's model Jacobsen 1989). In the limit those with less weigh nothing, and
 * what is left is the likelihood with strata of equal x'd. The supremum is the maximum of that, whatever the size of the gaps.
 */
import { Matrix, solve } from 'ml-matrix';
import type { CoxLayout } from './partial-likelihood.ts';

/** A life that ends and one at risk with it. */
interface Pair {
  readonly ends: number;
  readonly beside: number;
}

/** The difference of a pair, of unit length, in the sum that projects. */
interface Weighted {
  readonly of: string;
  readonly normal: Float64Array;
  readonly weight: number;
}

/** Relative to the greatest difference, below which values of x'd are equal. */
const tolerance = 1e-9;

/**
 * A direction of recession, of unit length; null where there is none but those that nothing depends on. It is the projection of the score onto the cone of
 * all that do not lower the likelihood, by Lawson and Hanson's active set method (1974), in which the worst of the pairs is looked up and pairs are never listed.
 * `score`: of the layout at any coefficients: a positive combination of all pairs' differences, so that its projection is 0 only where all recession is.
 */
export function recession(layout: CoxLayout, score: ArrayLike<number>): Float64Array | null {
  const { p, x } = layout;
  const difference = ({ ends, beside }: Pair) =>
    Float64Array.from({ length: p }, (_, a) => x[ends * p + a]! - x[beside * p + a]!);
  let direction = Float64Array.from(score);
  const length = norm(direction);
  if (!(length > 0)) return null;
  direction = direction.map((each) => each / length);
  const start = direction;
  let active: Weighted[] = [];
  for (let turn = 0; turn < mostTurns; turn++) {
    if (norm(direction) < 1e-10) return null;
    const worst = worstPair(layout, direction);
    if (worst.excess <= tolerance * worst.range) {
      // Nothing falls along it. Does anything rise?
      const size = norm(direction);
      return worst.rise > tolerance * worst.range ? direction.map((each) => each / size) : null;
    }
    // Where only rounding is left to choose by, pairs come back.
    const pair = `${worst.ends} ${worst.beside}`;
    if (active.some(({ of }) => of === pair)) return null;
    const normal = difference(worst);
    const width = norm(normal);
    active.push({ of: pair, normal: normal.map((each) => each / width), weight: 0 });
    active = settled(active, start);
    direction = start.map((each, a) =>
      active.reduce((sum, { normal, weight }) => sum + weight * normal[a]!, each),
    );
  }
  return null;
}

const mostTurns = 1000;

const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));

/** Weights >= 0 that bring start + sum of weighted normals nearest to 0; those without weight are dropped. */
function settled(active: readonly Weighted[], start: Float64Array): Weighted[] {
  let kept = [...active];
  while (kept.length > 0) {
    const columns = new Matrix(kept.map(({ normal }) => [...normal])).transpose();
    const wished = solve(columns, Matrix.columnVector([...start].map((each) => -each)), true).to1DArray();
    if (wished.every((weight) => weight > 0)) return kept.map((each, k) => ({ ...each, weight: wished[k]! }));
    // As far towards the wish as weights stay positive.
    const step = kept.reduce(
      (least, { weight }, k) =>
        wished[k]! <= 0 ? Math.min(least, weight / (weight - wished[k]!) || 0) : least,
      1,
    );
    kept = kept
      .map((each, k) => ({ ...each, weight: each.weight + step * (wished[k]! - each.weight) }))
      .filter(({ weight }, k) => !(wished[k]! <= 0 && weight <= 1e-12));
  }
  return kept;
}

interface Worst extends Pair {
  /** By how much the greatest x'd at risk exceeds the least of those that end. */
  readonly excess: number;
  /** By how much, at most, one at risk is below one that ends. */
  readonly rise: number;
  /** Greatest less least x'd. */
  readonly range: number;
}

/** Over all ends: the pair that falls most along d. */
function worstPair(layout: CoxLayout, direction: Float64Array): Worst {
  const { entry, exit, event } = layout;
  const value = along(layout, direction);
  let worst: Worst = { ends: -1, beside: -1, excess: 0, rise: 0, range: 0 };
  const range = rangeOf(value);
  for (const { byExit } of layout.strata) {
    const [greatest, least] = [new Extremes(value, entry, 1), new Extremes(value, entry, -1)];
    for (let i = 0; i < byExit.length; ) {
      const time = exit[byExit[i]!]!;
      const first = i;
      for (; i < byExit.length && exit[byExit[i]!] === time; i++) {
        greatest.add(byExit[i]!);
        least.add(byExit[i]!);
      }
      const ends = byExit.subarray(first, i).filter((row) => event[row] === 1);
      if (ends.length === 0) continue;
      const [top, bottom] = [greatest.at(time), least.at(time)];
      for (const row of ends) {
        const excess = value[top]! - value[row]!;
        const rise = Math.max(worst.rise, value[row]! - value[bottom]!);
        worst =
          excess > worst.excess ? { ends: row, beside: top, excess, rise, range } : { ...worst, rise, range };
      }
    }
  }
  return worst;
}

/** x'd of each row. */
function along({ n, p, x }: CoxLayout, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let a = 0; a < p; a++) sum += x[i * p + a]! * direction[a]!;
    return sum;
  });
}

const rangeOf = (values: Float64Array): number =>
  values.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY) -
  values.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);

/** The row of greatest value (sign 1) or least (-1) of those that have joined and not left, times going down: a heap in which who has left is dropped at the top. */
class Extremes {
  readonly #value: Float64Array;
  readonly #entry: Float64Array | null;
  readonly #sign: 1 | -1;
  readonly #heap: number[] = [];

  constructor(value: Float64Array, entry: Float64Array | null, sign: 1 | -1) {
    this.#value = value;
    this.#entry = entry;
    this.#sign = sign;
  }

  #key(at: number): number {
    return this.#sign * this.#value[this.#heap[at]!]!;
  }

  add(row: number): void {
    const heap = this.#heap;
    // Without late entries nobody leaves: one row is enough.
    if (this.#entry === null) {
      if (heap.length === 0 || this.#sign * this.#value[row]! > this.#key(0)) heap[0] = row;
      return;
    }
    let at = heap.push(row) - 1;
    for (let above = (at - 1) >> 1; at > 0 && this.#key(at) > this.#key(above); above = (at - 1) >> 1) {
      this.#swap(at, above);
      at = above;
    }
  }

  /** Somebody is always at risk where something ends. */
  at(time: number): number {
    while (this.#entry !== null && this.#entry[this.#heap[0]!]! >= time) this.#drop();
    return this.#heap[0]!;
  }

  #drop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      let next = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && this.#key(below) > this.#key(next)) next = below;
      if (next === at) return;
      this.#swap(at, next);
      at = next;
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}

/** The layout in the limit along a direction of recession: strata are taken apart by the value of x'd. `basis`: the layout whose columns the direction is in. */
export function limitLayout(layout: CoxLayout, basis: CoxLayout, direction: Float64Array): CoxLayout {
  const value = along(basis, direction);
  const equal = tolerance * rangeOf(value);
  const strata = layout.strata.flatMap(({ byExit, byEntry }) => {
    const class_ = new Map<number, number>();
    const sorted = byExit.toSorted((a, b) => value[a]! - value[b]!);
    let classes = 0;
    sorted.forEach((row, k) => {
      if (k > 0 && value[row]! - value[sorted[k - 1]!]! > equal) classes += 1;
      class_.set(row, classes);
    });
    return Array.from({ length: classes + 1 }, (_, c) => ({
      byExit: byExit.filter((row) => class_.get(row) === c),
      byEntry: byEntry?.filter((row) => class_.get(row) === c) ?? null,
    }));
  });
  return { ...layout, strata };
}
