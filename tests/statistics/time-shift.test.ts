import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { pairingEffect } from '../../src/statistics/pairing.ts';
import { pooledEffect } from '../../src/statistics/pooling.ts';
import { type Slope, slopeOf } from '../../src/statistics/slope.ts';
import { livingPairsMean, timeShift } from '../../src/statistics/time-shift.ts';
import { twoStageEstimate } from '../../src/statistics/two-stage.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

const { scores, ...expected } = oracle.timeShift;
const cells = scores.map(([architectureTime, ruleTime, score]) => ({
  ...{ architectureTime: architectureTime!, ruleTime: ruleTime!, score: score! },
}));

function expectSlope(found: Slope | null, { value, se, df }: { value: number; se: number; df: number }) {
  expectClose(found!.value * 1000, value * 1000, 1e-11);
  expectClose(found!.se! * 1000, se * 1000, 1e-11);
  expect(found!.df).toBe(df);
}

const at = (times: readonly number[], score: (i: number, j: number) => number) =>
  times.flatMap((architectureTime, i) =>
    times.map((ruleTime, j) => ({ architectureTime, ruleTime, score: score(i, j) })),
  );

describe('the time shift', () => {
  it("has the means, the contrast and the slopes of R's lm, with pairs left out and pairs scored twice", () => {
    const found = timeShift(cells);
    expect(found.pairs).toBe(14);
    expectAllClose(
      [found.contemporaneous, found.past, found.future, found.contrast],
      [expected.contemporaneous, expected.past, expected.future, expected.contrast],
      1e-12,
    );
    expectSlope(found.slope, expected.slope);
    expectSlope(found.ruleTrend, expected.ruleTrend);
    expectSlope(found.architectureTrend, expected.architectureTrend);
  });

  it('over all pairs of the same times contrasts as the transplant test does', () => {
    const tables = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(tables, (table) => {
        const { contrast } = timeShift(at([1, 5, 6, 20], (i, j) => table[i]![j]!));
        expect(contrast).toBeCloseTo(pairingEffect(table, stream('t')).delta, 10);
      }),
    );
  });

  it('tells what improves with time from what belongs together', () => {
    const times = [0, 10, 20, 40];
    const found = timeShift(at(times, (i, j) => 0.5 * times[i]! + 0.2 * times[j]! + (i === j ? 3 : 0)));
    expect(found.contrast).toBeCloseTo(3, 12);
    // Half the difference of the trends, and not moved by the diagonal, on which d = 0 is the mean.
    expect(found.slope!.value).toBeCloseTo((0.2 - 0.5) / 2, 12);
    const trends = timeShift(at(times, (i, j) => 0.5 * times[i]! + 0.2 * times[j]!));
    expect(trends.contrast).toBeCloseTo(0, 12);
    expect(trends.ruleTrend!.value).toBeCloseTo(0.2, 12);
    expect(trends.architectureTrend!.value).toBeCloseTo(0.5, 12);
  });

  it('says null where a side is missing', () => {
    const found = timeShift([
      { architectureTime: 1, ruleTime: 1, score: 3 },
      { architectureTime: 1, ruleTime: 2, score: 1 },
    ]);
    expect(found).toMatchObject({ contemporaneous: 3, past: null, future: 1, contrast: null });
    expect(found.slope).toEqual({ value: -2, se: null, df: 0 });
    expect(found.architectureTrend).toBe(null);
    const scored = (...rules: readonly number[]) =>
      timeShift(rules.map((ruleTime) => ({ architectureTime: 5, ruleTime, score: ruleTime }))).contrast;
    expect([scored(4, 6), scored(4, 5), scored(5, 6), scored(4, 5, 7)]).toEqual([null, null, null, -0.5]);
    expect(timeShift([{ architectureTime: 1, ruleTime: 1, score: 3 }]).slope).toBe(null);
  });

  it('refuses no scores, and scores or times that are no numbers', () => {
    expect(() => timeShift([])).toThrow(RangeError);
    expect(() => timeShift([{ architectureTime: 1, ruleTime: 1, score: Number.NaN }])).toThrow(/finite/);
    expect(() => timeShift([{ architectureTime: 1, ruleTime: Number.NaN, score: 1 }])).toThrow(/finite/);
    expect(() => slopeOf([1, 2], [1])).toThrow(/one length/);
    expect(() => slopeOf([1, 2], [1, 2], [0])).toThrow(/one length/);
  });
});

describe('two stages', () => {
  const { x, y, ...mixed } = oracle.twoStage;
  const slopes = y.map((values) => slopeOf(x, values)!);

  it('of slopes are the fixed effect of a mixed model with a slope for each run', () => {
    expectAllClose(
      slopes.map(({ value }) => value),
      mixed.slopes,
      1e-12,
    );
    const { mean } = twoStageEstimate(
      slopes.map(({ value }) => ({ value })),
      stream('m'),
    );
    expectAllClose([mean!.mean, mean!.se, mean!.p], [mixed.mean, mixed.se, mixed.p], 1e-12);
    expectAllClose([mean!.lower, mean!.upper], mixed.limits, 1e-12);
    // nlme maximises by steps: it comes as close as this.
    expectAllClose([mean!.mean, mean!.se], [mixed.mixedSlope, mixed.mixedSe], 1e-7);
  });

  it('weight by errors where every run has one', () => {
    const runs = slopes.map(({ value, se }) => ({ value, se: se! }));
    const found = twoStageEstimate([...runs, null], stream('w'));
    expect(found).toMatchObject({ runs: 7, leftOut: 1 });
    expect(found.pooled).toEqual(
      pooledEffect(
        runs.map(({ value }) => value),
        runs.map(({ se }) => se),
      ),
    );
    // Of 128 changes of signs, by hand over all.
    const all = Array.from({ length: 128 }, (_, bits) =>
      Math.abs(runs.reduce((sum, { value }, i) => sum + ((bits >> i) & 1 ? -value : value), 0)),
    );
    const hits = all.filter((each) => each >= all[0]! - 1e-12).length;
    expect(found.signFlip).toMatchObject({ exact: true, p: hits / 128 });
    expect(twoStageEstimate(runs.slice(0, 2), stream('w')).pooled).toMatchObject({ runs: 2 });
    expect(twoStageEstimate([...runs, { value: 1 }], stream('w')).pooled).toBe(null);
    expect(twoStageEstimate([...runs, { value: 1, se: 0 }], stream('w')).pooled).toBe(null);
  });

  it('say nothing of no run, and of one no more than its number', () => {
    expect(twoStageEstimate([null, null], stream('n'))).toEqual({
      ...{ runs: 0, leftOut: 2, mean: null, signFlip: null, pooled: null },
    });
    expect(twoStageEstimate([{ value: 2, se: 1 }], stream('n'))).toMatchObject({
      ...{ runs: 1, mean: null, pooled: null, signFlip: { p: 1 } },
    });
    expect(() => twoStageEstimate([{ value: Number.NaN }], stream('n'))).toThrow(RangeError);
    expect(() => twoStageEstimate([{ value: 1, se: -1 }], stream('n'))).toThrow(RangeError);
  });
});

describe('the mean over pairs of the living', () => {
  const scores = [0, 1, 2, 3, 4].map((a) =>
    [0, 1, 2, 3, 4].map((b) => (a === b ? 7 + a : (a * 3 + b * b) % 11)),
  );
  const all = scores.flat().reduce((sum, each) => sum + each / 25, 0);
  const sampled = (members: readonly number[]) => members.map((a) => members.map((b) => scores[a]![b]!));

  it.each([2, 3, 4, 5])('is right on average over all samples of %i', (size) => {
    const subsets = Array.from({ length: 32 }, (_, bits) =>
      [0, 1, 2, 3, 4].filter((i) => ((bits >> i) & 1) === 1),
    ).filter(({ length }) => length === size);
    const found = subsets.map((members) => livingPairsMean(sampled(members), 5));
    expect(found.reduce((sum, each) => sum + each / found.length, 0)).toBeCloseTo(all, 12);
    // The plain mean of the sampled pairs has too much of individuals with themselves.
    const plain = subsets.map((members) => livingPairsMean(sampled(members), null));
    const bias = plain.reduce((sum, each) => sum + each / plain.length, 0) - all;
    if (size < 5) expect(bias).toBeGreaterThan(0.1);
    else expect(bias).toBeCloseTo(0, 12);
  });

  it('of a single one is its own score, and of one of several is refused', () => {
    expect(livingPairsMean([[3]], 1)).toBe(3);
    expect(() => livingPairsMean([[3]], 2)).toThrow(/no others/);
    expect(() => livingPairsMean([[3, 1]], 2)).toThrow(/one sample/);
  });
});
