import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLower } from '../../src/statistics/distributions.ts';
import {
  hajekMean,
  hajekShift,
  horvitzThompsonMean,
  horvitzThompsonTotal,
} from '../../src/statistics/horvitz-thompson.ts';
import { mantelHaenszel, type TwoByTwo } from '../../src/statistics/mantel-haenszel.ts';
import { mcnemarTest } from '../../src/statistics/mcnemar.ts';
import { mean } from '../../src/statistics/moments.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose, expectDigits } from '../support/close.ts';

describe('means from samples', () => {
  const { y, pi, kind, ...expected } = oracle.sample;

  it('of Horvitz and Thompson hit the total and their own variance on average over all samples', () => {
    const [population, chances] = [
      [3, -1, 4, 1.5, 9],
      [0.2, 0.7, 1, 0.5, 0.35],
    ];
    let [total, square, variance] = [0, 0, 0];
    for (let bits = 0; bits < 32; bits++) {
      const taken = [0, 1, 2, 3, 4].filter((i) => (bits >> i) & 1);
      const chance = chances.reduce((p, each, i) => p * ((bits >> i) & 1 ? each : 1 - each), 1);
      if (chance === 0) continue;
      const found = horvitzThompsonTotal(
        taken.map((i) => population[i]!),
        taken.map((i) => chances[i]!),
      );
      total += chance * found.estimate;
      square += chance * found.estimate ** 2;
      variance += chance * found.se ** 2;
    }
    expect(total).toBeCloseTo(16.5, 12);
    expect(variance).toBeCloseTo(square - total * total, 9);
  });

  it('of Horvitz and Thompson are totals, with their error, over the size of the population', () => {
    const total = horvitzThompsonTotal(y, pi);
    expect(horvitzThompsonMean(y, pi, 40)).toEqual({
      n: 7,
      estimate: total.estimate / 40,
      se: total.se / 40,
    });
  });

  it('of Hájek, and the shift of a part, are the definition in R', () => {
    const found = hajekMean(y, pi);
    expectAllClose([found.estimate, found.se], [expected.mean, expected.meanSe], 1e-13);
    const shift = hajekShift(y, pi, kind)!;
    expectAllClose([shift.estimate, shift.se], [expected.shift, expected.shiftSe], 1e-13);
  });

  it('of all births are plain means without error', () => {
    const whole = y.map(() => 1);
    const members = y.filter((_, i) => kind[i]);
    expect(horvitzThompsonMean(y, whole, y.length)).toEqual({
      n: 7,
      estimate: expect.closeTo(mean(y), 12),
      se: 0,
    });
    expect(hajekMean(y, whole)).toEqual({ n: 7, estimate: expect.closeTo(mean(y), 12), se: 0 });
    expect(hajekShift(y, whole, kind)).toEqual({
      ...{ n: 7, estimate: expect.closeTo(mean(members) - mean(y), 12), se: 0 },
    });
  });

  it('of equal values are that value, by the ratio, whoever was sampled', () => {
    const chance = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(chance, { minLength: 1, maxLength: 8 }), (chances) => {
        const found = hajekMean(
          chances.map(() => 0.3),
          chances,
        );
        expect(found).toMatchObject({ estimate: 0.3, se: 0 });
      }),
    );
  });

  it('the shift of all from all is none, and of a kind that nobody sampled is of not defined', () => {
    const all = hajekShift(
      y,
      pi,
      kind.map(() => true),
    );
    expect(all).toMatchObject({ estimate: 0, se: 0 });
    const nobody = kind.map(() => false);
    expect(hajekShift(y, pi, nobody)).toBe(null);
  });

  it('refuse what is no sample', () => {
    for (const estimate of [horvitzThompsonTotal, hajekMean]) {
      expect(() => estimate([], [])).toThrow(RangeError);
      expect(() => estimate([1, Number.NaN], [1, 1])).toThrow(/finite/);
      expect(() => estimate([1, 2], [1])).toThrow(/probability/);
      expect(() => estimate([1], [0])).toThrow(/probability/);
      expect(() => estimate([1], [1.1])).toThrow(/probability/);
      expect(() => estimate([1], [Number.NaN])).toThrow(/probability/);
    }
    expect(() => horvitzThompsonMean([1, 2], [1, 1], 1)).toThrow(/population/);
    expect(() => hajekShift([1, 2], [1, 1], [true])).toThrow(/of the kind/);
  });
});

describe("McNemar's test", () => {
  it.each(oracle.mcnemar)(
    'of $firstOnly and $secondOnly is R’s',
    ({ firstOnly, secondOnly, ...expected }) => {
      const found = mcnemarTest(firstOnly, secondOnly)!;
      // Of 10,010 units logarithms of gamma functions lose three digits.
      expectDigits(found.exactP, expected.exactP, 1e-10);
      expectClose(found.chiSquare, expected.chiSquare, 1e-13);
      expectDigits(found.p, expected.p, 1e-11);
      expectClose(found.correctedChiSquare, expected.correctedChiSquare, 1e-13);
      expectDigits(found.correctedP, expected.correctedP, 1e-11);
      expect(found.share).toBe(firstOnly / (firstOnly + secondOnly));
    },
  );

  it('needs an answer that differs', () => {
    expect(mcnemarTest(0, 0)).toBe(null);
    expect(() => mcnemarTest(1.5, 0)).toThrow(RangeError);
    expect(() => mcnemarTest(-1, 0)).toThrow(RangeError);
    expect(() => mcnemarTest(Number.NaN, 0)).toThrow(RangeError);
  });

  it('counts binomial outcomes as a sum does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 9 }),
        (n, k, tenths) => {
          const p = tenths / 10;
          let [term, sum] = [(1 - p) ** n, 0];
          for (let i = 0; i <= Math.min(k, n); i++) {
            sum += term;
            term *= ((n - i) / (i + 1)) * (p / (1 - p));
          }
          expect(binomialLower(k, n, p)).toBeCloseTo(sum, 11);
        },
      ),
    );
    expect([binomialLower(-1, 3, 0.5), binomialLower(3, 3, 0.5)]).toEqual([0, 1]);
  });
});

describe('the odds ratio of Mantel and Haenszel', () => {
  const cases = oracle.mantelHaenszel.map(({ strata, ...expected }) => ({
    ...{ strata: strata as unknown as readonly TwoByTwo[], expected },
  }));

  it.each(cases)('is R’s, with its limits and tests', ({ strata, expected }) => {
    const found = mantelHaenszel(strata);
    expectClose(found.oddsRatio, expected.oddsRatio, 1e-13);
    expectAllClose([found.lower, found.upper], expected.limits, 1e-12);
    expectClose(found.chiSquare, expected.chiSquare, 1e-12);
    expectDigits(found.p!, expected.p, 1e-11);
    expectClose(found.correctedChiSquare, expected.correctedChiSquare, 1e-12);
    expectDigits(found.correctedP!, expected.correctedP, 1e-11);
  });

  it('of one stratum is its cross product, and turns over with the rows', () => {
    const { oddsRatio, logSe } = mantelHaenszel([
      [
        [3, 5],
        [2, 7],
      ],
    ]);
    expect(oddsRatio).toBeCloseTo(21 / 10, 12);
    // Of one stratum the variance is Woolf's, 1/a + 1/b + 1/c + 1/d.
    expect(logSe! ** 2).toBeCloseTo(1 / 3 + 1 / 5 + 1 / 2 + 1 / 7, 12);
    for (const { strata } of cases) {
      const turned = mantelHaenszel(strata.map(([first, second]) => [second, first]));
      const found = mantelHaenszel(strata);
      expectClose(turned.oddsRatio! * found.oddsRatio!, 1, 1e-12);
      expectClose(turned.chiSquare, found.chiSquare, 1e-12);
    }
  });

  it('is not moved by strata that say nothing', () => {
    const { strata } = cases[0]!;
    const silent: readonly TwoByTwo[] = [
      [
        [0, 0],
        [3, 4],
      ],
      [
        [5, 0],
        [3, 0],
      ],
      [
        [1, 0],
        [0, 0],
      ],
      [
        [1, 2],
        [0, 0],
      ],
      [
        [0, 2],
        [0, 5],
      ],
    ];
    for (const stratum of silent) expect(mantelHaenszel([stratum]).uninformative).toBe(1);
    const { uninformative, strata: _, ...found } = mantelHaenszel([...strata, ...silent]);
    const { uninformative: none, strata: __, ...alone } = mantelHaenszel(strata);
    expect([none, uninformative]).toEqual([0, 5]);
    expect(found).toEqual(alone);
    expect(mantelHaenszel(silent)).toMatchObject({ oddsRatio: null, chiSquare: null, p: null });
  });

  it('has no limits at 0, and no number beyond all', () => {
    const never: TwoByTwo = [
      [0, 4],
      [3, 2],
    ];
    expect(mantelHaenszel([never])).toMatchObject({ oddsRatio: 0, logSe: null, lower: null });
    const always = mantelHaenszel([[never[1], never[0]]]);
    expect(always).toMatchObject({ oddsRatio: null, logSe: null, upper: null });
    expect(always.p).toBeGreaterThan(0);
    expect(() => mantelHaenszel([])).toThrow(RangeError);
    for (const wrong of [0.5, -1, Number.NaN]) {
      const table: TwoByTwo = [
        [1, 2],
        [wrong, 4],
      ];
      expect(() => mantelHaenszel([table])).toThrow(/no count/);
    }
  });
});
