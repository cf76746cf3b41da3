import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialShare } from '../../src/statistics/binomial-limits.ts';
import {
  epistasisRates,
  type PairEffects,
  pairEffects,
  pairKindNames,
} from '../../src/statistics/epistasis.ts';
import { expectClose, expectDigits } from '../support/close.ts';

describe('exact limits of a share', () => {
  // R 4.2.2: binom.test(hits, of)$conf.int.
  it.each([
    [0, 12, 0, 0.264648469397051],
    [3, 32, 0.0197671801732849, 0.250226950683795],
    [12, 12, 0.735351530602949, 1],
    [40, 97, 0.313347346315828, 0.516893572267082],
    [1, 1000, 2.53174874912941e-5, 0.00555892427982663],
    [250, 1000, 0.22343040626468, 0.278050006223756],
  ])('of %d in %d are R’s', (hits, of, lower, upper) => {
    const found = binomialShare(hits, of);
    expect(found.share).toBe(hits / of);
    expectDigits(found.lower!, lower, lower === 0 ? 0 : 1e-10);
    expectDigits(found.upper!, upper, 1e-10);
  });

  it('at another level too, and turn over with what is counted', () => {
    const found = binomialShare(3, 32, 0.9);
    expectClose(found.lower, 0.0260430460485176, 1e-11);
    expectClose(found.upper, 0.224816108589226, 1e-11);
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), (a, b) => {
        if (a + b === 0) return;
        const [one, other] = [binomialShare(a, a + b), binomialShare(b, a + b)];
        expect(one.lower! + other.upper!).toBeCloseTo(1, 10);
        expect(one.lower!).toBeLessThanOrEqual(one.share!);
        expect(one.upper!).toBeGreaterThanOrEqual(one.share!);
      }),
    );
  });

  it('of no trial are none', () => {
    expect(binomialShare(0, 0)).toEqual({ hits: 0, of: 0, share: null, lower: null, upper: null });
    for (const [hits, of] of [
      [2, 1],
      [-1, 3],
      [0.5, 3],
    ] as const)
      expect(() => binomialShare(hits, of)).toThrow(/no share/);
  });
});

/** Two seeds that agree but for a tenth: what is beyond a margin is certain too. */
const sure = (value: number) => [value, value];

describe('epistasis', () => {
  it('is what two steps do together beyond what each does alone', () => {
    const { epistasis, both, architectureBesideRule, ruleBesideArchitecture } = pairEffects(
      { parent: [1, 1.2], architecture: [1.1, 1.1], rule: [0.9, 1], both: [1.6, 1.9] },
      0.05,
    );
    expectClose(epistasis.mean, (1.6 - 1.1 - 0.9 + 1 + (1.9 - 1.1 - 1 + 1.2)) / 2, 1e-12);
    expectClose(both.mean, (0.6 + 0.7) / 2, 1e-12);
    expectClose(architectureBesideRule.mean, (0.7 + 0.9) / 2, 1e-12);
    expectClose(ruleBesideArchitecture.mean, (0.5 + 0.8) / 2, 1e-12);
    expectClose(both.se, Math.sqrt(0.005 / 2), 1e-12);
  });

  it('counts a difference as certain where its interval over seeds says so', () => {
    const gain = [0.3, 0.1, 0.25, 0.02, 0.4];
    const zeros = gain.map(() => 0);
    const of = (both: readonly number[], margin: number) =>
      pairEffects({ parent: zeros, architecture: zeros, rule: zeros, both }, margin).both;
    // R 4.2.2, t.test: 0.0237 to 0.4043.
    expect(of(gain, 0.05)).toMatchObject({ sign: { apparent: 1, certain: 1 }, isSilent: false });
    // The mean is within the margin.
    expect(of(gain, 0.3).sign).toEqual({ apparent: 0, certain: 0 });
    expect(of([0.3, -0.1, 0.25, -0.02, 0.4], 0.05).sign).toEqual({ apparent: 1, certain: 0 });
    expect(of([-0.3, -0.1, -0.25, -0.02, -0.4], 0.05).sign).toEqual({ apparent: -1, certain: -1 });
    expect(of(zeros, 0)).toMatchObject({ sign: { apparent: 0, certain: 0 }, isSilent: true, se: 0 });
    const one = pairEffects({ parent: [0], architecture: [1], rule: [0], both: [0] }, 0.05).architecture;
    expect(one).toMatchObject({ se: null, sign: { apparent: 1, certain: 0 } });
  });

  /** Of a parent at 2: what single steps and the pair reach. */
  const pair = (architecture: number, rule: number, both: number) =>
    pairEffects(
      {
        ...{ parent: sure(2), architecture: sure(architecture), rule: sure(rule) },
        both: sure(both),
      },
      0.1,
    );

  it.each([
    ['a valley', [1, 1.5, 3], ['pair improves', 'valley', 'sign', 'reciprocal sign', 'positive epistasis']],
    [
      'two good steps that add up',
      [3, 2.5, 3.5],
      ['architecture step improves', 'rule step improves', 'pair improves'],
    ],
    [
      'a bad step that is good beside the other',
      [1, 2.5, 2.8],
      ['rule step improves', 'pair improves', 'sign', 'positive epistasis'],
    ],
    [
      'two good steps that spoil each other',
      [3, 2.5, 1],
      ['architecture step improves', 'rule step improves', 'sign', 'reciprocal sign', 'negative epistasis'],
    ],
    ['two bad steps that add up', [1.5, 1.8, 1.3], []],
    ['steps within the margin', [2.05, 1.95, 2.08], []],
  ] as const)('names %s', (_, [a, o, both], kinds) => {
    const { shares } = epistasisRates([pair(a, o, both)]);
    const named = pairKindNames.filter((kind) => shares.apparent[kind].hits === 1);
    expect(named).toEqual(kinds);
    expect(shares.certain).toEqual(shares.apparent);
  });

  it('has shares of all pairs, those with silent steps among them', () => {
    const pairs: PairEffects[] = [pair(1, 1.5, 3), pair(2, 1.5, 1.5), pair(2, 2, 2), pair(3, 2.5, 3.5)];
    const { pairs: count, silent, meanEpistasis, shares } = epistasisRates(pairs);
    expect([count, silent]).toEqual([4, 2]);
    expectClose(meanEpistasis, 2.5 / 4, 1e-12);
    expect(shares.apparent.valley).toEqual(binomialShare(1, 4));
    expect(shares.apparent['pair improves']).toEqual(binomialShare(2, 4));
    expect(epistasisRates([])).toMatchObject({ pairs: 0, meanEpistasis: null });
  });

  it('needs the same seeds of all', () => {
    const none = { parent: [], architecture: [], rule: [], both: [] };
    expect(() => pairEffects(none, 0)).toThrow(RangeError);
    expect(() => pairEffects({ ...none, parent: [1], architecture: [1], rule: [1] }, 0)).toThrow(
      /same seeds/,
    );
  });
});
