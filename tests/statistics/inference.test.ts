import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { bcaLimits, bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { correlation } from '../../src/statistics/correlation.ts';
import { studentQuantile, studentTwoSided } from '../../src/statistics/distributions.ts';
import { hedgesG, hedgesGPaired, smallSampleCorrection } from '../../src/statistics/effect-size.ts';
import { logRank } from '../../src/statistics/log-rank.ts';
import { covariance, mean, pairedTest, variance, welchTest } from '../../src/statistics/moments.ts';
import { benjaminiHochberg, holm } from '../../src/statistics/multiplicity.ts';
import {
  exactRelabellingTest,
  permutationTest,
  relabellingTest,
  signFlipTest,
} from '../../src/statistics/permutation.ts';
import { pooledEffect } from '../../src/statistics/pooling.ts';
import { replicatesNeeded, simulatedPower, wilson } from '../../src/statistics/power.ts';
import oracle from '../fixtures/inference.json' with { type: 'json' };
import data from '../fixtures/survival.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

const { a, b } = oracle.effect;

describe('permutation tests', () => {
  it('count all ways to deal: Fisher 1935 and by hand', () => {
    // Of the C(6, 3) = 20 ways, this one and its mirror are the furthest out.
    expect(permutationTest([4, 5, 6], [1, 2, 3], stream('p'))).toEqual({
      observed: 3,
      p: 2 / 20,
      exact: true,
      arrangements: 20,
    });
    expect(signFlipTest([1, 2, 3], stream('s'))).toEqual({
      observed: 2,
      p: 2 / 8,
      exact: true,
      arrangements: 8,
    });
    // Darwin's Zea mays: Fisher's randomization test counts 863 of 32768 sums at least as great, and as many below.
    const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    expect(signFlipTest(maize, stream('maize'))).toMatchObject({ p: (2 * 863) / 32768, exact: true });
  });

  it('draw where enumeration is long, near the exact p and never 0', () => {
    const draws = 9999;
    const exact = permutationTest(a, b, stream('x'));
    const drawn = permutationTest(a, b, stream('x'), { enumerated: 0, draws });
    expect([exact.exact, drawn.exact]).toEqual([true, false]);
    expect(Math.abs(drawn.p - exact.p)).toBeLessThan(5 * Math.sqrt((exact.p * (1 - exact.p)) / draws));
    const far = Array.from({ length: 40 }, (_, i) => i);
    const never = permutationTest(
      far.map((x) => x + 1000),
      far,
      stream('far'),
      { draws: 99 },
    );
    expect(never.p).toBe(1 / 100);
    expect(
      signFlipTest(
        far.map((x) => x + 1),
        stream('far'),
        { draws: 99 },
      ).p,
    ).toBe(1 / 100);
  });

  it('say 1 where nothing differs, and refuse what cannot be compared', () => {
    expect(permutationTest([2, 2], [2, 2, 2], stream('same')).p).toBe(1);
    expect(permutationTest([2], [3], stream('one')).p).toBe(1);
    expect(() => permutationTest([], [1], stream('none'))).toThrow(RangeError);
    expect(() => signFlipTest([Number.NaN], stream('nan'))).toThrow(RangeError);
  });

  it('are invariant to shift and scale, and mirror with the arms', () => {
    const arm = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(arm, arm, (x, y) => {
        const found = permutationTest(x, y, stream('i'));
        const moved = permutationTest(
          x.map((v) => 0.1 * v + 7),
          y.map((v) => 0.1 * v + 7),
          stream('i'),
        );
        expect(moved.p).toBe(found.p);
        const mirrored = permutationTest(y, x, stream('i'));
        expect(mirrored.p).toBeCloseTo(found.p, 12);
        expectClose(mirrored.observed, -found.observed, 1e-12);
      }),
    );
  });

  it('relabel within blocks only, and enumerate pairings', () => {
    const blocks = ['a', 'b', 'a', 'b', 'b'];
    relabellingTest(
      5,
      (from) => {
        expect([...from].sort()).toEqual([0, 1, 2, 3, 4]);
        from.forEach((source, i) => expect(blocks[source]).toBe(blocks[i]));
        return 0;
      },
      stream('blocks'),
      { draws: 50, blocks },
    );
    const seen = new Set<string>();
    const found = exactRelabellingTest(4, (from) => {
      seen.add(from.join());
      return from.every((source, i) => source === i) ? 1 : 0;
    });
    expect(seen.size).toBe(24);
    expect(found).toEqual({ observed: 1, p: 1 / 24, exact: true, arrangements: 24 });
    expect(() => exactRelabellingTest(12, () => 0)).toThrow(/too many pairings/);
  });

  it('give the log-rank test a p-value near its asymptotic one', () => {
    const { group } = data.aml;
    const z = (labels: readonly string[]) => Math.sqrt(logRank(data.aml, labels).chiSquare!);
    const { p } = relabellingTest(
      group.length,
      (from) => z(Array.from(from, (i) => group[i]!)),
      stream('aml'),
      { draws: 999 },
    );
    expect(Math.abs(p - 0.0653)).toBeLessThan(0.04);
  });
});

describe('multiplicity', () => {
  it('adjusts as R', () => {
    expectAllClose(holm(oracle.adjust.p), oracle.adjust.holm, 1e-14);
    expectAllClose(benjaminiHochberg(oracle.adjust.p), oracle.adjust.bh, 1e-14);
    expect(holm([null, 0.02, 0.03])).toEqual([null, 0.04, 0.04]);
    expect(benjaminiHochberg([])).toEqual([]);
    expect(() => holm([Number.NaN])).toThrow(RangeError);
  });
});

describe('bootstrap', () => {
  it('takes the limits of boot.ci from the same replicates', () => {
    const { replicates, estimate, influence, ci95, ci90 } = oracle.bca;
    expectAllClose(bcaLimits(Float64Array.from(replicates), estimate, influence, 0.95), ci95);
    expectAllClose(bcaLimits(Float64Array.from(replicates), estimate, influence, 0.9), ci90);
  });

  it('mirrors with the sample where replicates tie with the estimate', () => {
    const limits = (sample: readonly number[]) =>
      bootstrapInterval([sample], ([only]) => mean(only!), stream('ties'), { draws: 999 });
    for (const sample of [
      [1, 3],
      [0, 0, 1, 1],
      [0.1, 0.2, 0.3],
    ]) {
      // Symmetric samples: limits lie alike on both sides, but for which of a few hundred resamples is drawn.
      const { estimate, lower, upper } = limits(sample);
      expectClose(upper - estimate, estimate - lower, 0.05, `${sample}`);
      const mirrored = limits(sample.map((value) => -value));
      expectClose(mirrored.upper, -lower, 0.05, `${sample}`);
    }
  });

  it('covers the truth about as often as it says, for a skewed statistic', () => {
    const random = stream('coverage');
    let covered = 0;
    for (let i = 0; i < 200; i++) {
      const sample = Array.from({ length: 30 }, () => -Math.log(1 - random.uniform()));
      const { lower, upper } = bootstrapInterval([sample], ([only]) => mean(only!), random, { draws: 199 });
      if (lower <= 1 && 1 <= upper) covered += 1;
    }
    expect(covered / 200).toBeGreaterThan(0.85);
  });

  it('keeps monotone changes of the statistic, and resamples within samples', () => {
    const square = bootstrapInterval([[1, 4, 9]], ([only]) => mean(only!), stream('b'), { draws: 99 });
    expect(square.lower).toBeLessThanOrEqual(square.estimate);
    const difference = bootstrapInterval([a, b], ([x, y]) => mean(x!) - mean(y!), stream('b'), {
      draws: 999,
    });
    expectClose(difference.estimate, mean(a) - mean(b), 1e-14);
    expect(difference.lower).toBeLessThan(difference.estimate);
    expect(bootstrapInterval([[5, 5]], ([only]) => mean(only!), stream('b'))).toMatchObject({
      lower: 5,
      upper: 5,
    });
    expect(() => bootstrapInterval([[]], () => 0, stream('b'))).toThrow(/at least one unit/);
    expect(() => bootstrapInterval([[1]], ([only]) => only!.length / 0, stream('b'))).toThrow(/is Infinity/);
  });
});

describe('effects', () => {
  it('have the size that metafor gives', () => {
    const found = hedgesG(a, b)!;
    expectClose(found.g, oracle.effect.g, 1e-12);
    expectClose(found.se * found.se, oracle.effect.v, 1e-12);
    expectClose(smallSampleCorrection(7), oracle.effect.c7, 1e-14);
    expectClose(smallSampleCorrection(22), oracle.effect.c22, 1e-13);
    expect(hedgesG(b, a)!.g).toBe(-found.g);
    expect(hedgesG([1, 1], [1, 1])).toBe(null);
    expect(() => hedgesG([1], [1, 2])).toThrow(RangeError);
    expectClose(hedgesGPaired([1, 2, 3])!.g, 2 * smallSampleCorrection(2), 1e-12);
  });

  it('are tested as t.test', () => {
    const welch = welchTest(a, b);
    expectAllClose([welch.t, welch.df, welch.p], Object.values(oracle.effect.welch), 1e-12);
    const one = pairedTest(a);
    expectAllClose([one.t, one.p], Object.values(oracle.effect.one), 1e-12);
    // t.test(a, b)$conf.int and t.test(a)$conf.int, R 4.2.2.
    expectAllClose([welch.lower, welch.upper], [-0.40862518567445827, 3.96862518567445788], 1e-12);
    expectAllClose([one.lower, one.upper], [2.2140102193858073, 6.1459897806141912], 1e-12);
    expect(welchTest([1, 1], [1, 1])).toMatchObject({ t: null, p: null, lower: null, upper: null });
  });

  it('keep their digits far from 0, and are 0 for values that are all the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 2, maxLength: 12 }),
        fc.constantFrom(0, 1e8, 2 ** 50),
        (each, far) => {
          const moved = each.map((value) => far + value);
          const n = BigInt(each.length);
          const [sum, squares] = each.reduce(
            ([s, t], value) => [s + BigInt(value), t + BigInt(value) ** 2n] as const,
            [0n, 0n] as readonly [bigint, bigint],
          );
          expectClose(variance(moved), Number(n * squares - sum * sum) / Number(n * (n - 1n)), 1e-12);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 40 }),
        (value, n) => {
          const same = new Array<number>(n).fill(value);
          expect(variance(same)).toBe(0);
          expect(
            covariance(
              same,
              same.map((_, i) => i),
            ),
          ).toBe(0);
          expect(
            correlation(
              same,
              same.map((_, i) => i),
            ),
          ).toBeNull();
          expect(welchTest(same, same)).toMatchObject({ t: null, p: null });
        },
      ),
    );
  });

  it('are pooled as by metafor', () => {
    const expected = oracle.pool;
    const found = pooledEffect(expected.yi, expected.sei);
    expectClose(found.variance, expected.tau2, 1e-7);
    expectAllClose(
      [found.mean, found.se, found.lower, found.upper, found.p],
      [expected.mean, expected.se, expected.lower, expected.upper, expected.p],
      1e-8,
    );
  });

  it('that agree better than their errors let expect are no surer than these errors', () => {
    const expected = oracle.poolHomogeneous;
    const found = pooledEffect(expected.yi, expected.sei);
    expect(found.variance).toBe(0);
    expectClose(found.mean, expected.mean, 1e-8);
    // By hand: without variance between runs the error of a mean weighted by 1 / se^2, on t; metafor's knha without the modification is below it.
    const se = 1 / Math.sqrt(expected.sei.reduce((sum, each) => sum + 1 / each ** 2, 0));
    expect(expected.se).toBeLessThan(se);
    expectClose(found.se, se, 1e-12);
    const k = expected.yi.length;
    expectClose(found.p, studentTwoSided(expected.mean / se, k - 1), 1e-8);
    expectClose(found.upper - found.mean, studentQuantile(0.975, k - 1) * se, 1e-12);
    // Ratios of intervals: metafor's limits with the modified error.
    expectClose((found.upper - found.mean) / (expected.upper - expected.mean), se / expected.se, 1e-7);
    expectClose(pooledEffect([1, 1], [2, 2]).se, Math.SQRT2, 1e-15);
  });

  it('have a heterogeneity, and refuse to be pooled alone', () => {
    const { yi, sei, Q, Qp } = oracle.pool;
    const found = pooledEffect(yi, sei);
    expectClose(found.heterogeneity, Q, 1e-12);
    expectClose(found.heterogeneityP, Qp, 1e-12);
    expect(() => pooledEffect([1], [1])).toThrow(/at least two runs/);
    expect(() => pooledEffect([1, 2], [1, 0])).toThrow(/positive/);
  });
});

describe('power', () => {
  const trial = (effect: number) => (n: number, random: { normal(): number }) =>
    welchTest(
      Array.from({ length: n }, () => random.normal() + effect),
      Array.from({ length: n }, () => random.normal()),
    ).p;

  it('is that of the t-test', () => {
    const { power, lower, upper } = simulatedPower((random) => trial(1)(17, random), stream('power'), {
      simulations: 2000,
    });
    const exact = oracle.power.n17d1;
    expect(Math.abs(power - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 2000));
    expect(lower < power && power < upper).toBe(true);
    const neutral = simulatedPower((random) => trial(0)(17, random), stream('null'), { simulations: 2000 });
    expect(Math.abs(neutral.power - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 2000));
  });

  it('finds about the 17 replicates per arm that an effect of one standard deviation needs', () => {
    const found = replicatesNeeded(trial(1), stream('size'), { simulations: 600, most: 64 });
    expect(found.replicates).toBeGreaterThanOrEqual(14);
    expect(found.replicates).toBeLessThanOrEqual(20);
    expect(replicatesNeeded(trial(0), stream('size'), { simulations: 50, most: 4 }).replicates).toBe(null);
    expect(simulatedPower(() => null, stream('none'), { simulations: 10 }).power).toBe(0);
  });

  it('has Wilson limits', () => {
    // Newcombe 1998: 81 of 263.
    const { lower, upper } = wilson(81, 263);
    expect([lower.toFixed(4), upper.toFixed(4)]).toEqual(['0.2553', '0.3662']);
  });
});
