/** Bootstrap intervals against closed forms: influence values of means, and limits of evenly spaced replicates. */
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { bcaLimits, bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { overBlocks } from '../../src/statistics/home-advantage.ts';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

/** Of a mean, leaving one unit out moves it by (x - mean) / n. */
const influenceOfMean = (values: readonly number[], sign = 1) =>
  values.map((value) => (sign * (value - mean(values))) / values.length);

describe('an interval', () => {
  // Skewed, and of different sizes: whatever is wrong with the acceleration moves the limits.
  const [a, b] = [
    [1, 1.5, 2, 2.5, 3, 40],
    [0, 1, 1, 9],
  ];

  it('is that of its own resamples and of the closed form of the jackknife', () => {
    const found = bootstrapInterval([a!, b!], ([x, y]) => mean(x!) - mean(y!), stream('closed'), {
      draws: 499,
      level: 0.9,
    });
    const random = stream('closed');
    const resample = (values: readonly number[]) => values.map(() => values[random.below(values.length)]!);
    const replicates = Float64Array.from({ length: 499 }, () => mean(resample(a!)) - mean(resample(b!)));
    const estimate = mean(a!) - mean(b!);
    const influence = [...influenceOfMean(a!), ...influenceOfMean(b!, -1)];
    const [lower, upper] = bcaLimits(replicates, estimate, influence, 0.9);
    expect(found).toMatchObject({ estimate, level: 0.9, draws: 499 });
    expect(found.lower).toBeCloseTo(lower, 9);
    expect(found.upper).toBeCloseTo(upper, 9);
    const [flatLower, flatUpper] = bcaLimits(replicates, estimate, [1, -1], 0.9);
    expect(lower).toBeGreaterThan(flatLower + 0.01);
    expect(upper).toBeGreaterThan(flatUpper + 0.01);
  });

  it('has 9,999 resamples and 95 % where nothing else is asked for', () => {
    expect(bootstrapInterval([[1, 2, 3]], ([x]) => mean(x!), stream('default'))).toMatchObject({
      ...{ draws: 9999, level: 0.95, estimate: 2 },
    });
  });

  it('is refused for samples without units and statistics without a value, with where', () => {
    const of = (samples: number[][], statistic: (x: readonly number[]) => number) => () =>
      bootstrapInterval(samples, ([x]) => statistic(x!), stream('refused'), { draws: 99 });
    for (const samples of [[], [[1, 2], []], [[], [1, 2]]])
      expect(of(samples, () => 1)).toThrow('every sample needs at least one unit');
    expect(of([[1, 2]], () => Number.NaN)).toThrow('the statistic of the data is NaN');
    const range = (x: readonly number[]) => 1 / (Math.max(...x) - Math.min(...x));
    expect(of([[1, 2]], range)).toThrow('the statistic of a resample is Infinity');
    const ofThree = (x: readonly number[]) => (x.length < 3 ? Number.NaN : mean(x));
    expect(of([[1, 2, 3]], ofThree)).toThrow('the statistic of the data less one unit is NaN');
  });
});

describe('limits of the replicates 1, 2, ..., 19 around 10', () => {
  const even = Float64Array.from({ length: 19 }, (_, i) => 19 - i);
  const limits = (level: number) => bcaLimits(even, 10, [1, -1], level);

  // Ranks of 20 p. Between whole ranks by standard normal quantiles: z(.05) = -1.644854, z(.075) = -1.439531, z(.1) = -1.281552, z(.125) = -1.150349, z(.15) = -1.036433.
  it.each([
    [0.7, 3],
    [0.75, 2 + (1.281552 - 1.150349) / (1.281552 - 1.036433)],
    [0.8, 2],
    [0.85, 1 + (1.644854 - 1.439531) / (1.644854 - 1.281552)],
    [0.9, 1],
    [0.99, 1],
  ])('at level %f', (level, lower) => {
    const [found, upper] = limits(level);
    expect(found).toBeCloseTo(lower, 5);
    expect(upper).toBeCloseTo(20 - lower, 5);
  });

  it('leave the replicates in their order', () => {
    limits(0.9);
    expect([even[0], even[18]]).toEqual([19, 1]);
  });

  it('are the extremes on one side where all replicates are on the other of the estimate', () => {
    expect(bcaLimits(even, 100, [1, -1], 0.9)).toEqual([19, 19]);
    expect(bcaLimits(even, -100, [1, -1], 0.9)).toEqual([1, 1]);
  });

  it('are the extremes where either the statistic or its replicates do not vary', () => {
    expect(bcaLimits(even, 10, [0, 0], 0.9)).toEqual([1, 19]);
    expect(bcaLimits(Float64Array.of(5, 5, 5), 5, [1, -1], 0.9)).toEqual([5, 5]);
  });
});

it('a replicate counts as equal to the estimate within rounding of the largest replicate, on either side', () => {
  const inner = [-3, -2, -1, 0, 1, 2, 3];
  for (const far of [1e7, -1e7]) {
    const replicates = Float64Array.of(...inner, far);
    const exact = bcaLimits(replicates, 1, [1, -1], 0.5);
    for (const off of [3e-7, -3e-7]) expect(bcaLimits(replicates, 1 + off, [1, -1], 0.5)).toEqual(exact);
    for (const off of [3e-6, -3e-6]) expect(bcaLimits(replicates, 1 + off, [1, -1], 0.5)).not.toEqual(exact);
  }
});

describe('numbers over blocks', () => {
  it('have an interval and an effect from three blocks on, where they vary', () => {
    const over = (values: number[]) => overBlocks(values, stream('blocks'));
    for (const values of [[2], [2, 5], [3, 3, 3]])
      expect(over(values)).toMatchObject({ lower: null, upper: null, effect: null });
    expect(over([2]).sd).toBeNull();
    expect(over([3, 3, 3]).sd).toBe(0);
    const found = over([1, 2, 6]);
    expect(found).toMatchObject({ blocks: 3, mean: 3 });
    expect(found.sd).toBeCloseTo(Math.sqrt(7), 12);
    expect(found.lower).toBeGreaterThanOrEqual(1);
    expect(found.upper).toBeLessThanOrEqual(6);
    expect(found.lower).toBeLessThan(found.upper!);
    expect(found.effect).not.toBeNull();
    // Of eight changes of signs only the data themselves have so large a mean.
    expect(found.signFlip.p).toBeCloseTo(1 / 8, 12);
    expect(over([-1, -2, -6]).signFlip.p).toBe(1);
  });
});
