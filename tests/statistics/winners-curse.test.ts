import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { winnersGap } from '../../src/statistics/winners-curse.ts';

describe('the gap of the best', () => {
  it('is the difference of means over the first k, and none where there are fewer', () => {
    expect(winnersGap([3, 2, 1], [1, 2.5, 4], 1)).toEqual({ k: 1, reported: 3, again: 1, gap: 2 });
    expect(winnersGap([3, 2, 1], [1, 2.5, 4], 2)).toEqual({ k: 2, reported: 2.5, again: 1.75, gap: 0.75 });
    expect(winnersGap([3], [1], 2)).toBeNull();
    expect(() => winnersGap([3], [1], 0)).toThrow(RangeError);
    expect(() => winnersGap([3], [], 1)).toThrow(RangeError);
  });

  it('of everybody is the mean difference, whoever is called the best', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.float({ noNaN: true, min: -9, max: 9 }), fc.float({ noNaN: true, min: -9, max: 9 })),
          { minLength: 1 },
        ),
        (pairs) => {
          const sorted = [...pairs].sort(([a], [b]) => b - a);
          const found = winnersGap(
            sorted.map(([a]) => a),
            sorted.map(([, b]) => b),
            pairs.length,
          )!;
          const expected = pairs.reduce((sum, [a, b]) => sum + a - b, 0) / pairs.length;
          expect(found.gap).toBeCloseTo(expected, 9);
        },
      ),
    );
  });

  it('of values that are noise alone is the expected maximum of normals, and less for more of them', () => {
    // Of 100 standard normals the largest is 2.5076 in expectation (Harter 1961); measured again it is 0.
    const random = stream('winners');
    const gaps = Array.from({ length: 2000 }, () => {
      const values = Array.from({ length: 100 }, () => [random.normal(), random.normal()] as const);
      const sorted = values.sort(([a], [b]) => b - a);
      const [reported, again] = [0, 1].map((i) => sorted.map((pair) => pair[i]!));
      return [1, 10].map((k) => winnersGap(reported!, again!, k)!.gap);
    });
    const [first, tenth] = [0, 1].map((i) => gaps.reduce((sum, each) => sum + each[i]!, 0) / gaps.length);
    // Standard error of a gap of one: sqrt(1 + 0.43^2) / sqrt(2000) = 0.024.
    expect(Math.abs(first! - 2.5076)).toBeLessThan(4 * 0.025);
    expect(tenth!).toBeLessThan(first!);
  });
});
