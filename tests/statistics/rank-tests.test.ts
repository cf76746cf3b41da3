import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { averageRanks, correlation, rankCorrelation } from '../../src/statistics/correlation.ts';
import { bootstrapCorrelation, correlationInterval } from '../../src/statistics/correlation-interval.ts';
import { friedmanTest } from '../../src/statistics/friedman.ts';
import { kendallTau } from '../../src/statistics/kendall.ts';
import { hodgesLehmann, signedRankTest } from '../../src/statistics/wilcoxon.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose, expectDigits } from '../support/close.ts';

const integers = (length: number, most = 6) =>
  fc.array(fc.integer({ min: -most, max: most }), { minLength: length, maxLength: length });

describe('correlations of ranks', () => {
  it.each(oracle.correlations)('are R’s, and so are their limits', ({ x, y, ...expected }) => {
    expectClose(correlation(x, y), expected.pearson, 1e-13);
    expectClose(rankCorrelation(x, y), expected.spearman, 1e-13);
    expectClose(kendallTau(x, y), expected.kendall, 1e-13);
    for (const [method, limits] of [
      ['pearson', expected.pearsonLimits],
      ['spearman', expected.bonettWright],
      ['spearman-fieller', expected.fieller],
      ['spearman-fisher', expected.fisher],
      ['kendall', expected.kendallLimits],
    ] as const) {
      const { lower, upper } = correlationInterval(method, x, y);
      expectAllClose([lower, upper], limits, 1e-12, method);
    }
    const { lower, upper } = correlationInterval('pearson', x, y, 0.8);
    expectAllClose([lower, upper], expected.pearson80, 1e-12);
  });

  it('of Kendall depend on order alone, and turn with either side', () => {
    fc.assert(
      fc.property(integers(7), integers(7), (x, y) => {
        const tau = kendallTau(x, y);
        const cubes = y.map((each) => each ** 3);
        const turned = x.map((each) => -each);
        expectClose(kendallTau(y, x), tau, 1e-12);
        expectClose(kendallTau(x, cubes), tau, 1e-12);
        expectClose(kendallTau(turned, y), tau === null ? null : -tau, 1e-12);
        if (tau !== null) expect(kendallTau(x, x)).toBe(1);
      }),
    );
  });

  it('have no limits where there is no number for them', () => {
    expect(correlationInterval('spearman', [], [])).toEqual({ n: 0, r: null, lower: null, upper: null });
    for (const method of ['pearson', 'spearman', 'kendall'] as const) {
      const flat = [3, 3, 3, 3, 3, 3];
      const other = [1, 2, 3, 4, 5, 7];
      for (const [x, y] of [
        [flat, other],
        [other, flat],
      ] as const)
        expect(correlationInterval(method, x, y)).toEqual({ n: 6, r: null, lower: null, upper: null });
    }
    expect(correlationInterval('spearman', [1, 2, 3], [1, 3, 2])).toMatchObject({ r: 0.5, lower: null });
    expect(correlationInterval('kendall', [1, 2, 3, 4], [1, 3, 2, 4]).lower).toBe(null);
    expect(correlationInterval('kendall', [1, 2, 3, 4, 5], [1, 3, 2, 4, 5]).lower).not.toBe(null);
    expect(correlationInterval('spearman', [1, 2, 3, 4, 5], [2, 4, 6, 8, 9])).toMatchObject({
      r: 1,
      upper: null,
    });
    expect(() => averageRanks([2, Number.NaN])).toThrow(/value 1/);
    expect([...averageRanks([Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY])]).toEqual([2.5, 1, 2.5]);
    for (const of of [correlation, rankCorrelation, kendallTau]) {
      expect(() => of([1], [1, 2])).toThrow(/one length/);
      expect(() => of([1, Number.NaN], [1, 2])).toThrow(/finite/);
      expect(() => of([1, 2], [Number.POSITIVE_INFINITY, 2])).toThrow(/finite/);
    }
  });

  it('resampled have limits about the estimate, near those of Fisher for many pairs', () => {
    const random = stream('pairs');
    const x = Array.from({ length: 200 }, () => random.normal());
    const y = x.map((each) => each + random.normal());
    const found = bootstrapCorrelation('pearson', x, y, stream('boot'));
    const fisher = correlationInterval('pearson', x, y);
    expect(found.r).toBe(fisher.r);
    expect(Math.abs(found.lower! - fisher.lower!)).toBeLessThan(0.03);
    expect(Math.abs(found.upper! - fisher.upper!)).toBeLessThan(0.03);
    // Resampling rows by the general bootstrap is the same thing.
    const rows = x.map((_, i) => i);
    const pick = (of: readonly number[], by: readonly number[]) => by.map((i) => of[i]!);
    const [few, draws] = [rows.slice(0, 12), 499];
    const general = bootstrapInterval(
      [few],
      ([drawn]) => correlation(pick(x, drawn!), pick(y, drawn!))!,
      stream('rows'),
      { draws },
    );
    const own = bootstrapCorrelation('pearson', pick(x, few), pick(y, few), stream('rows'), { draws });
    expectAllClose([own.r, own.lower, own.upper], [general.estimate, general.lower, general.upper], 1e-12);
  });

  it('resampled leave out draws without variation, and say nothing where one pair decides whether there is any', () => {
    const found = bootstrapCorrelation('kendall', [1, 2, 3], [1, 3, 2], stream('few'), { draws: 500 });
    // Of 27 draws 3 are of one pair.
    expect(found.undefinedDraws).toBeGreaterThan(20);
    expect(found.undefinedDraws).toBeLessThan(100);
    expect(found.lower!).toBeLessThanOrEqual(found.upper!);
    expect(bootstrapCorrelation('spearman', [1, 1, 2], [1, 2, 3], stream('one'))).toMatchObject({
      ...{ lower: null, upper: null, draws: 0 },
    });
  });
});

describe("Friedman's test", () => {
  it.each(oracle.friedman)('is R’s', ({ values, ...expected }) => {
    const found = friedmanTest(values);
    expectAllClose(found.meanRanks, expected.meanRanks, 1e-13);
    expectClose(found.chiSquare, expected.chiSquare, 1e-12);
    expect(found.df).toBe(expected.df);
    expectDigits(found.p!, expected.p, 1e-11);
  });

  it('has a concordance of 1 where all blocks rank alike, and no statistic where nothing ranks', () => {
    const alike = [
      [1, 2, 3],
      [-5, 0, 90],
    ];
    expect(friedmanTest(alike)).toMatchObject({ concordance: 1, chiSquare: 4, meanRanks: [1, 2, 3] });
    expect(friedmanTest([[2, 2, 2]])).toMatchObject({
      ...{ chiSquare: null, p: null, concordance: null, meanRanks: [2, 2, 2] },
    });
    expect(friedmanTest([[2, 3]])).toMatchObject({ blocks: 1, chiSquare: 1 });
  });

  it('refuses what is no table of treatments', () => {
    expect(() => friedmanTest([])).toThrow(RangeError);
    expect(() => friedmanTest([[1]])).toThrow(/two treatments/);
    expect(() => friedmanTest([[1, 2], [1]])).toThrow(/all treatments/);
    expect(() => friedmanTest([[1, Number.NaN]])).toThrow(/finite/);
  });
});

describe('signed ranks', () => {
  it.each(oracle.wilcoxon)(
    'have R’s tests and limits: $v',
    ({ differences, v, exact, normalP, ...expected }) => {
      const found = signedRankTest(differences);
      expect(found.v).toBe(v);
      expectDigits(found.exactP!, exact[0]!, 1e-11);
      expectDigits(found.exactGreaterP!, exact[1]!, 1e-11);
      expectDigits(found.normalP!, normalP, 1e-11);
      if (expected.hodgesLehmann === null) return;
      const { estimate, lower, upper } = hodgesLehmann(differences, expected.level);
      expectAllClose([estimate, lower, upper], expected.hodgesLehmann, 1e-12);
    },
  );

  it('say how often limits hold', () => {
    // Of four values the widest limits hold in 14 of 16 cases.
    expect(hodgesLehmann([0.5, -1.25, 3, 4]).coverage).toBe(14 / 16);
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 60 }), (n) => {
        const { coverage, lower, estimate, upper } = hodgesLehmann(
          Array.from({ length: n }, (_, i) => i * i),
        );
        expect(coverage).toBeGreaterThanOrEqual(0.95);
        expect(coverage).toBeLessThan(0.97);
        expect(lower).toBeLessThan(estimate);
        expect(upper).toBeGreaterThan(estimate);
      }),
    );
  });

  it('beyond what is counted agree with the count at its end', () => {
    const values = (n: number) => Array.from({ length: n }, (_, i) => ((i * 37) % n) - n / 2.3);
    const [below, above] = [hodgesLehmann(values(200)), hodgesLehmann(values(201))];
    expect(above.upper - above.lower).toBeCloseTo(below.upper - below.lower, 0);
    expect(above).toMatchObject({ coverage: 0.95 });
    // R: qsignrank(0.025, n), the rank of the lower limit among means of pairs, is 8445 for n of 200 and 8533 for 201.
    for (const [n, rank, off] of [
      [200, 8445, 0],
      [201, 8533, 1],
    ] as const) {
      const distinct = Array.from({ length: n }, (_, i) => i + Math.sqrt(2 * i) / 500);
      const means = distinct.flatMap((a, i) => distinct.slice(0, i + 1).map((b) => (a + b) / 2));
      const { lower } = hodgesLehmann(distinct);
      const found = means.filter((each) => each <= lower + 1e-12).length;
      expect(Math.abs(found - rank)).toBeLessThanOrEqual(off);
    }
    const tested = signedRankTest(values(200));
    expect(Math.abs(tested.exactP! - tested.normalP!)).toBeLessThan(1e-3);
    expect(signedRankTest(values(201))).toMatchObject({ exactP: null, exactGreaterP: null });
  });

  it('move with their values, and turn with their sign', () => {
    fc.assert(
      fc.property(integers(6), fc.integer({ min: -5, max: 5 }), (values, by) => {
        const found = hodgesLehmann(values);
        const moved = hodgesLehmann(values.map((each) => each + by));
        expect([moved.lower, moved.estimate, moved.upper]).toEqual(
          [found.lower, found.estimate, found.upper].map((each) => each + by),
        );
        const turned = signedRankTest(values.map((each) => -each));
        expectClose(turned.exactP, signedRankTest(values).exactP, 1e-12);
      }),
    );
  });

  it('of nothing but zeros show nothing, and of one value no more than its sign', () => {
    expect(signedRankTest([0, 0])).toEqual({
      n: 0,
      zeros: 2,
      v: 0,
      exactP: 1,
      exactGreaterP: 1,
      normalP: null,
    });
    expect(signedRankTest([3])).toMatchObject({ exactP: 1, exactGreaterP: 0.5 });
    expect(hodgesLehmann([3])).toEqual({ n: 1, estimate: 3, lower: 3, upper: 3, coverage: 0 });
    expect(signedRankTest([0, 2, -1, 0, 3])).toMatchObject({ n: 3, zeros: 2, v: 5 });
    for (const of of [signedRankTest, hodgesLehmann]) {
      expect(() => of([])).toThrow(RangeError);
      expect(() => of([1, Number.NaN])).toThrow(/finite/);
    }
  });
});
