/**
 * Permutation tests: how many rearrangements that are as likely as the observed one, if nothing matters, give a statistic at least as far out. Exact, by
 * enumeration, where there are few of them; otherwise by draws, with p = (1 + hits) / (1 + draws), which is never 0 (Phipson and Smyth 2010).
 */
import type { Random } from '../random/stream.ts';
import { membersOf } from './lives.ts';
import { finite } from './moments.ts';

/** A p-value from permutations: exact, or drawn and then never 0. */
export interface PermutationTest {
  readonly observed: number;
  /** Two-sided, by the absolute value of the statistic, unless a side was asked for. */
  readonly p: number;
  /** Whether all rearrangements were counted. */
  readonly exact: boolean;
  /** Rearrangements looked at, the observed one among them. */
  readonly arrangements: number;
}

/** Which side counts, and when permutations are drawn in place of enumerated. */
export interface PermutationOptions {
  /** Draws where not exact; default 9,999. */
  readonly draws?: number;
  /** Up to how many rearrangements are enumerated; default 100,000. */
  readonly enumerated?: number;
}

/** Which statistics are as far out as the observed one: by absolute value, or those at least as large. */
export type Side = 'two' | 'greater';

/** Equal but for rounding counts as at least as far. What rounding is depends on the size of the data: an observed 0 may come out as 1e-17. */
const reacher = (observed: number, scale: number, side: Side) => {
  const far = side === 'two' ? Math.abs : (value: number) => value;
  const least = far(observed) - 1e-10 * Math.max(scale, Math.abs(observed));
  return (value: number): boolean => far(value) >= least;
};

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function counted(
  observed: number,
  scale: number,
  values: Iterable<number>,
  side: Side = 'two',
): PermutationTest {
  const reaches = reacher(observed, scale, side);
  let [hits, arrangements] = [0, 0];
  for (const value of values) {
    arrangements += 1;
    if (reaches(value)) hits += 1;
  }
  return { observed, p: hits / arrangements, exact: true, arrangements };
}

function sampled(
  observed: number,
  scale: number,
  draws: number,
  draw: () => number,
  side: Side = 'two',
): PermutationTest {
  const reaches = reacher(observed, scale, side);
  let hits = 1;
  for (let i = 0; i < draws; i++) if (reaches(draw())) hits += 1;
  return { observed, p: hits / (1 + draws), exact: false, arrangements: 1 + draws };
}

/** Mean of `a` minus mean of `b` under all ways to deal the pooled values to the two arms. @throws RangeError for an empty arm or numbers not finite. */
export function permutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  random: Random,
  { draws = 9999, enumerated = 100_000 }: PermutationOptions = {},
): PermutationTest {
  const [first, second] = [finite(a, 'a'), finite(b, 'b')];
  const pooled = Float64Array.of(...first, ...second);
  const [n, m] = [pooled.length, first.length];
  // About the grand mean: what is added and subtracted below is then small.
  const grand = pooled.reduce((sum, value) => sum + value, 0) / n;
  const centred = pooled.map((value) => value - grand);
  const total = centred.reduce((sum, value) => sum + value, 0);
  const difference = (sum: number) => sum / m - (total - sum) / (n - m);
  const observed = difference(centred.subarray(0, m).reduce((sum, value) => sum + value, 0));
  const scale = largest(centred);
  if (binomial(n, m) <= enumerated) return counted(observed, scale, map(chosenSums(centred, m), difference));
  return sampled(observed, scale, draws, () => {
    let sum = 0;
    // The first m of a Fisher-Yates shuffle.
    for (let i = 0; i < m; i++) {
      const j = i + random.below(n - i);
      [centred[i], centred[j]] = [centred[j]!, centred[i]!];
      sum += centred[i]!;
    }
    return difference(sum);
  });
}

/** Mean of paired differences under all changes of their signs. @throws RangeError for none, or numbers not finite. */
export function signFlipTest(
  differences: ArrayLike<number>,
  random: Random,
  { draws = 9999, enumerated = 100_000, side = 'two' }: PermutationOptions & { readonly side?: Side } = {},
): PermutationTest {
  const values = finite(differences, 'differences');
  const n = values.length;
  const mean = (flipped: (i: number) => boolean) =>
    values.reduce((sum, value, i) => sum + (flipped(i) ? -value : value), 0) / n;
  const observed = mean(() => false);
  const scale = largest(values);
  if (2 ** n <= enumerated)
    return counted(
      observed,
      scale,
      map(range(2 ** n), (bits) => mean((i) => ((bits >> i) & 1) === 1)),
      side,
    );
  return sampled(observed, scale, draws, () => mean(() => random.below(2) === 1), side);
}

/** Which statistics count as far out, and the size of the numbers that they are made of, by which those that differ in rounding only are told. */
export interface RelabellingOptions {
  /** Default 'two'. */
  readonly side?: Side;
  /** Default 0: an observed statistic of 0 is then met by exact 0 only. */
  readonly scale?: number;
}

/**
 * Any statistic of relabelled units: `statistic` gets, for each unit, the unit whose label it takes. Labels move within blocks only (strata); without
 * blocks, among all. With whole runs as units this is the test between arms. By draws.
 */
export function relabellingTest(
  units: number,
  statistic: (from: Int32Array) => number,
  random: Random,
  options: RelabellingOptions & { readonly draws?: number; readonly blocks?: readonly unknown[] } = {},
): PermutationTest {
  const { draws = 9999, blocks, side = 'two', scale = 0 } = options;
  if (blocks !== undefined && blocks.length !== units)
    throw new RangeError('blocks must have one label per unit');
  const identity = Int32Array.from({ length: units }, (_, i) => i);
  const members = blocks === undefined ? [[...identity]] : [...membersOf(blocks).values()];
  const draw = () => {
    const from = new Int32Array(units);
    for (const rows of members) {
      const order = random.permutation(rows.length);
      rows.forEach((row, i) => {
        from[row] = rows[order[i]!]!;
      });
    }
    return statistic(from);
  };
  return sampled(statistic(identity), scale, draws, draw, side);
}

/** The same over all n! pairings, for n up to 9. */
export function exactRelabellingTest(
  units: number,
  statistic: (from: Int32Array) => number,
  { side = 'two', scale = 0 }: RelabellingOptions = {},
): PermutationTest {
  if (!(units >= 1 && units <= 9)) throw new RangeError(`${units} units have too many pairings to enumerate`);
  const identity = Int32Array.from({ length: units }, (_, i) => i);
  return counted(statistic(identity), scale, map(permutations(identity), statistic), side);
}

function* map<T>(values: Iterable<T>, f: (value: T) => number): Generator<number> {
  for (const value of values) yield f(value);
}

function* range(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i;
}

/** Sums of all subsets of size m, in lexicographic order of indices. */
function* chosenSums(values: Float64Array, m: number): Generator<number> {
  const n = values.length;
  const chosen = Array.from({ length: m }, (_, i) => i);
  for (;;) {
    yield chosen.reduce((sum, i) => sum + values[i]!, 0);
    let at = m - 1;
    while (at >= 0 && chosen[at] === n - m + at) at -= 1;
    if (at < 0) return;
    chosen[at]! += 1;
    for (let i = at + 1; i < m; i++) chosen[i] = chosen[i - 1]! + 1;
  }
}

/** All orders, by Heap's method (1963). */
function* permutations(items: Int32Array): Generator<Int32Array> {
  const order = items.slice();
  const turns = new Int32Array(order.length);
  yield order;
  for (let i = 1; i < order.length; ) {
    if (turns[i]! < i) {
      const j = i % 2 === 0 ? 0 : turns[i]!;
      [order[i], order[j]] = [order[j]!, order[i]!];
      yield order;
      turns[i]! += 1;
      i = 1;
    } else {
      turns[i] = 0;
      i += 1;
    }
  }
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * (n - i + 1)) / i;
  return Math.round(value);
}
