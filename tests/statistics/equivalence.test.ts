import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalenceTest, nonInferiorityTest } from '../../src/statistics/equivalence.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectClose, expectDigits } from '../support/close.ts';

const { differences, cases } = oracle.equivalence;
const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 12 });
const margins = fc.integer({ min: 1, max: 15 });

describe('equivalence', () => {
  it.each(cases)('within $margin at $alpha is two t-tests of R', (expected) => {
    const { margin, alpha } = expected;
    const found = equivalenceTest(differences, margin, { alpha });
    expectDigits(found.aboveLower!, expected.aboveLower, 1e-11);
    expectDigits(found.belowUpper!, expected.belowUpper, 1e-11);
    expect(found.p).toBe(Math.max(found.aboveLower!, found.belowUpper!));
    expectClose(found.lower, expected.lower, 1e-12);
    expectClose(found.upper, expected.upper, 1e-12);
    const notWorse = nonInferiorityTest(differences, margin, { alpha });
    expect(notWorse.p).toBe(found.aboveLower);
    expectClose(notWorse.lower, expected.oneSidedLower, 1e-12);
  });

  it('is shown exactly where the interval lies within the margins', () => {
    fc.assert(
      fc.property(values, margins, (sample, margin) => {
        const { isShown, lower, upper } = equivalenceTest(sample, margin);
        const notWorse = nonInferiorityTest(sample, margin);
        fc.pre(lower !== null && upper !== null);
        // Where a limit falls on the margin, rounding decides.
        fc.pre(Math.min(Math.abs(lower + margin), Math.abs(upper - margin)) > 1e-9);
        expect(isShown).toBe(lower > -margin && upper < margin);
        expect(notWorse.isShown).toBe(lower > -margin);
      }),
    );
  });

  it('does not depend on the sign of the differences', () => {
    fc.assert(
      fc.property(values, margins, (sample, margin) => {
        const mirrored = equivalenceTest(
          sample.map((each) => -each),
          margin,
        );
        expectClose(mirrored.p, equivalenceTest(sample, margin).p, 1e-12);
      }),
    );
  });

  it('says nothing where nothing varies', () => {
    expect(equivalenceTest([0, 0, 0], 0.1)).toMatchObject({
      ...{ mean: 0, se: 0, p: null, isShown: null, lower: null, upper: null },
    });
    expect(nonInferiorityTest([0.1, 0.1], 0)).toMatchObject({ mean: 0.1, p: null, isShown: null });
  });

  it('refuses what it cannot test', () => {
    for (const test of [equivalenceTest, nonInferiorityTest]) {
      expect(() => test([], 1)).toThrow(RangeError);
      expect(() => test([1], 1)).toThrow(/at least two/);
      expect(() => test([1, Number.NaN], 1)).toThrow(/finite/);
      expect(() => test([1, 2], -1)).toThrow(/margin/);
      expect(() => test([1, 2], Number.POSITIVE_INFINITY)).toThrow(/margin/);
      expect(() => test([1, 2], 1, { alpha: 0.5 })).toThrow(/level/);
      expect(() => test([1, 2], 1, { alpha: 0 })).toThrow(/level/);
    }
    expect(() => equivalenceTest([1, 2], 0)).toThrow(/margin/);
  });
});
