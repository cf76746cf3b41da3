import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kaplanMeier, kaplanMeierBy } from '../../src/statistics/kaplan-meier.ts';
import {
  longestHorizon,
  restrictedMean,
  restrictedMeanDifference,
} from '../../src/statistics/restricted-mean.ts';
import data from '../fixtures/survival.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

describe('difference of restricted means', () => {
  it('has no test where one of the means has no error', () => {
    const varied = kaplanMeier({ exit: [1, 4, 7, 9], event: [1, 1, 1, 1] });
    const sudden = kaplanMeier({ exit: [2, 2], event: [1, 1] });
    const found = restrictedMeanDifference(varied, sudden, 9);
    expect(found).toMatchObject({ difference: 3.25, lower: null, upper: null, p: null });
    expect(found.se).toBeGreaterThan(0);
  });

  it('has the variance of two independent means', () => {
    const [a, b] = [...kaplanMeierBy(data.aml, data.aml.group).values()] as [never, never];
    const found = restrictedMeanDifference(a, b, 30);
    const [first, second] = data.aml.rmst.filter(({ tau }) => tau === 30);
    expectClose(found.difference, first!.rmst - second!.rmst);
    expectClose(found.se, Math.hypot(first!.se, second!.se));
    expectClose(found.upper! - found.lower!, 2 * 1.959963984540054 * found.se);
    expect(restrictedMeanDifference(b, a, 30).difference).toBe(-found.difference);
  });

  it('has no test where nothing varies', () => {
    const still = kaplanMeier({ exit: [5, 5], event: [0, 0] });
    expect(restrictedMeanDifference(still, still, 5)).toMatchObject({ difference: 0, se: 0, p: null });
  });
});

describe('horizon', () => {
  it('may not pass the last time under observation while some survive', () => {
    const curve = kaplanMeier({ exit: [1, 4], event: [1, 0] });
    expect(longestHorizon(curve)).toBe(4);
    expect(restrictedMean(curve, 4).mean).toBe(1 + 3 / 2);
    expect(() => restrictedMean(curve, 5)).toThrow(/tau = 5 must lie between 0 and .* 4/);
    expect(() => restrictedMean(curve, Number.NaN)).toThrow(RangeError);
    expect(longestHorizon(kaplanMeier({ exit: [1, 4], event: [1, 1] }))).toBe(Number.POSITIVE_INFINITY);
    expect(restrictedMean(kaplanMeier({ exit: [], event: [] }), 0)).toEqual({ tau: 0, mean: 0, se: 0 });
  });

  it('adds the survival beyond when it grows', () => {
    const rows = fc.array(fc.record({ exit: fc.integer({ min: 1, max: 20 }), event: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (each) => {
        const curve = kaplanMeier({ exit: each.map((row) => row.exit), event: each.map((row) => row.event) });
        const last = curve.rows.at(-1)!.time;
        for (let tau = 1; tau <= last; tau++) {
          const survival = curve.rows.findLast((row) => row.time <= tau - 1)?.survival ?? 1;
          expectClose(restrictedMean(curve, tau).mean, restrictedMean(curve, tau - 1).mean + survival, 1e-12);
        }
      }),
    );
  });
});
