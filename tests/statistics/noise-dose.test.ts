import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  medianTolerance,
  populationTolerances,
  type Tolerance,
  tolerance,
  tolerances,
} from '../../src/statistics/noise-dose.ts';

const doses = [0.1, 0.3, 1, 3];
const curveOf = (worsening: readonly number[]) =>
  worsening.map((each, i) => ({ dose: doses[i]!, worsening: each }));
const worsening = fc.array(fc.double({ min: -1, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });
const threshold = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('the dose that is tolerated', () => {
  it('is where a straight line in log dose meets the threshold', () => {
    // worsening = 0.2 log10(dose / 0.1) reaches 0.25 at dose 0.1 * 10^1.25.
    const line = doses.map((dose) => 0.2 * Math.log10(dose / 0.1));
    const found = tolerance(curveOf(line), 0.25);
    expect(found.censored).toBeNull();
    expect(found.dose).toBeCloseTo(0.1 * 10 ** 1.25, 12);
  });

  it('lies between the doses on both sides of the threshold, or is censored at the end', () => {
    fc.assert(
      fc.property(worsening, threshold, (values, at) => {
        const { dose, censored } = tolerance(curveOf(values), at);
        const reached = values.findIndex((value) => value >= at);
        if (reached === -1) expect([dose, censored]).toEqual([3, 'above']);
        else if (reached === 0) expect([dose, censored]).toEqual([0.1, 'below']);
        else {
          expect(censored).toBeNull();
          expect(dose).toBeGreaterThanOrEqual(doses[reached - 1]!);
          expect(dose).toBeLessThanOrEqual(doses[reached]! * (1 + 1e-12));
        }
      }),
    );
  });

  it('is multiplied where all doses are, and no less for a higher threshold', () => {
    fc.assert(
      fc.property(worsening, threshold, threshold, (values, a, b) => {
        const own = tolerance(curveOf(values), Math.min(a, b));
        const scaled = tolerance(
          curveOf(values).map((each) => ({ ...each, dose: 7 * each.dose })),
          Math.min(a, b),
        );
        expect(scaled.dose / own.dose).toBeCloseTo(7, 9);
        const higher = tolerance(curveOf(values), Math.max(a, b));
        expect(higher.dose).toBeGreaterThanOrEqual(own.dose * (1 - 1e-12));
      }),
    );
  });

  it('needs doses that rise, and a threshold', () => {
    expect(() => tolerance([], 0.1)).toThrow(RangeError);
    expect(() => tolerance([{ dose: 0, worsening: 1 }], 0.1)).toThrow(RangeError);
    expect(() => tolerance(curveOf([0, 0, 0, 0]).toReversed(), 0.1)).toThrow(RangeError);
    expect(() => tolerance(curveOf([0, 0, 0, 0]), 0)).toThrow(RangeError);
    expect(() => tolerance(curveOf([Number.NEGATIVE_INFINITY, 1, 1, 1]), 0.1)).toThrow(RangeError);
  });

  it('has a median that censoring leaves as it is while the middle is seen', () => {
    const seen = (dose: number): Tolerance => ({ dose, censored: null });
    const [below, above]: Tolerance[] = [
      { dose: 0.1, censored: 'below' },
      { dose: 3, censored: 'above' },
    ];
    expect(medianTolerance([above!, seen(0.5), below!])).toEqual(seen(0.5));
    expect(medianTolerance([above!, seen(2), above!])).toEqual(above);
    expect(medianTolerance([seen(2), above!])).toEqual(seen(2));
    // A dose that is not censored lies above one that is censored below at the same dose.
    expect(medianTolerance([seen(0.1), below!, below!])).toEqual(below);
    expect(medianTolerance([])).toBeNull();
  });
});

describe('tolerances of loss and error', () => {
  it('are at a tenth more of either', () => {
    const l = Math.log10;
    // Losses of an untrained one of 1: 0.1, then 0.1, 0.105, 0.121, 0.2. Errors 0.2, then 0.2, 0.22, 0.3, 0.3.
    const found = tolerances(
      { scores: [0.1, 0.1, 0.105, 0.121, 0.2].map((loss) => -l(loss)), errors: [0.2, 0.2, 0.22, 0.3, 0.3] },
      doses,
      0.1,
    );
    const share = (l(1.1) - l(1.05)) / (l(1.21) - l(1.05));
    expect(found.loss!.dose).toBeCloseTo(0.3 * (1 / 0.3) ** share, 10);
    expect(found.error!.dose).toBeCloseTo(0.3, 10);
  });

  it('are in the error itself, which noise may take away whole', () => {
    const found = tolerances({ scores: [1, 1, 1, 1, 1], errors: [0.0008, 0, 0.0016, 0, 0.5] }, doses, 0.1);
    // From 0 at 0.1 to twice the clean one at 0.3; 1.1 of it lies at 0.55 of the way in log dose.
    expect(found.error).toEqual({ dose: expect.closeTo(0.1 * 3 ** 0.55, 12), censored: null });
  });

  it('are between the doses on both sides, whatever errors there are, none and all among them', () => {
    // Shares of a thousand examples.
    const error = fc.oneof(
      fc.constantFrom(0, 1, 0.25),
      fc.integer({ min: 0, max: 1000 }).map((wrong) => wrong / 1000),
    );
    const errors = fc.array(error, { minLength: 5, maxLength: 5 });
    const score = fc.oneof(fc.constantFrom(0, 1, 6), fc.double({ min: 0, max: 6, noNaN: true }));
    const scores = fc.array(score, { minLength: 5, maxLength: 5 });
    const worse = fc.double({ min: 0.01, max: 2, noNaN: true });
    fc.assert(
      fc.property(scores, errors, worse, (own, wrong, share) => {
        const found = tolerances({ scores: own, errors: wrong }, doses, share);
        const [clean, ...noisy] = wrong as [number, ...number[]];
        const reached = noisy.findIndex((each) => each - clean >= clean * share);
        if (clean === 0 || clean * (1 + share) > 1) expect(found.error).toBeNull();
        else if (reached === -1) expect(found.error).toEqual({ dose: 3, censored: 'above' });
        else {
          expect(found.error!.dose).toBeGreaterThanOrEqual(doses[Math.max(0, reached - 1)]!);
          expect(found.error!.dose).toBeLessThanOrEqual(doses[reached]! * (1 + 1e-12));
        }
        for (const each of [found.loss, found.error])
          if (each !== null) expect(Number.isFinite(each.dose)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('are not there without room to become worse, or where nothing is classified', () => {
    const of = (scores: number[], errors: number[] | null) => tolerances({ scores, errors }, doses, 0.1);
    expect(of([0.04, 0, 0, 0, 0], [0.95, 1, 1, 1, 1])).toEqual({ loss: null, error: null });
    expect(of([0.05, 0, 0, 0, 0], [0, 1, 1, 1, 1])).toMatchObject({
      loss: { censored: 'below' },
      error: null,
    });
    expect(of([0.05, 0, 0, 0, 0], null).error).toBeNull();
    expect(() => of([1, 1], null)).toThrow(RangeError);
  });

  it('of a population count the cells that have none, and average how much worse the loss is', () => {
    const found = populationTolerances(
      [
        { scores: [1, 1, 0.5, 0, 0], errors: null },
        { scores: [0, 0, 0, 0, 0], errors: null },
      ],
      doses,
      0.1,
    );
    expect(found).toMatchObject({ cells: 2, undefined: { loss: 1, error: 2 }, error: null });
    expect(found.worsening).toEqual([0, 0.25, 0.5, 0.5]);
    expect(found.loss!.dose).toBeCloseTo(0.1 * 3 ** (Math.log10(1.1) / 0.5), 10);
  });
});
