import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { meanOverRuns } from '../../src/statistics/mean-over-runs.ts';
import { mean } from '../../src/statistics/moments.ts';
import { panelMeans, panelRegret, tuningFreeRank } from '../../src/statistics/panel.ts';

const score = fc.double({ min: 0, max: 6, noNaN: true });
const scores = fc.array(score, { minLength: 3, maxLength: 3 });
const rules = fc.array(fc.record({ default: scores, tuned: scores }), { minLength: 1, maxLength: 6 });

describe('regret against a panel', () => {
  it('is (l - l_best) / (l_ref - l_best) on log10 losses', () => {
    // Losses 0.1 (best), 0.4 and 0.2 (the rule as it is and tuned), untrained 0.7.
    const decades = (loss: number) => Math.log10(0.7 / loss);
    const l = Math.log10;
    const { best, ...found } = panelRegret(
      [
        { default: [decades(0.4)], tuned: [decades(0.2)] },
        { default: [decades(0.5)], tuned: [decades(0.1)] },
      ],
      0,
      1,
    );
    expect(best).toBeCloseTo(decades(0.1), 12);
    expect(found.default).toBeCloseTo((l(0.4) - l(0.1)) / (l(0.7) - l(0.1)), 12);
    expect(found.tuned).toBeCloseTo((l(0.2) - l(0.1)) / (l(0.7) - l(0.1)), 12);
    expect(found.rateShare).toBeCloseTo(1 - (l(0.2) - l(0.1)) / (l(0.4) - l(0.1)), 12);
    expect(found.rank).toBe(1);
  });

  it('is between 0 and 1, or not defined, and larger as it is than tuned wherever tuning made the score better', () => {
    fc.assert(
      fc.property(rules, fc.nat(), fc.nat(), (panel, i, k) => {
        const [rule, best] = [i % panel.length, k % panel.length];
        const found = panelRegret(panel, rule, best);
        const isDefined = mean(panel[best]!.tuned) > 0;
        expect([found.default !== null, found.tuned !== null]).toEqual([isDefined, isDefined]);
        if (found.default === null || found.tuned === null) return;
        for (const each of [found.default, found.tuned]) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(1);
        }
        const own = panel[rule]!;
        if (mean(own.tuned) >= mean(own.default)) expect(found.default).toBeGreaterThanOrEqual(found.tuned);
        expect(found.rank).toBeGreaterThanOrEqual(1);
        expect(found.rank).toBeLessThanOrEqual(panel.length);
      }),
    );
  });

  it('of a panel of one rule is 0 when tuned, and 0 altogether where tuning changed nothing', () => {
    fc.assert(
      fc.property(scores, scores, (own, tuned) => {
        const found = panelRegret([{ default: own, tuned }], 0, 0);
        expect(found.tuned).toBe(mean(tuned) > 0 ? 0 : null);
        expect(found.rank).toBe(1);
        expect(panelRegret([{ default: tuned, tuned }], 0, 0).default).toBe(found.tuned);
      }),
    );
  });

  it('does not change when all decades are counted in another unit', () => {
    fc.assert(
      fc.property(rules, fc.double({ min: 0.1, max: 10, noNaN: true }), (panel, unit) => {
        const scaled = panel.map((each) => ({
          default: each.default.map((value) => value * unit),
          tuned: each.tuned.map((value) => value * unit),
        }));
        const [one, other] = [
          panelRegret(panel, 0, panel.length - 1),
          panelRegret(scaled, 0, panel.length - 1),
        ];
        if (one.default === null || other.default === null) return;
        expect(other.default).toBeCloseTo(one.default, 9);
      }),
    );
  });

  it('ranks by intervals that do not overlap; one seed has points', () => {
    // R 4.2.2: t.test(c(1, 1.1, 1.2))$conf.int is 0.8516 to 1.3484; of c(1.3, 1.4, 1.5) 1.1516 to 1.6484; of c(2, 2.1, 2.2) 1.8516 to 2.3484.
    const panel = [
      [1, 1.1, 1.2],
      [1.3, 1.4, 1.5],
      [2, 2.1, 2.2],
    ];
    expect(panel.map((_, i) => tuningFreeRank(panel, i))).toEqual([2, 2, 1]);
    expect([0, 1, 2].map((i) => tuningFreeRank([[1], [3], [2]], i))).toEqual([3, 1, 2]);
    expect(tuningFreeRank([[1], [1]], 0)).toBe(1);
  });

  it('refuses a rule that is not there, and one without scores', () => {
    const one = { default: [1], tuned: [1] };
    expect(() => panelRegret([one], 1, 0)).toThrow(RangeError);
    expect(() => panelRegret([one, { default: [], tuned: [1] }], 0, 0)).toThrow(RangeError);
  });
});

describe('means over a population', () => {
  const cell = { best: 1, rateShare: null, rank: 1, rate: 0 };
  it('are of cells that have a regret, and say how many have none', () => {
    const means = panelMeans([
      { ...cell, default: 0.8, tuned: 0.2, rank: 3, rate: 2 },
      { ...cell, default: 0.4, tuned: 0.4, rank: 2, rate: 1 },
      { ...cell, default: null, tuned: null, rank: 1, rate: 6 },
    ]);
    const { 'rate share': share, 'regret default': atDefault, 'regret from rate': fromRate, ...rest } = means;
    expect(share).toBeCloseTo(1 - 0.3 / 0.6, 12);
    expect(atDefault).toBeCloseTo(0.6, 12);
    expect(fromRate).toBeCloseTo(0.3, 12);
    expect(rest).toEqual({
      ...{ cells: 3, undefined: 1, 'regret tuned': expect.closeTo(0.3, 12), 'rate displacement': 0.75 },
      ...{ 'tuning-free rank': 2.5, tfr2: 0.5 },
    });
  });

  it('are not defined where no cell has a regret; no regret has no share', () => {
    const none = panelMeans([{ ...cell, default: null, tuned: null }]);
    expect(none).toMatchObject({ cells: 1, undefined: 1, 'regret default': null, tfr2: null });
    expect(panelMeans([{ ...cell, default: 0, tuned: 0 }])['rate share']).toBeNull();
  });

  it('over runs leave out runs without a number, and have the limits of the bootstrap', () => {
    const known = [0.2, 0.5, 0.4, 0.9];
    const found = meanOverRuns([0.2, null, 0.5, 0.4, 0.9], stream('runs'));
    const limits = bootstrapInterval([known], ([sample]) => mean(sample!), stream('runs'));
    expect(found).toMatchObject({ runs: 4, mean: 0.5, lower: limits.lower, upper: limits.upper });
    // R 4.2.2: sd(c(0.2, 0.5, 0.4, 0.9)).
    expect(found.sd).toBeCloseTo(0.2943920288775949, 12);
    expect(meanOverRuns([null], stream('runs'))).toEqual({
      ...{ runs: 0, mean: null, sd: null, lower: null, upper: null },
    });
    expect(meanOverRuns([1, 1, 1], stream('runs'))).toMatchObject({ mean: 1, sd: 0, lower: null });
  });
});
