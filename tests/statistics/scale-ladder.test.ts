import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { type LadderStep, scaleLadder } from '../../src/statistics/scale-ladder.ts';

/** A step whose rules have these scores by seed, at their own rates; tuned ones are the same but for the sign. */
const step = (
  size: number,
  scores: readonly (readonly number[])[],
  regret: number | null = null,
): LadderStep => ({
  size,
  rules: scores.map((own) => ({ default: own, tuned: own.map((score) => -score) })),
  regret: { default: regret, tuned: regret === null ? null : regret / 2 },
});

/** Pairs of rules that two lists order alike, less those that they order the other way, over those that neither leaves alike. */
function naiveTau(x: readonly number[], y: readonly number[]): number {
  let [alike, opposed, tiedX, tiedY] = [0, 0, 0, 0];
  for (const i of x.keys())
    for (const j of x.keys()) {
      if (j >= i) continue;
      if (x[i] === x[j]) tiedX += 1;
      if (y[i] === y[j]) tiedY += 1;
      if (x[i] === x[j] || y[i] === y[j]) continue;
      if (x[i]! > x[j]! === y[i]! > y[j]!) alike += 1;
      else opposed += 1;
    }
  const pairs = (x.length * (x.length - 1)) / 2;
  return (alike - opposed) / Math.sqrt((pairs - tiedX) * (pairs - tiedY));
}

const fixed = (order: readonly number[]) => order.map((score) => [score, score + 0.1, score, score + 0.1]);
const found = (agreements: ReturnType<typeof scaleLadder>['agreements'], a: number, b: number) =>
  agreements.find(({ rungs }) => rungs[0] === a && rungs[1] === b)!;

describe('ranks of rules at several sizes', () => {
  it('that stay the same agree wholly and lose nothing; reversed ones lose all', () => {
    const { agreements } = scaleLadder([
      [step(1, fixed([1, 2, 3, 4])), step(4, fixed([5, 6, 8, 9])), step(16, fixed([4, 3, 2, 1]))],
    ]);
    expect(agreements.map(({ rungs }) => rungs)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
      [2, 2],
    ]);
    expect(found(agreements, 0, 1)).toMatchObject({
      tau: { default: 1, tuned: 1 },
      lost: { default: 0, tuned: 0 },
    });
    expect(found(agreements, 0, 2)).toMatchObject({ tau: { default: -1 }, lost: { default: 2 } });
    expect(found(agreements, 1, 1)).toEqual({
      ...{ rungs: [1, 1], tau: { default: 1, tuned: 1 }, lost: { default: null, tuned: null } },
    });
  });

  it('are compared over disjoint seeds, both ways round, and averaged over ladders', () => {
    const table = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(table, table, table, table, (a, b, c, d) => {
        const { agreements } = scaleLadder([
          [step(1, a), step(2, b)],
          [step(1, c), step(2, d)],
        ]);
        const even = (scores: typeof a) => scores.map((own) => (own[0]! + own[2]!) / 2);
        const odd = (scores: typeof a) => scores.map((own) => own[1]!);
        const both = (x: typeof a, y: typeof a) =>
          (naiveTau(even(x), odd(y)) + naiveTau(odd(x), even(y))) / 2;
        const expected = [both(a, b), both(c, d)].filter(Number.isFinite);
        const mean = expected.length === 0 ? null : expected.reduce((s, t) => s + t, 0) / expected.length;
        const tau = found(agreements, 0, 1).tau.default;
        if (mean === null) expect(tau).toBeNull();
        else expect(tau).toBeCloseTo(mean, 12);
      }),
    );
  });

  it('do not agree by luck that seeds bring to every size', () => {
    const random = stream('ladder');
    const taus = Array.from({ length: 200 }, () => {
      const luck = Array.from({ length: 6 }, () => [random.normal(), random.normal()]);
      return found(scaleLadder([[step(1, luck), step(2, luck)]]).agreements, 0, 1).tau.default!;
    });
    const mean = taus.reduce((sum, tau) => sum + tau, 0) / taus.length;
    // Between independent orders of six the standard deviation is 0.34, and 0.024 of the mean of 200.
    expect(Math.abs(mean)).toBeLessThan(0.1);
  });

  it('of rules that are all alike are not defined, and are in no mean', () => {
    const flat = step(1, fixed([1, 1, 1]));
    const steep = step(1, fixed([1, 2, 3]));
    const alone = scaleLadder([[flat, steep]]).agreements;
    expect(found(alone, 0, 1)).toMatchObject({ tau: { default: null }, lost: { default: null } });
    expect(
      found(
        scaleLadder([
          [flat, steep],
          [steep, steep],
        ]).agreements,
        0,
        1,
      ).tau.default,
    ).toBe(1);
  });
});

describe('the slope of regret', () => {
  it('is that within ladders, for ten times the size', () => {
    const ladder = (height: number, sizes: readonly number[]) =>
      sizes.map((size) => step(size, fixed([1, 2]), height - 0.25 * Math.log10(size)));
    const { slopes } = scaleLadder([ladder(0.9, [1, 10, 1000]), ladder(0.3, [100, 200, 70_000])]);
    expect(slopes.default).toBeCloseTo(-0.25, 12);
    expect(slopes.tuned).toBeCloseTo(-0.125, 12);
  });

  it('leaves out what has no regret, and is null where nothing is left to compare', () => {
    const known = [step(1, fixed([1, 2]), 0.1), step(10, fixed([1, 2]), 0.3), step(100, fixed([1, 2]))];
    expect(scaleLadder([known]).slopes.default).toBeCloseTo(0.2, 12);
    expect(scaleLadder([[step(1, fixed([1, 2]), 0.5), step(10, fixed([1, 2]))]]).slopes.default).toBeNull();
    expect(scaleLadder([[step(1, fixed([1, 2])), step(10, fixed([1, 2]))]]).slopes).toEqual({
      default: null,
      tuned: null,
    });
  });
});

it.each([
  ['no ladders', []],
  ['ladders of unequal length', [[step(1, fixed([1, 2]))], [step(1, fixed([1, 2])), step(2, fixed([1, 2]))]]],
  ['one seed', [[step(1, [[1], [2]])]]],
])('%s are refused', (_what, ladders) => {
  expect(() => scaleLadder(ladders)).toThrow(RangeError);
});
