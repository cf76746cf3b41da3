import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalescenceSeries, settledFrom } from '../../src/statistics/coalescence.ts';
import { partitionCovariance } from '../../src/statistics/covariance-partition.ts';
import { fixations, settledAges, sweeps } from '../../src/statistics/fixation.ts';
import { covariance } from '../../src/statistics/moments.ts';
import { quantile } from '../../src/statistics/quantile.ts';
import { expectClose } from '../support/close.ts';

const history = fc
  .array(fc.tuple(fc.nat(4), fc.integer({ min: -1, max: 6 })), { minLength: 1, maxLength: 30 })
  .map((rows) => ({
    parent: Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back)),
    death: Int32Array.from(rows, ([, life], i) => (life < 0 ? -1 : i + life)),
  }));

describe('fixation', () => {
  it('is the first birth after which all the living descend from one', () => {
    fc.assert(
      fc.property(history, ({ parent, death }) => {
        const found = fixations(parent, coalescenceSeries(parent, death));
        const descends = (i: number, from: number) => {
          let at = i;
          while (at > from) at = parent[at]!;
          return at === from;
        };
        const expected = [...parent.keys()].flatMap((individual) => {
          for (let at = individual; at < parent.length; at++) {
            const living = [...parent.keys()].filter((i) => i <= at && (death[i]! < 0 || death[i]! > at));
            if (living.length > 0 && living.every((i) => descends(i, individual)))
              return [{ individual, at }];
          }
          return [];
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes as many births as there are, without recursion', () => {
    const n = 1_000_000;
    const parent = Int32Array.from({ length: n }, (_, i) => i - 1);
    const series = coalescenceSeries(
      parent,
      Int32Array.from({ length: n }, (_, i) => i + 1),
    );
    expect(fixations(parent, series)).toHaveLength(n);
  });
});

describe('sweeps', () => {
  const series = {
    ancestor: new Int32Array(8),
    age: Int32Array.of(-1, 0, 7, 3, 2, -1, 1, 9),
    changes: [2, 6],
  };

  it('are stretches younger than a threshold, once there has been an ancestor', () => {
    expect([...settledAges(series)]).toEqual([7, 3, 2, 1, 9]);
    expect(sweeps(series, 4)).toEqual([
      { from: 3, to: 4, leastAge: 2 },
      { from: 6, to: 6, leastAge: 1 },
    ]);
    expect(sweeps(series, 1)).toEqual([]);
    expect(sweeps({ ...series, changes: [] }, 100)).toEqual([]);
    expect(settledAges({ ...series, changes: [] })).toHaveLength(0);
  });

  it('count from the birth at which all founders are told', () => {
    // Founder 0 is alone at birth 0; all descend from 1 from birth 3 on, and from 4 from birth 6 on.
    const alone = {
      ancestor: Int32Array.of(0, -1, -1, 1, 1, 1, 4),
      age: Int32Array.of(0, -1, -1, 2, 3, 4, 2),
      changes: [0, 3, 6],
    };
    expect([...settledAges(settledFrom(alone, 2))]).toEqual([2, 3, 4, 2]);
    expect(settledFrom(alone, 2).changes).toEqual([3, 6]);
    expect(settledFrom(alone, 4).changes).toEqual([4, 6]);
    expect(settledFrom(alone, 9).changes).toEqual([]);
  });
});

describe('quantiles', () => {
  it("are R's of type 7", () => {
    // By hand, at ranks 1, 1.07, 2.75, 4.5, 7.3 and 8 of 1 1 2 3 4 5 6 9.
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    [0, 0.01, 0.25, 0.5, 0.9, 1].forEach((p, i) =>
      expectClose(quantile(values, p), [1, 1, 1.75, 3.5, 6.9, 9][i], 1e-12),
    );
    expect(quantile([], 0.5)).toBe(null);
    expect(() => quantile([1], 2)).toThrow(RangeError);
  });
});

describe('covariance over groups', () => {
  it('is what is between and what is within, whatever the groups are called', () => {
    const rows = fc.array(
      fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), fc.nat(3)),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(rows, (each) => {
        const [a, b, groups] = [each.map(([x]) => x), each.map(([, y]) => y), each.map(([, , g]) => g)];
        const { between, within, byGroup } = partitionCovariance(a, b, groups);
        expectClose(between + within, covariance(a, b), 1e-11);
        expectClose(
          [...byGroup.values()].reduce((sum, part) => sum + part, 0),
          within,
          1e-11,
        );
        const renamed = partitionCovariance(
          b,
          a,
          groups.map((g) => 7 - g),
        );
        expectClose(renamed.between, between, 1e-11);
        expectClose(
          partitionCovariance(
            a,
            b,
            a.map(() => 1),
          ).between,
          0,
          1e-11,
        );
      }),
    );
  });
});
