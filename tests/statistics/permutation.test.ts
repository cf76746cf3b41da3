/** Permutation tests against naive enumeration, counts of a survival curve, and what neighbours of theirs refuse. */
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { kaplanMeier } from '../../src/statistics/kaplan-meier.ts';
import {
  exactRelabellingTest,
  permutationTest,
  relabellingTest,
  signFlipTest,
} from '../../src/statistics/permutation.ts';
import { priceEquation } from '../../src/statistics/price.ts';
import { quantile } from '../../src/statistics/quantile.ts';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const close = 1e-9;

/** Every subset of the indices below n, as bits. */
const subsets = (n: number) =>
  Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (_, i) => Math.floor(bits / 2 ** i) % 2 === 1),
  );

describe('two arms', () => {
  // Far from 0, so that sums and differences from the grand mean are not alike; with ties.
  const a = [1007, 1003, 1003, 1011];
  const b = [1001, 1003, 1002];

  it('count the deals whose means are at least as far apart', () => {
    const pooled = [...a, ...b];
    const apart = (chosen: readonly boolean[]) =>
      mean(pooled.filter((_, i) => chosen[i])) - mean(pooled.filter((_, i) => !chosen[i]));
    const deals = subsets(7).filter((chosen) => chosen.filter(Boolean).length === 4);
    const observed = mean(a) - mean(b);
    const hits = deals.filter((chosen) => Math.abs(apart(chosen)) >= observed - close).length;
    const found = permutationTest(a, b, stream('deals'));
    expect(found).toMatchObject({ exact: true, arrangements: 35, p: hits / 35 });
    expect(found.observed).toBeCloseTo(observed, 9);
    expect(permutationTest(b, a, stream('deals'))).toMatchObject({
      exact: true,
      arrangements: 35,
      p: hits / 35,
    });
    expect(permutationTest(a, b, stream('deals'), { enumerated: 35 }).exact).toBe(true);
    const drawn = permutationTest(a, b, stream('deals'), { enumerated: 34, draws: 4000 });
    expect(drawn).toMatchObject({ exact: false, arrangements: 4001 });
    expect(drawn.observed).toBeCloseTo(observed, 9);
    expect(Math.abs(drawn.p - hits / 35)).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
  });

  it('have as many deals as there are subsets', () => {
    for (const [n, m, deals] of [
      [1, 1, 2],
      [2, 5, 21],
      [5, 2, 21],
      [6, 6, 924],
      [1, 9, 10],
    ] as const) {
      const values = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i * i);
      expect(permutationTest(values(n, 0), values(m, 2), stream('n'))).toMatchObject({
        exact: true,
        arrangements: deals,
      });
    }
  });

  it('are as far apart as they are where that is nowhere but for rounding', () => {
    const [x, y] = [
      [0.1, 0.2, 0.3],
      [0.3, 0.1, 0.2],
    ];
    expect(permutationTest(x!, y!, stream('zero')).p).toBe(1);
  });

  it('are named where they are empty or not finite', () => {
    expect(() => permutationTest([], [1], stream('r'))).toThrow(/\ba\b/);
    expect(() => permutationTest([1], [], stream('r'))).toThrow(/\bb\b/);
    expect(() => permutationTest([Number.NaN], [1], stream('r'))).toThrow(/\ba\b/);
    expect(() => signFlipTest([], stream('r'))).toThrow(/differences/);
  });
});

describe('signs', () => {
  const differences = [3, -1, 4, 1, 5];
  it('are all changed, on two sides or one', () => {
    const flips = subsets(5).map((flipped) => mean(differences.map((d, i) => (flipped[i] ? -d : d))));
    const observed = mean(differences);
    const share = (counts: (value: number) => boolean) => flips.filter(counts).length / 32;
    const two = signFlipTest(differences, stream('s'));
    expect(two).toMatchObject({
      exact: true,
      arrangements: 32,
      p: share((value) => Math.abs(value) >= observed - close),
    });
    expect(two.observed).toBeCloseTo(observed, 12);
    const greater = signFlipTest(differences, stream('s'), { side: 'greater' });
    expect(greater.p).toBe(share((value) => value >= observed - close));
    expect(greater.p).toBeLessThan(two.p);
    const negative = differences.map((d) => -d);
    expect(signFlipTest(negative, stream('s'), { side: 'greater' }).p).toBe(
      share((value) => value >= -observed - close),
    );
    expect(signFlipTest(differences, stream('s'), { enumerated: 32 }).exact).toBe(true);
    const drawn = signFlipTest(differences, stream('s'), { enumerated: 31, draws: 4000, side: 'greater' });
    expect(drawn).toMatchObject({ exact: false, arrangements: 4001 });
    expect(Math.abs(drawn.p - greater.p)).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
  });
});

describe('relabelled units', () => {
  const [x, y] = [
    [1, 2, 4, 8],
    [3, 1, 5, 7],
  ];
  const product = (from: Int32Array) => x!.reduce((sum, value, i) => sum + (value - 3.75) * y![from[i]!]!, 0);
  function orders(items: readonly number[]): number[][] {
    if (items.length === 0) return [[]];
    return items.flatMap((first) =>
      orders(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
    );
  }

  it('take every order once', () => {
    const seen: string[] = [];
    const found = exactRelabellingTest(4, (from) => {
      seen.push(from.join());
      return product(from);
    });
    const all = orders([0, 1, 2, 3]);
    const observed = product(Int32Array.of(0, 1, 2, 3));
    const hits = all.filter((order) => Math.abs(product(Int32Array.from(order))) >= observed - close).length;
    expect(found).toEqual({ observed, p: hits / 24, exact: true, arrangements: 24 });
    expect(new Set(seen)).toEqual(new Set(all.map((order) => order.join())));
    expect(seen).toHaveLength(1 + 24);
    const below = (from: Int32Array) => -product(from);
    expect(exactRelabellingTest(4, below, { side: 'greater' }).p).toBeGreaterThan(0.5);
    expect(exactRelabellingTest(4, below).p).toBe(found.p);
    expect(exactRelabellingTest(1, () => 3)).toMatchObject({ p: 1, arrangements: 1 });
    expect(exactRelabellingTest(9, () => 3).arrangements).toBe(362880);
  });

  it('are from one to nine for that', () => {
    for (const units of [0, 10, Number.NaN])
      expect(() => exactRelabellingTest(units, () => 0)).toThrow(`${units} units have too many pairings`);
  });

  it('stay in their block, and each has one', () => {
    const blocks = ['a', 'b', 'a', 'b'];
    relabellingTest(
      4,
      (from) => {
        from.forEach((unit, i) => expect(blocks[unit]).toBe(blocks[i]));
        expect(new Set(from).size).toBe(4);
        return 0;
      },
      stream('blocks'),
      { blocks, draws: 50 },
    );
    for (const wrong of [['a'], [...blocks, 'a']])
      expect(() => relabellingTest(4, () => 0, stream('blocks'), { blocks: wrong })).toThrow(
        'blocks must have one label per unit',
      );
    const two = relabellingTest(4, product, stream('sides'), { draws: 2000 });
    const above = relabellingTest(4, (from) => -product(from), stream('sides'), {
      draws: 2000,
      side: 'greater',
    });
    expect(two).toMatchObject({ exact: false, arrangements: 2001 });
    expect(above.p).toBeGreaterThan(0.5);
    expect(two.p).toBeLessThan(0.5);
  });
});

describe("Price's equation", () => {
  const z = [1, 2, 3];
  const links = { parent: [0, 1, 1, -1], trait: [1.5, 2, 3, 10] };

  it('counts children without a parent apart, with their share', () => {
    const shares = [1, 1, 1, 2];
    const found = priceEquation(z, { ...links, share: shares });
    // Means of parents 2; of five children (1.5 + 2 + 3 + 2 * 10) / 5.
    expect(found).toMatchObject({ parents: 3, children: 5, meanBefore: 2 });
    expect(found.meanAfter).toBeCloseTo(5.3, 12);
    expect(found.unlinked).toBeCloseTo((2 / 5) * (10 - 6.5 / 3), 12);
    expect(found.selection).toBeCloseTo(5 / 3 - 2, 12);
    expect(found.transmission).toBeCloseTo((0.5 + 0 + 1) / 3, 12);
    expect(found.delta).toBeCloseTo(found.selection + found.transmission + found.unlinked, 12);
    expect(found).toMatchObject({ expectedSelection: null, drift: null });
    expect(found.byOperator.size).toBe(0);
  });

  it('says what is wrong with its links and expectations', () => {
    for (const parent of [3, -2, 0.5, Number.NaN])
      expect(() => priceEquation(z, { parent: [0, parent], trait: [1, 1] })).toThrow(
        `link 1 has no parent ${parent}`,
      );
    for (const share of [0, -1, Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => priceEquation(z, { parent: [0], trait: [1], share: [share] })).toThrow(
        'link 0 needs a finite trait and a positive share',
      );
    expect(() => priceEquation(z, { parent: [0], trait: [Number.NaN] })).toThrow(
      'link 0 needs a finite trait',
    );
    for (const expected of [
      [1, 1],
      [1, 1, 1, 1],
      [0, 0, 0],
      [-1, -1, -1],
    ])
      expect(() => priceEquation(z, links, expected)).toThrow(
        'every parent needs an expected number of children, and some must be positive',
      );
    expect(() => priceEquation([Number.NaN], links)).toThrow('traits of parents');
    expect(() => priceEquation(z, links, [Number.NaN, 1, 1])).toThrow('expected numbers of children');
  });
});

it('a survival curve has as many events as its rows', () => {
  const curve = kaplanMeier({ exit: [3, 1, 4, 1, 5, 9, 2, 6], event: [1, 1, 0, 1, 1, 0, 0, 1] });
  expect([curve.n, curve.events]).toEqual([8, 5]);
  expect(curve.rows.reduce((sum, { events }) => sum + events, 0)).toBe(5);
});

it('a quantile is between 0 and 1', () => {
  for (const p of [-0.1, 1.1, Number.NaN])
    expect(() => quantile([1, 2], p)).toThrow(`a quantile of ${p} is none`);
});
