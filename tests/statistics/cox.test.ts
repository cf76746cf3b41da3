import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CoxFit, type CoxOptions, coxRegression } from '../../src/statistics/cox.ts';
import { baselineHazard, martingaleResiduals, scoreResiduals } from '../../src/statistics/cox-residuals.ts';
import type { Lives } from '../../src/statistics/lives.ts';
import { type Covariate, coxLayout, partialLikelihood } from '../../src/statistics/partial-likelihood.ts';
import { profileLimits } from '../../src/statistics/profile-likelihood.ts';
import { proportionalHazardsTest } from '../../src/statistics/proportional-hazards.ts';
import clustered from '../fixtures/cox-clusters.json' with { type: 'json' };
import data from '../fixtures/survival.json' with { type: 'json' };
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

const { veteran, heart, kidney } = oracle.data;
const columns = (from: Readonly<Record<string, readonly (number | string)[]>>, names: readonly string[]) =>
  names.map((name): Covariate => ({ name, values: from[name]!.map(Number) }));
const indicators = ['smallcell', 'adeno', 'large'].map(
  (type): Covariate => ({ name: type, values: veteran.celltype.map((each) => (each === type ? 1 : 0)) }),
);
const full = [
  ...columns(veteran, ['trt']),
  ...indicators,
  ...columns(veteran, ['karno', 'diagtime', 'age', 'prior']),
];
const trtKarno = columns(veteran, ['trt', 'karno']);
const heartAll = columns(heart, ['age', 'year', 'surgery', 'transplant']);
const months: Lives = { exit: oracle.hazard.exit, event: veteran.event };
const quarters = veteran.exit.map((_, i) => i % 4);

const fits = {
  full: coxRegression(veteran, full),
  fullBreslow: coxRegression(veteran, full, { ties: 'breslow' }),
  strata: coxRegression(veteran, trtKarno, { strata: veteran.celltype }),
  heart: coxRegression(heart, heartAll),
  heartStrataCluster: coxRegression(heart, columns(heart, ['age', 'year', 'surgery']), {
    strata: heart.transplant,
    cluster: heart.id,
  }),
  heartClusterBreslow: coxRegression(heart, heartAll, { cluster: heart.id, ties: 'breslow' }),
  cluster: coxRegression(veteran, trtKarno, { cluster: veteran.celltype }),
  kidney: coxRegression(kidney, columns(kidney, ['age', 'sex']), { cluster: kidney.id }),
  offset: coxRegression(veteran, trtKarno, { offset: veteran.age.map((age) => age / 50) }),
  months: coxRegression(months, trtKarno, { cluster: quarters }),
  monthsBreslow: coxRegression(months, trtKarno, { cluster: quarters, ties: 'breslow' }),
} as const;

describe('against R', () => {
  it.each(Object.keys(fits) as (keyof typeof fits)[])('fits %s', (name) => {
    const found: CoxFit = fits[name];
    const expected = oracle.cox[name];
    const column = (pick: (each: CoxFit['coefficients'][number]) => number | null) =>
      found.coefficients.map(pick);
    expectAllClose(
      column((each) => each.coefficient),
      expected.coef,
      1e-7,
    );
    expectAllClose(
      column((each) => each.se),
      expected.se,
      1e-6,
    );
    if (expected.robustSe !== null)
      expectAllClose(
        column((each) => each.robustSe),
        expected.robustSe,
        1e-6,
      );
    // R tests clusters by the normal distribution, which finds too much with few of them.
    if (found.clusters === null)
      expectAllClose(
        column((each) => each.p),
        expected.p,
        1e-6,
      );
    expectAllClose([found.logLikelihood.atZero, found.logLikelihood.atMaximum], expected.loglik);
    expectClose(found.score.chiSquare, expected.score);
    expectClose(found.wald!.chiSquare, expected.wald, 1e-6);
    expect([found.n, found.events]).toEqual([expected.n, expected.events]);
  });

  const uneven = coxRegression(
    { exit: [...veteran.exit, ...veteran.exit], event: [...veteran.event, ...veteran.event] },
    [
      { name: 'x', values: [...veteran.trt, ...veteran.trt.map(() => 1)] },
      { name: 'karno', values: [...veteran.karno, ...veteran.karno] },
    ],
    {
      strata: [...veteran.trt.map(() => 1), ...veteran.trt.map(() => 2)],
      cluster: [...quarters, ...quarters.map((each) => each + 4)],
    },
  );

  it.each(Object.keys(clustered) as (keyof typeof clustered)[])(
    'tests clusters by t of those that tell of a coefficient, %s',
    (name) => {
      const { wald, coefficients }: CoxFit = name === 'uneven' ? uneven : fits[name];
      const expected = clustered[name];
      expect(coefficients.map(({ df }) => df)).toEqual(expected.df);
      for (const what of ['p', 'lower', 'upper'] as const)
        expectAllClose(
          coefficients.map((each) => each[what]),
          expected[what],
          1e-6,
          what,
        );
      expectAllClose(
        coefficients.map(({ z }) => z),
        expected.t,
        1e-6,
      );
      expectClose(wald!.p, expected.waldP, 1e-6);
    },
  );

  it('tests nothing where clusters are no more than coefficients', () => {
    const cluster = veteran.exit.map((_, i) => i % 2);
    const found = coxRegression(veteran, trtKarno, { cluster });
    expect(found.clusters).toBeNull();
    expect(found.wald).toBeNull();
    for (const each of found.coefficients)
      expect(each).toMatchObject({ status: 'estimated', robustSe: null, z: null, p: null, lower: null });
    expectAllClose(
      found.coefficients.map(({ se }) => se),
      coxRegression(veteran, trtKarno).coefficients.map(({ se }) => se),
    );
    const two = coxRegression(veteran, columns(veteran, ['karno']), { cluster });
    // On one degree of freedom p is not far below 0.05 even where an error vanishes almost.
    expect(two.coefficients[0]!).toMatchObject({ df: 1 });
    expect(two.coefficients[0]!.p).toBeGreaterThan(0.005);
  });

  it.each(['efron', 'breslow'] as const)('fits aml and the 6-MP trial, %s', (ties) => {
    for (const [lives, second, expected] of [
      [data.aml, 'Nonmaintained', oracle.aml[ties]],
      [data.freireich, 'control', oracle.freireich[ties]],
    ] as const) {
      const found = coxRegression(
        lives,
        [{ name: 'x', values: lives.group.map((g) => (g === second ? 1 : 0)) }],
        {
          ties,
        },
      );
      expectClose(found.coefficients[0]!.coefficient, expected.coef[0], 1e-7);
      expectClose(found.coefficients[0]!.se, expected.se[0], 1e-6);
      expectAllClose([found.logLikelihood.atZero, found.logLikelihood.atMaximum], expected.loglik);
      expectClose(found.score.chiSquare, expected.score);
      expectClose(found.likelihoodRatio.chiSquare, expected.lrt);
      const steps = baselineHazard(found.model.layout, found.model.beta);
      for (const [time, hazard] of expected.basehaz)
        expectClose(steps.findLast((step) => step.time <= time!)?.hazard, hazard, 1e-7);
    }
  });

  it('gives baseline hazards and martingale residuals', () => {
    for (const name of ['full', 'heart'] as const) {
      const { layout, beta } = fits[name].model;
      const steps = baselineHazard(layout, beta);
      oracle.basehaz[name].time.forEach((time, i) =>
        expectClose(
          steps.findLast((step) => step.time <= time)?.hazard ?? 0,
          oracle.basehaz[name].hazard[i],
          1e-7,
          `${name} ${time}`,
        ),
      );
    }
    for (const name of ['full', 'heart', 'months'] as const) {
      const { layout, beta } = fits[name].model;
      expectAllClose(martingaleResiduals(layout, beta).slice(0, 25), oracle.martingale[name], 1e-7, name);
    }
  });

  it('tests whether hazards are proportional', () => {
    const terms = { celltype: ['smallcell', 'adeno', 'large'] };
    const check = (
      found: ReturnType<typeof proportionalHazardsTest>,
      expected: {
        readonly chisq: readonly number[];
        readonly p: readonly number[];
        readonly df: readonly number[];
      },
    ) => {
      expectAllClose(
        found.map((row) => row.chiSquare),
        expected.chisq,
        1e-7,
      );
      expectAllClose(
        found.map((row) => row.p),
        expected.p,
        1e-7,
      );
      expect(found.map((row) => row.df)).toEqual(expected.df);
    };
    check(proportionalHazardsTest(fits.full, { terms }), oracle.zph.full);
    check(proportionalHazardsTest(fits.full), oracle.zph.fullColumns);
    check(proportionalHazardsTest(fits.full, { terms, transform: 'identity' }), oracle.zph.fullIdentity);
    check(proportionalHazardsTest(fits.full, { terms, transform: 'rank' }), oracle.zph.fullRank);
    check(proportionalHazardsTest(fits.full, { terms, transform: 'log' }), oracle.zph.fullLog);
    check(proportionalHazardsTest(fits.fullBreslow, { terms }), oracle.zph.fullBreslow);
    check(proportionalHazardsTest(fits.strata), oracle.zph.strata);
    check(proportionalHazardsTest(fits.heart), oracle.zph.heart);
    const aml = coxRegression(data.aml, [
      { name: 'x', values: data.aml.group.map((g) => (g === 'Maintained' ? 0 : 1)) },
    ]);
    expectClose(proportionalHazardsTest(aml)[0]!.chiSquare, oracle.aml.zph.chisq, 1e-8);
  });
});

describe("Therneau's closed forms", () => {
  const first: Lives = { exit: [1, 1, 6, 6, 8, 9], event: [1, 0, 1, 1, 0, 1] };
  const x: Covariate[] = [{ name: 'x', values: [1, 1, 1, 0, 0, 0] }];
  const second: Lives = {
    entry: [1, 2, 5, 2, 1, 7, 3, 4, 8, 8],
    exit: [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
    event: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
  };
  const x2: Covariate[] = [{ name: 'x', values: [1, 0, 0, 1, 0, 1, 1, 1, 0, 0] }];

  it.each(['efron', 'breslow'] as const)('hold for %s', (ties) => {
    const expected = oracle.therneau.test1[ties];
    const found = coxRegression(first, x, { ties });
    const { layout, beta } = found.model;
    expectClose(found.coefficients[0]!.coefficient, expected.closed, 1e-9);
    expectAllClose([found.logLikelihood.atZero, found.logLikelihood.atMaximum], expected.loglik);
    const scale = layout.scale[0]!;
    expectClose(partialLikelihood(layout, [0]).information[0]![0]! * scale * scale, expected.info0, 1e-12);
    expectAllClose(martingaleResiduals(layout, [0]), expected.martingale0, 1e-12);
    expectAllClose(martingaleResiduals(layout, beta), expected.martingale, 1e-7);
    const steps = baselineHazard(layout, beta);
    for (const { time, hazard } of expected.basehaz)
      expectClose(steps.findLast((step) => step.time <= time)!.hazard, hazard, 1e-7);
    const startStop = oracle.therneau.test2_start_stop[ties];
    const delayed = coxRegression(second, x2, { ties });
    expectClose(delayed.coefficients[0]!.coefficient, startStop.beta, 1e-7);
    expectClose(delayed.coefficients[0]!.se, startStop.se, 1e-6);
    expectAllClose([delayed.logLikelihood.atZero, delayed.logLikelihood.atMaximum], startStop.loglik);
  });
  it('agrees with the closed form in radicals', () => {
    const r = 2 * Math.sqrt(23 / 3) * Math.cos(Math.acos((45 / 23) * Math.sqrt(3 / 23)) / 3);
    expectClose(coxRegression(first, x).coefficients[0]!.coefficient, Math.log(r), 1e-13);
    expectClose(
      coxRegression(first, x, { ties: 'breslow' }).coefficients[0]!.coefficient,
      Math.log((3 + Math.sqrt(33)) / 2),
      1e-13,
    );
  });
});

interface Row {
  readonly exit: number;
  readonly length: number;
  readonly event: boolean;
  readonly x: number;
  readonly y: number;
  readonly stratum: string;
}
const rows = fc
  .array(
    fc.record({
      exit: fc.integer({ min: 1, max: 8 }),
      length: fc.integer({ min: 1, max: 8 }),
      event: fc.boolean(),
      x: fc.integer({ min: -2, max: 2 }),
      y: fc.integer({ min: 0, max: 5 }),
      stratum: fc.constantFrom('a', 'b'),
    }),
    { minLength: 2, maxLength: 25 },
  )
  .filter((each) => each.some((row) => row.event));
const livesOf = (each: readonly Row[]): Lives => ({
  entry: each.map((row) => row.exit - row.length),
  exit: each.map((row) => row.exit),
  event: each.map((row) => row.event),
});
const xy = (each: readonly Row[]): Covariate[] => [
  { name: 'x', values: each.map((row) => row.x) },
  { name: 'y', values: each.map((row) => row.y) },
];
const regress = (each: readonly Row[], options: CoxOptions = {}) =>
  coxRegression(livesOf(each), xy(each), options);

describe('identities', () => {
  const ties = fc.constantFrom('efron', 'breslow' as const);

  it('has the score and information of its likelihood, by finite differences', () => {
    fc.assert(
      fc.property(rows, ties, (each, method) => {
        const layout = coxLayout(
          livesOf(each),
          xy(each),
          method,
          each.map((row) => row.stratum),
          undefined,
        );
        const at = [0.3, -0.2];
        const h = 1e-5;
        const here = partialLikelihood(layout, at);
        for (const a of [0, 1]) {
          const moved = (by: number) =>
            partialLikelihood(
              layout,
              at.map((b, k) => (k === a ? b + by : b)),
            );
          const [up, down] = [moved(h), moved(-h)];
          expectClose((up.logLikelihood - down.logLikelihood) / (2 * h), here.score[a], 1e-6);
          for (const b of [0, 1])
            expectClose(-(up.score[b]! - down.score[b]!) / (2 * h), here.information[a]![b], 1e-6);
        }
      }),
    );
  });

  it('has score residuals that add up to the score and martingale residuals that add up to 0', () => {
    fc.assert(
      fc.property(rows, ties, (each, method) => {
        const layout = coxLayout(
          livesOf(each),
          xy(each),
          method,
          each.map((row) => row.stratum),
          undefined,
        );
        const at = [0.5, 0.25];
        const residuals = scoreResiduals(layout, at);
        for (const a of [0, 1])
          expectClose(
            each.reduce((sum, _, i) => sum + residuals[i * 2 + a]!, 0),
            partialLikelihood(layout, at).score[a],
            1e-9,
          );
        expectClose(
          martingaleResiduals(layout, at).reduce((sum, value) => sum + value, 0),
          0,
          1e-9,
        );
      }),
    );
  });

  it('is invariant to row order, to units, to one stratum, and to cutting rows in two', () => {
    fc.assert(
      fc.property(rows, ties, (each, method) => {
        const found = regress(each, { ties: method });
        const compare = (other: CoxFit, unit = 1) => {
          // Near enough to a supremum that is never reached.
          expectClose(other.logLikelihood.atMaximum, found.logLikelihood.atMaximum, 1e-4);
          other.coefficients.forEach((coefficient, a) => {
            expect(coefficient.status).toBe(found.coefficients[a]!.status);
            const expected = found.coefficients[a]!.coefficient;
            if (coefficient.coefficient !== null)
              expectClose(coefficient.coefficient, a === 0 ? expected! / unit : expected, 1e-5);
          });
        };
        compare(regress([...each].reverse(), { ties: method }));
        compare(
          regress(
            each.map((row) => ({ ...row, x: row.x * 1000 - 7 })),
            { ties: method },
          ),
          1000,
        );
        compare(regress(each, { ties: method, strata: each.map(() => 's') }));
        const cut = each.flatMap((row) =>
          row.length < 2
            ? [row]
            : [
                { ...row, exit: row.exit - 1, length: row.length - 1, event: false },
                { ...row, length: 1 },
              ],
        );
        compare(regress(cut, { ties: method }));
      }),
      { numRuns: 60 },
    );
  });

  it('never gives a number that is not finite', () => {
    fc.assert(
      fc.property(rows, ties, (each, method) => {
        const found = regress(each, { ties: method, cluster: each.map((row) => row.stratum) });
        for (const coefficient of found.coefficients)
          for (const value of Object.values(coefficient))
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        for (const test of [found.score, found.likelihoodRatio, found.wald])
          if (test !== null) expect(Number.isFinite(test.chiSquare) && test.p >= 0 && test.p <= 1).toBe(true);
        if (found.coefficients.some(({ status }) => status === 'estimated'))
          for (const row of proportionalHazardsTest(found))
            expect(row.chiSquare === null || Number.isFinite(row.chiSquare)).toBe(true);
      }),
    );
  });
});

describe('degenerate input', () => {
  it('reports a monotone likelihood instead of a Wald test, and its finite limit', () => {
    // Every event has the larger x of its risk set: log L = -log((1 + 3 e^-b) ...) rises for ever.
    const lives: Lives = { exit: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 0, 0, 0] };
    const x: Covariate[] = [{ name: 'x', values: [1, 1, 1, 0, 0, 0] }];
    const found = coxRegression(lives, x);
    expect(found.coefficients[0]).toMatchObject({
      status: 'infinite',
      direction: 1,
      coefficient: null,
      se: null,
      p: null,
    });
    expect(found.wald).toBe(null);
    // At zero: -log(6 * 5 * 4); in the limit: -log(3 * 2 * 1).
    expectClose(found.likelihoodRatio.chiSquare, 2 * Math.log(120 / 6), 1e-7);
    const { lower, upper } = profileLimits(lives, x, 'x');
    expect(upper).toBe(null);
    const loss = (b: number) =>
      2 * [3, 2, 1].reduce((sum, k) => sum + Math.log(k + 3 * Math.exp(-b)) - Math.log(k), 0);
    expectClose(loss(lower!), 1.959963984540054 ** 2, 1e-6);
    expect(coxRegression(lives, [{ name: 'x', values: [0, 0, 0, 1, 1, 1] }]).coefficients[0]!.direction).toBe(
      -1,
    );
  });

  it('keeps the other coefficients of a model with an infinite one', () => {
    const lives: Lives = { exit: [1, 2, 3, 4, 5, 6, 7, 8], event: [1, 1, 1, 1, 0, 0, 0, 0] };
    const y: Covariate = { name: 'y', values: [0, 1, 0, 1, 0, 0, 1, 1] };
    const found = coxRegression(lives, [{ name: 'x', values: [1, 1, 1, 1, 0, 0, 0, 0] }, y]);
    // In the limit only those with x = 1 are at risk.
    const limit = coxRegression({ exit: [1, 2, 3, 4], event: [1, 1, 1, 1] }, [
      { name: 'y', values: [0, 1, 0, 1] },
    ]);
    expect(found.coefficients.map(({ status }) => status)).toEqual(['infinite', 'estimated']);
    expectClose(found.coefficients[1]!.coefficient, limit.coefficients[0]!.coefficient, 1e-5);
    expectClose(found.coefficients[1]!.se, limit.coefficients[0]!.se, 1e-5);
  });

  it('sets combinations of earlier covariates and constants aside', () => {
    const [trt, karno] = trtKarno as [Covariate, Covariate];
    const found = coxRegression(veteran, [
      trt,
      karno,
      { name: 'sum', values: veteran.trt.map((value, i) => 3 * value - veteran.karno[i]! / 7) },
      { name: 'one', values: veteran.trt.map(() => 1) },
    ]);
    expect(found.coefficients.map(({ status }) => status)).toEqual([
      'estimated',
      'estimated',
      'aliased',
      'aliased',
    ]);
    const alone = coxRegression(veteran, trtKarno);
    expectClose(found.coefficients[1]!.coefficient, alone.coefficients[1]!.coefficient, 1e-10);
    expect(found.likelihoodRatio.df).toBe(2);
  });

  it('refuses no events, and numbers that are not finite', () => {
    const one: Covariate[] = [{ name: 'x', values: [1, 2] }];
    expect(() => coxRegression({ exit: [1, 2], event: [0, 0] }, one)).toThrow(/no life ends in an event/);
    expect(() =>
      coxRegression({ exit: [1, 2], event: [1, 0] }, [{ name: 'x', values: [1, Number.NaN] }]),
    ).toThrow(/covariate x of row 1 is NaN/);
    expect(() => coxRegression({ exit: [1, 2], event: [1, 0] }, [{ name: 'x', values: [1] }])).toThrow(
      /one number per row/,
    );
    expect(() => profileLimits({ exit: [1, 2], event: [1, 1] }, one, 'y')).toThrow(/no coefficient y/);
  });

  it('has an answer for one row, and for one cluster', () => {
    expect(
      coxRegression({ exit: [1], event: [1] }, [{ name: 'x', values: [3] }]).coefficients[0],
    ).toMatchObject({
      status: 'aliased',
      coefficient: null,
    });
    const [coefficient] = coxRegression(veteran, columns(veteran, ['trt']), {
      cluster: veteran.trt.map(() => 'one'),
    }).coefficients;
    // The score of everyone together is 0 at the maximum: one cluster has no error.
    expect(coefficient).toMatchObject({ status: 'estimated', robustSe: null, p: null });
  });
});
