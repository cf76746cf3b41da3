import { describe, expect, it } from 'vitest';
import {
  inclusionProbabilities,
  stratifiedDifference,
  stratifiedMean,
  stratifiedTotal,
} from '../../src/statistics/stratified-sample.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose } from '../support/close.ts';

/** All subsets of this size. */
function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

describe('a stratified random sample', () => {
  const { y, stratum, sizes, kind, ...expected } = oracle.stratified;
  const sample = { sizes, strata: stratum };
  const everyone = y.map(() => true);

  it('has the means and errors that R gets from joint inclusion probabilities', () => {
    const total = stratifiedTotal(y, sample);
    expectAllClose([total.estimate, total.se], [expected.total, expected.totalSe], 1e-13);
    const mean = stratifiedMean(y, sample, everyone)!;
    expectAllClose([mean.estimate, mean.se], [expected.mean, expected.meanSe], 1e-13);
    const part = stratifiedMean(y, sample, kind)!;
    expectAllClose([part.estimate, part.se, part.n], [expected.kindMean, expected.kindMeanSe, 5], 1e-13);
    const shift = stratifiedDifference(y, sample, [kind, everyone])!;
    expectAllClose([shift.estimate, shift.se], [expected.shift, expected.shiftSe], 1e-13);
  });

  it('hits the total, and its own variance, on average over all samples that there are', () => {
    const population = [
      [3, -1, 4, 1.5, 9],
      [0.5, 2, 2, 7],
    ];
    let [count, total, square, variance] = [0, 0, 0, 0];
    for (const first of subsets(population[0]!, 3))
      for (const second of subsets(population[1]!, 2)) {
        const found = stratifiedTotal([...first, ...second], { sizes: [5, 4], strata: [0, 0, 0, 1, 1] });
        count += 1;
        total += found.estimate;
        square += found.estimate ** 2;
        variance += found.se ** 2;
      }
    expect(count).toBe(60);
    expect(total / count).toBeCloseTo(28, 11);
    expect(variance / count).toBeCloseTo(square / count - (total / count) ** 2, 9);
  });

  it('of everybody has no error', () => {
    const whole = { sizes: [3, 4, 2], strata: stratum };
    expect(inclusionProbabilities(whole)).toEqual(y.map(() => 1));
    const plain = (part: readonly boolean[]) => {
      const inside = y.filter((_, i) => part[i]);
      return inside.reduce((sum, value) => sum + value, 0) / inside.length;
    };
    expect(stratifiedMean(y, whole, kind)).toEqual({
      n: 5,
      estimate: expect.closeTo(plain(kind), 12),
      se: 0,
    });
    expect(stratifiedDifference(y, whole, [kind, everyone])).toEqual({
      ...{ n: 9, estimate: expect.closeTo(plain(kind) - plain(everyone), 12), se: 0 },
    });
  });

  it('leaves out who has no value, as if they were of no part', () => {
    const some = y.map((value, i) => (i % 4 === 1 ? null : value));
    const there = some.map((value) => value !== null);
    expect(stratifiedMean(some, sample, everyone)).toEqual(stratifiedMean(y, sample, there));
    expect(stratifiedTotal(some, sample)).toEqual(
      stratifiedTotal(
        some.map((value) => value ?? 0),
        sample,
      ),
    );
    const nobody = y.map(() => false);
    expect(stratifiedMean(y, sample, nobody)).toBe(null);
    expect(stratifiedDifference(y, sample, [everyone, nobody])).toBe(null);
  });

  it('of equal values is that value, and its part no different', () => {
    const equal = y.map(() => 0.3);
    expect(stratifiedMean(equal, sample, everyone)).toMatchObject({ estimate: 0.3, se: 0 });
    expect(stratifiedDifference(equal, sample, [kind, everyone])).toMatchObject({ estimate: 0, se: 0 });
  });

  it('is refused where it is none', () => {
    expect(() => inclusionProbabilities({ sizes: [3], strata: [] })).toThrow(/nobody/);
    expect(() => inclusionProbabilities({ sizes: [3], strata: [0, 1] })).toThrow(/no stratum 1/);
    expect(() => inclusionProbabilities({ sizes: [1], strata: [0, 0] })).toThrow(/2 of 1/);
    expect(() => inclusionProbabilities({ sizes: [3, 2], strata: [0, 0, 1] })).toThrow(/1 of 2 say nothing/);
    expect(() => inclusionProbabilities({ sizes: [3, 2], strata: [0, 0] })).toThrow(/0 of 2 say nothing/);
    expect(inclusionProbabilities({ sizes: [3, 0, 1], strata: [0, 2, 0] })).toEqual([2 / 3, 1, 2 / 3]);
    const two = { sizes: [2], strata: [0, 0] };
    expect(() => stratifiedTotal([1], two)).toThrow(/a value/);
    expect(() => stratifiedTotal([1, Number.NaN], two)).toThrow(/finite/);
    expect(() => stratifiedMean([1, 2], two, [true])).toThrow(/in the part/);
  });
});
