import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { compareRuns, planFor } from '../../src/statistics/run-comparison.ts';
import { expectClose } from '../support/close.ts';

const values = (numbers: readonly number[]) => numbers.map((value) => ({ value }));
const arm = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 6 });
const random = () => stream('compare');

describe('a comparison over runs', () => {
  it('counts all arrangements: by hand', () => {
    const pairs = compareRuns(values([3, 5, 4, 9]), values([1, 2, 3, 5]), {
      isPaired: true,
      random: random(),
    });
    // All four differences have one sign: 2 of 16.
    expect(pairs.permutation).toMatchObject({ p: 2 / 16, exact: true, arrangements: 16, observed: 2.5 });
    expect(pairs.difference.estimate).toBe(2.5);
    const apart = compareRuns(values([5, 6, 7]), values([1, 2, 3]), { isPaired: false, random: random() });
    // The most extreme of 20 ways, and its mirror.
    expect(apart.permutation).toMatchObject({ p: 2 / 20, exact: true, arrangements: 20, observed: 4 });
    expect(apart.means[0]).toMatchObject({ n: 3, mean: 6 });
  });

  it('mirrors with the arms, and does not depend on the order of runs or pairs', () => {
    fc.assert(
      fc.property(arm, arm, fc.boolean(), (a, b, wantsPairs) => {
        const n = Math.min(a.length, b.length);
        const [x, y] = wantsPairs ? [a.slice(0, n), b.slice(0, n)] : [a, b];
        const of = (first: readonly number[], second: readonly number[]) =>
          compareRuns(values(first), values(second), { isPaired: wantsPairs, random: random() });
        const [one, mirrored, turned] = [of(x, y), of(y, x), of([...x].reverse(), [...y].reverse())];
        for (const [other, sign] of [
          [mirrored, -1],
          [turned, 1],
        ] as const) {
          expectClose(other.permutation.p, one.permutation.p, 1e-12);
          expectClose(other.difference.estimate, sign * one.difference.estimate, 1e-12);
          expectClose(other.student.p, one.student.p, 1e-9);
          expectClose(other.effect?.g, one.effect === null ? null : sign * one.effect.g, 1e-12);
        }
        expect(one.permutation.p).toBeGreaterThan(0);
        expect(one.difference.lower).toBeLessThanOrEqual(one.difference.upper);
      }),
      { numRuns: 12 },
    );
  });

  it("has Student's limits, which are the differences at the edge of the test", () => {
    fc.assert(
      fc.property(arm, arm, fc.boolean(), (a, b, wantsPairs) => {
        const n = Math.min(a.length, b.length);
        const [x, y] = wantsPairs ? [a.slice(0, n), b.slice(0, n)] : [a, b];
        const of = (shift: number) =>
          compareRuns(values(x.map((value) => value - shift)), values(y), {
            isPaired: wantsPairs,
            random: random(),
          }).student;
        const { lower, upper, p } = of(0);
        if (p === null) expect([lower, upper]).toEqual([null, null]);
        else for (const limit of [lower!, upper!]) expectClose(of(limit).p, 0.05, 1e-9);
      }),
      { numRuns: 12 },
    );
  });

  it('has as BCa limits of two pairs just the two differences, which t does not', () => {
    const { difference, student } = compareRuns(values([3, 8]), values([1, 1]), {
      isPaired: true,
      random: random(),
    });
    expect(difference).toMatchObject({ estimate: 4.5, lower: 2, upper: 7 });
    // t of one degree of freedom at 0.975 is tan(0.475 pi); the error of the mean is half the range.
    expectClose(student.upper, 4.5 + 2.5 * Math.tan(0.475 * Math.PI), 1e-9);
    expectClose(student.lower, 4.5 - 2.5 * Math.tan(0.475 * Math.PI), 1e-9);
  });

  it('pools by the errors of runs where they have some', () => {
    const sure = (numbers: readonly number[]) => numbers.map((value) => ({ value, se: 0.5 }));
    const { pooled } = compareRuns(sure([3, 5, 4]), sure([1, 2, 3]), { isPaired: true, random: random() });
    // Equal errors: the plain means.
    expectClose(pooled!.arms[0]!.mean, 4, 1e-12);
    expectClose(pooled!.difference!.mean, 2, 1e-12);
    expect(compareRuns(values([1, 2]), values([1, 3]), { isPaired: false, random: random() }).pooled).toBe(
      null,
    );
    const none = compareRuns([{ value: 1, se: 0 }, { value: 2 }], values([1, 3]), {
      isPaired: false,
      random: random(),
    });
    expect(none.pooled).toEqual({ arms: [null, null], difference: null });
  });

  it('has values where nothing varies, and refuses a single run', () => {
    const same = compareRuns(values([1, 1]), values([1, 1]), { isPaired: false, random: random() });
    expect(same).toMatchObject({ effect: null, student: { p: null }, permutation: { p: 1 } });
    expect(same.difference).toMatchObject({ estimate: 0, lower: 0, upper: 0 });
    expect(compareRuns(values([1, 2]), values([0, 5]), { isPaired: true, random: random() }).effect).toBe(
      null,
    );
    expect(() => compareRuns(values([1]), values([1, 2]), { isPaired: false, random: random() })).toThrow(
      /two/,
    );
    expect(() =>
      compareRuns(values([1, 2]), values([1, 2, 3]), { isPaired: true, random: random() }),
    ).toThrow(/partner/);
  });

  it('plans the next one', () => {
    // Two groups of 17 have a power of 80 % for one standard deviation.
    const effect = { g: 1, se: 0.3, lower: 0.4, upper: 1.6 };
    const plan = planFor({ isPaired: false, runs: [17, 17], effect }, stream('plan'), 1000);
    expect(Math.abs(plan.power[2]!.power.power - 0.8)).toBeLessThan(0.05);
    expect(Math.abs(plan.runsNeeded! - 17)).toBeLessThanOrEqual(3);
    expect(planFor({ isPaired: true, runs: [4, 4], effect: null }, stream('plan'), 50).runsNeeded).toBe(null);
  });
});

describe('differences that are rounding only', () => {
  it('are 0, as are limits of resamples that come to the same', () => {
    const a = values([0.1, 0.2, 0.3]);
    const b = values([0.3, 0.1, 0.2]);
    const { difference } = compareRuns(a, b, { isPaired: true, random: random() });
    expect(difference.estimate).toBe(0);
    for (const limit of [difference.lower, difference.upper])
      expect(limit === 0 || Math.abs(limit) > 1e-3, `${limit}`).toBe(true);
  });
});
