import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import {
  type Crossed,
  homeAdvantage,
  meanRanks,
  meanScores,
  overBlocks,
} from '../../src/statistics/home-advantage.ts';
import { signFlipTest } from '../../src/statistics/permutation.ts';

const score = fc.double({ min: -5, max: 5, noNaN: true });
const crossed: fc.Arbitrary<Crossed> = fc.record({
  ...{ firstAtHome: score, firstAway: score, secondAtHome: score, secondAway: score },
});

describe('home advantage', () => {
  // R 4.2.2: contrasts(pop) <- contrasts(home) <- contr.sum(2); 2 * coef(lm(f ~ pop * home))[4].
  it.each([
    [1.25, 0.5, 0.75, 1, 0.25],
    [0.9, 0.2, 1.1, 0.4, 0.7],
  ])('is twice the interaction of a two-way table, as R has it: %d %d %d %d', (...numbers) => {
    const [firstAtHome, firstAway, secondAtHome, secondAway, expected] = numbers;
    expect(homeAdvantage({ firstAtHome, firstAway, secondAtHome, secondAway }).advantage).toBeCloseTo(
      expected,
      12,
    );
  });

  it('does not see a population that is better everywhere, nor a home that is better for everybody', () => {
    fc.assert(
      fc.property(crossed, score, score, (scores, better, easier) => {
        const { advantage } = homeAdvantage(scores);
        const lifted = homeAdvantage({
          firstAtHome: scores.firstAtHome + better + easier,
          firstAway: scores.firstAway + better,
          secondAtHome: scores.secondAtHome,
          secondAway: scores.secondAway + easier,
        });
        expect(lifted.advantage).toBeCloseTo(advantage, 10);
      }),
    );
  });

  it('is the mean of its parts, and the same whichever population is called the first', () => {
    fc.assert(
      fc.property(crossed, (scores) => {
        const { advantage, atFirst, atSecond } = homeAdvantage(scores);
        expect((atFirst + atSecond) / 2).toBeCloseTo(advantage, 12);
        const { firstAtHome, firstAway, secondAtHome, secondAway } = scores;
        expect(
          homeAdvantage({
            firstAtHome: secondAtHome,
            firstAway: secondAway,
            secondAtHome: firstAtHome,
            secondAway: firstAway,
          }),
        ).toEqual({ advantage: expect.closeTo(advantage, 10), atFirst: atSecond, atSecond: atFirst });
      }),
    );
  });

  it('by ranks is not moved by how far an outlier lies', () => {
    const scores = { firstAtHome: [3, 1], firstAway: [1, 2], secondAtHome: [5], secondAway: [0] };
    // rank(c(3, 1, 1, 2, 5, 0)) in R: 5, 2.5, 2.5, 4, 6, 1.
    expect(meanRanks(scores)).toEqual({
      firstAtHome: expect.closeTo(3.75 / 6, 12),
      firstAway: expect.closeTo(3.25 / 6, 12),
      secondAtHome: 1,
      secondAway: expect.closeTo(1 / 6, 12),
    });
    expect(meanRanks({ ...scores, secondAtHome: [1e8] })).toEqual(meanRanks(scores));
    expect(meanScores(scores).firstAtHome).toBe(2);
  });
});

describe('over blocks', () => {
  it('p counts the changes of signs with a mean at least as high, the observed one among them', () => {
    // Of 16: all plus; and -1 in place of 1, which is lower. Ties with the observed mean: none.
    expect(overBlocks([1, 2, 3, 4], stream('a')).signFlip).toMatchObject({ p: 1 / 16, exact: true });
    expect(overBlocks([-1, 2, 3, 4], stream('a')).signFlip.p).toBe(2 / 16);
    expect(overBlocks([-1, -2, -3, -4], stream('a')).signFlip.p).toBe(1);
  });

  it('the two one-sided p and the two-sided one agree', () => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (differences) => {
        const two = signFlipTest(differences, stream('b')).p;
        const up = signFlipTest(differences, stream('b'), { side: 'greater' }).p;
        const down = signFlipTest(
          differences.map((each) => -each),
          stream('b'),
          { side: 'greater' },
        ).p;
        const sum = differences.reduce((a, b) => a + b, 0);
        if (sum !== 0) expect(two).toBeCloseTo(2 * Math.min(up, down), 12);
        expect(Math.max(up, down)).toBeGreaterThanOrEqual(0.5);
      }),
    );
  });

  it('says nothing of limits where there is nothing to resample', () => {
    expect(overBlocks([0.5], stream('c'))).toMatchObject({ mean: 0.5, sd: null, lower: null, effect: null });
    expect(overBlocks([1, 1, 1], stream('c'))).toMatchObject({ mean: 1, sd: 0, upper: null, effect: null });
    expect(() => overBlocks([], stream('c'))).toThrow(RangeError);
  });
});
