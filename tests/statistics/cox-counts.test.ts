/** Rows that stand for several equal lives: the same fit as the lives one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CoxFit, coxRegression } from '../../src/statistics/cox.ts';
import { collapsedLives } from '../../src/statistics/lives.ts';
import { proportionalHazardsTest, timeTransforms } from '../../src/statistics/proportional-hazards.ts';

/** Few times, groups, strata and clusters, so that many lives are equal. */
const sample = fc
  .array(
    fc.record({
      entry: fc.nat(2),
      length: fc.integer({ min: 1, max: 5 }),
      event: fc.boolean(),
      x: fc.nat(2),
      y: fc.nat(1),
      stratum: fc.nat(1),
      cluster: fc.nat(3),
    }),
    { minLength: 12, maxLength: 120 },
  )
  .filter((rows) => rows.some(({ event }) => event));

type Row = {
  entry: number;
  length: number;
  event: boolean;
  x: number;
  y: number;
  stratum: number;
  cluster: number;
};
const livesOf = (rows: readonly Row[], delayed: boolean) => ({
  ...(delayed ? { entry: rows.map(({ entry }) => entry) } : {}),
  exit: rows.map(({ entry, length }) => entry + length),
  event: rows.map(({ event }) => Number(event)),
});
const covariates = (rows: readonly Row[]) => [
  { name: 'one', values: rows.map(({ x }) => Number(x === 1)) },
  { name: 'two', values: rows.map(({ x }) => Number(x === 2)) },
  { name: 'y', values: rows.map(({ y }) => y) },
];

function close(a: number | null, b: number | null): void {
  if (a === null || b === null) expect(a).toBe(b);
  else expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(a), Math.abs(b)));
}

function expectSame(a: CoxFit, b: CoxFit): void {
  expect([a.n, a.events, a.clusters]).toEqual([b.n, b.events, b.clusters]);
  close(a.logLikelihood.atZero, b.logLikelihood.atZero);
  close(a.logLikelihood.atMaximum, b.logLikelihood.atMaximum);
  close(a.score.chiSquare, b.score.chiSquare);
  a.coefficients.forEach((each, i) => {
    const other = b.coefficients[i]!;
    expect([each.name, each.status, each.direction]).toEqual([other.name, other.status, other.direction]);
    close(each.coefficient, other.coefficient);
    close(each.se, other.se);
    close(each.robustSe, other.robustSe);
  });
}

describe.each(['efron', 'breslow'] as const)('lives counted in rows, ties by %s', (ties) => {
  it.each([
    ['alone', false, false],
    ['with delayed entry', true, false],
    ['with strata and clusters', false, true],
    ['with all of it', true, true],
  ] as const)('%s', (_, delayed, grouped) => {
    fc.assert(
      fc.property(sample, (all) => {
        const lives = livesOf(all, delayed);
        const labels = (['x', 'y', 'stratum', 'cluster'] as const).map((key) =>
          Int32Array.from(all, (row) => row[key]),
        );
        const { rows, counts } = collapsedLives(lives, labels);
        const distinct = Array.from(rows, (i) => all[i]!);
        const options = (of: readonly Row[]) => ({
          ties,
          ...(grouped
            ? { strata: of.map(({ stratum }) => stratum), cluster: of.map(({ cluster }) => cluster) }
            : {}),
        });
        const one = coxRegression(lives, covariates(all), options(all));
        const many = coxRegression(livesOf(distinct, delayed), covariates(distinct), {
          ...options(distinct),
          counts,
        });
        expectSame(one, many);
        if (!one.coefficients.some(({ status }) => status === 'estimated')) return;
        for (const transform of timeTransforms) {
          const [a, b] = [one, many].map((fit) => proportionalHazardsTest(fit, { transform }));
          a!.forEach((each, i) => {
            expect(each.df).toBe(b![i]!.df);
            if (each.p !== null) expect(Math.abs(each.p - b![i]!.p!)).toBeLessThan(1e-5);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('collapsing', () => {
  it('keeps every life and makes no two rows equal', () => {
    fc.assert(
      fc.property(sample, (all) => {
        const lives = livesOf(all, true);
        const labels = [Int32Array.from(all, ({ x }) => x)];
        const { rows, counts } = collapsedLives(lives, labels);
        expect(counts.reduce((sum, each) => sum + each, 0)).toBe(all.length);
        const key = (i: number) => `${lives.entry![i]} ${lives.exit[i]} ${lives.event[i]} ${all[i]!.x}`;
        const keys = Array.from(rows, key);
        expect(new Set(keys).size).toBe(keys.length);
        keys.forEach((each, row) => expect(counts[row]).toBe(all.filter((_, i) => key(i) === each).length));
      }),
    );
  });

  it.each([[0], [-1], [1.5]])('refuses rows that stand for %f lives', (count) => {
    const lives = { exit: [1, 2], event: [1, 1] };
    const x = [{ name: 'x', values: [0, 1] }];
    expect(() => coxRegression(lives, x, { counts: [1, count] })).toThrow(/whole number/);
    expect(() => coxRegression(lives, x, { counts: [1] })).toThrow(/one number per row/);
  });
});
