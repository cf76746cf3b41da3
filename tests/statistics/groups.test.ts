import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z95 } from '../../src/statistics/confidence.ts';
import { establishment } from '../../src/statistics/establishment.ts';
import { cutGroups, quantileCuts, usualRule } from '../../src/statistics/groups.ts';
import { kaplanMeier } from '../../src/statistics/kaplan-meier.ts';

const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });

describe('groups of numbers', () => {
  it('end at the cuts, a number on a cut below it; no number is a group of its own', () => {
    expect(cutGroups([0.2, 0.5, 0.50001, 3, null], { by: 'cuts', cuts: [0.5, 0.25, 0.5] })).toEqual([
      '1: to 0.25',
      '2: 0.25 to 0.5',
      '3: above 0.5',
      '3: above 0.5',
      'undefined',
    ]);
  });

  it('by value are the values', () => {
    expect(cutGroups([3, 1, null], { by: 'value' })).toEqual(['3', '1', 'undefined']);
    expect(usualRule([1, 2, 2, 3])).toEqual({ by: 'value' });
    expect(usualRule(Array(100).keys())).toEqual({ by: 'quantiles', count: 4 });
  });

  it('by quantiles hold what the definition says, and sort as the numbers do', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 6 }), (values, count) => {
        const cuts = quantileCuts(values, count);
        for (const [k, cut] of cuts.entries()) if (k > 0) expect(cut).toBeGreaterThan(cuts[k - 1]!);
        // Each quantile q is the least value with at least q of the values at or below it.
        for (let k = 1; k < count; k++) {
          const least = Math.min(
            ...values.filter((v) => values.filter((w) => w <= v).length >= (k * values.length) / count),
          );
          if (least < Math.max(...values)) expect(cuts).toContain(least);
        }
        const groups = cutGroups(values, { by: 'quantiles', count });
        for (const [i, a] of values.entries())
          for (const [j, b] of values.entries())
            if (a < b)
              expect(groups[i]!.localeCompare(groups[j]!, 'en', { numeric: true })).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('equal numbers stay together', () => {
    expect(cutGroups([1, 1, 1, 1, 2], { by: 'quantiles', count: 4 })).toEqual([
      ...Array(4).fill('1: to 1'),
      '2: above 1',
    ]);
    expect(cutGroups([7, 7], { by: 'quantiles', count: 4 })).toEqual(['all', 'all']);
  });
});

describe('establishment', () => {
  it('is S(h) of Kaplan and Meier where nothing was censored before h', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        fc.nat(30),
        (exit, h) => {
          const event = exit.map((at) => (at > h ? 0 : 1));
          const { share, established, ended, undecided } = establishment(
            { exit, event },
            exit.map(() => 30),
            h,
            z95,
          );
          expect([established + ended, undecided]).toEqual([exit.length, 0]);
          const row = kaplanMeier({ exit, event }).rows.findLast(({ time }) => time <= h);
          expect(share!).toBeCloseTo(row?.survival ?? 1, 12);
        },
      ),
    );
  });

  it('leaves out who began too late, whether they ended or not', () => {
    const lives = { exit: [3, 5, 5, 9, 2], event: [0, 0, 1, 0, 1] };
    expect(establishment(lives, [9, 5, 9, 9, 4], 5, z95)).toMatchObject({
      ...{ established: 2, ended: 1, undecided: 1, tooLate: 1 },
      share: 2 / 3,
    });
    expect(establishment({ exit: [2], event: [0] }, [2], 5, z95)).toMatchObject({ share: null, lower: null });
  });

  // Newcombe 1998, table I: 81 of 263, 0 of 20 and 1 of 29 by the score method without continuity correction.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i has the published limits', (hits, n, lower, upper) => {
    const exit = Array.from({ length: n }, (_, i) => (i < hits ? 9 : 1));
    const found = establishment(
      { exit, event: exit.map(() => 1) },
      exit.map(() => 9),
      5,
      z95,
    );
    expect(found.lower!).toBeCloseTo(lower, 4);
    expect(found.upper!).toBeCloseTo(upper, 4);
  });
});
