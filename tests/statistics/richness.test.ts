import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chao1, rarefiedRichness, unionCoverage } from '../../src/statistics/richness.ts';
import oracle from '../fixtures/richness.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

const counts = fc
  .array(fc.nat(12), { minLength: 1, maxLength: 12 })
  .filter((each) => each.some((n) => n > 0));

describe('Chao1', () => {
  it.each(oracle.communities)('has vegan’s estimate and error', ({ counts, estimate, se }) => {
    const found = chao1(counts);
    expectAllClose([found.estimate, found.se], [estimate, se], 1e-11);
  });

  it('in its classic form has the variance of Chao 1987', () => {
    const sample = [5, 1, 1, 1, 2, 2, 9];
    const { estimate, se, observed, lower, upper } = chao1(sample, { form: 'classic' });
    const [f1, f2] = [3, 2];
    expect(estimate).toBe(7 + (f1 * f1) / (2 * f2));
    const ratio = f1 / f2;
    expectClose(se * se, f2 * (ratio ** 4 / 4 + ratio ** 3 + ratio ** 2 / 2), 1e-13);
    // C = exp(1.96 sqrt(log(1 + variance / (S - D)^2))), and D + (S - D) / C to D + (S - D) C.
    const unseen = estimate - observed;
    const c = Math.exp(1.959963984540054 * Math.sqrt(Math.log(1 + (se * se) / (unseen * unseen))));
    expectAllClose([lower, upper], [observed + unseen / c, observed + unseen * c], 1e-13);
  });

  it('without kinds seen twice is one in both forms, with the variance that Chao gives for that', () => {
    const sample = [1, 1, 1, 1, 1, 3, 7, 20];
    const found = chao1(sample);
    expect(chao1(sample, { form: 'classic' })).toEqual(found);
    const f1 = 5;
    expect(found.estimate).toBe(8 + (f1 * (f1 - 1)) / 2);
    const variance = (f1 * (f1 - 1)) / 2 + (f1 * (2 * f1 - 1) ** 2) / 4 - f1 ** 4 / (4 * found.estimate);
    expectClose(found.se * found.se, variance, 1e-12);
  });

  it('has its limits around the estimate, the lower never below what was seen', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom('classic', 'bias-corrected'), (sample, form) => {
        const { observed, lower, estimate, upper, se } = chao1(sample, { form });
        expect(observed).toBe(sample.filter((n) => n > 0).length);
        expect(lower).toBeGreaterThanOrEqual(observed);
        expect(estimate).toBeGreaterThanOrEqual(lower);
        expect(upper).toBeGreaterThanOrEqual(estimate);
        expect([estimate, upper, se].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('is what was seen where nothing was seen once, and where one kind alone was', () => {
    for (const [sample, observed] of [
      [[4, 3, 8, 0], 3],
      [[1], 1],
    ] as const)
      expect(chao1(sample)).toMatchObject({ estimate: observed, lower: observed, upper: observed });
  });

  it('refuses nobody, and what is no count', () => {
    for (const sample of [[], [0, 0], [1.5], [3, -1], [Number.NaN]])
      expect(() => chao1(sample), String(sample)).toThrow(RangeError);
  });
});

describe('rarefaction', () => {
  it.each(oracle.communities)('is vegan’s', ({ counts, sizes, rarefied }) => {
    expectAllClose(
      sizes.map((size) => rarefiedRichness(counts, size)),
      rarefied,
      1e-11,
    );
  });

  it('is the mean over all samples of that size', () => {
    const few = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(few, fc.nat(12), (sample, wanted) => {
        const members = sample.flatMap((count, kind) => Array.from({ length: count }, () => kind));
        const size = Math.min(wanted, members.length);
        let [sum, samples] = [0, 0];
        for (let bits = 0; bits < 2 ** members.length; bits++) {
          const drawn = members.filter((_, i) => (bits >> i) & 1);
          if (drawn.length !== size) continue;
          sum += new Set(drawn).size;
          samples += 1;
        }
        expect(rarefiedRichness(sample, size)).toBeCloseTo(sum / samples, 10);
      }),
      { numRuns: 40 },
    );
  });

  it('of a million individuals does not overflow, and keeps its digits', () => {
    const huge = [500_000, 499_999, 1];
    expect(rarefiedRichness(huge, 1)).toBeCloseTo(1, 12);
    expect(rarefiedRichness(huge, 1_000_000)).toBe(3);
    // The rare kind is in half of all halves.
    expect(rarefiedRichness(huge, 500_000)).toBeCloseTo(2.5, 12);
    expect(rarefiedRichness(huge, 0)).toBe(0);
  });

  it('refuses more than there are, parts of individuals, and what is no count', () => {
    expect(() => rarefiedRichness([1, 2], 4)).toThrow(/4 of 3/);
    expect(() => rarefiedRichness([1, 2], 0.5)).toThrow(RangeError);
    expect(() => rarefiedRichness([1, 2], -1)).toThrow(RangeError);
    expect(() => rarefiedRichness([1, Number.NaN], 1)).toThrow(RangeError);
    expect(rarefiedRichness([], 0)).toBe(0);
  });
});

describe('coverage of a union', () => {
  it('counts what each has, and what no other has', () => {
    const found = unionCoverage([new Set(['a', 'b', 'c']), new Set(['c', 'd']), new Set<string>()]);
    expect(found).toEqual({
      union: 4,
      each: [
        { kinds: 3, unique: 2, share: 3 / 4 },
        { kinds: 2, unique: 1, share: 2 / 4 },
        { kinds: 0, unique: 0, share: 0 },
      ],
    });
  });

  it('has no shares where nobody found anything', () => {
    expect(unionCoverage([new Set(), new Set()]).each[1]).toEqual({ kinds: 0, unique: 0, share: null });
    expect(unionCoverage([])).toEqual({ union: 0, each: [] });
  });
});
