import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coxRegression } from '../../src/statistics/cox.ts';
import { type LogRankTest, logRank } from '../../src/statistics/log-rank.ts';
import data from '../fixtures/survival.json' with { type: 'json' };
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

interface Expected {
  readonly groups: readonly string[];
  readonly obs: readonly number[];
  readonly exp: readonly number[];
  readonly var: readonly (readonly number[])[];
  readonly chisq: number;
}

/** R orders groups by factor level, we by first appearance. */
function check(found: LogRankTest<string | number>, expected: Expected): void {
  const names = expected.groups.map((name) => name.replace(/^.*=/, ''));
  found.groups.forEach(({ group, observed, expected: e }, g) => {
    const at = names.indexOf(String(group));
    expectClose(observed, expected.obs[at], 1e-12);
    expectClose(e, expected.exp[at], 1e-12);
    found.groups.forEach((other, h) => {
      expectClose(found.variance[g]![h], expected.var[at]![names.indexOf(String(other.group))], 1e-11);
    });
  });
  expectClose(found.chiSquare, expected.chisq);
  expect(found.df).toBe(names.length - 1);
}

const { veteran } = oracle.data;

describe('groups', () => {
  it('are counted, and need one label per life, in strata too', () => {
    const lives = { exit: [3, 5, 2, 7, 4], event: [1, 1, 0, 1, 0] };
    const found = logRank(lives, ['b', 'a', 'b', 'b', 'a']);
    expect(found.groups.map(({ group, n }) => [group, n])).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
    const words = 'groups and strata must have one label per life';
    expect(() => logRank(lives, ['a', 'b', 'a', 'b'])).toThrow(words);
    const groups = ['a', 'b', 'a', 'b', 'a'];
    for (const strata of [['s', 's'], Array<string>(6).fill('s')])
      expect(() => logRank(lives, groups, { strata })).toThrow(words);
    expect(logRank(lives, groups, { strata: Array<string>(5).fill('s') }).chiSquare).toBeCloseTo(
      logRank(lives, groups).chiSquare!,
      12,
    );
  });
});

describe('against R', () => {
  it('tests aml and the 6-MP trial', () => {
    check(logRank(data.aml, data.aml.group), oracle.aml.logrank);
    check(logRank(data.aml, data.aml.group, { rho: 1 }), oracle.aml.peto);
    check(logRank(data.freireich, data.freireich.group), oracle.freireich.logrank);
    check(logRank(data.freireich, data.freireich.group, { rho: 1 }), oracle.freireich.peto);
    expectClose(logRank(data.aml, data.aml.group).p, oracle.aml.logrank.p);
    expectClose(logRank(data.freireich, data.freireich.group).p, oracle.freireich.logrank.p);
  });

  it('tests veteran: four groups, weights, strata', () => {
    check(logRank(veteran, veteran.celltype), oracle.survdiff.celltype_rho0);
    check(logRank(veteran, veteran.celltype, { rho: 1 }), oracle.survdiff.celltype_rho1);
    check(logRank(veteran, veteran.trt, { rho: 0.5 }), oracle.survdiff.trt_rho05);
    check(logRank(veteran, veteran.trt, { strata: veteran.celltype }), oracle.survdiff.trt_strata_celltype);
    check(
      logRank(veteran, veteran.celltype, { strata: veteran.trt, rho: 1 }),
      oracle.survdiff.celltype_strata_trt_rho1,
    );
  });

  it('tests six lives by hand', () => {
    const exit = [1, 2, 4, 1, 2, 3];
    const group = [0, 0, 0, 1, 1, 1];
    check(logRank({ exit, event: [1, 1, 1, 1, 1, 1] }, group), oracle.tiny.nocens);
    check(logRank({ exit, event: [1, 0, 1, 1, 0, 1] }, group), oracle.tiny.cens);
  });
});

const rows = fc.array(
  fc.record({
    exit: fc.integer({ min: 1, max: 12 }),
    event: fc.boolean(),
    group: fc.constantFrom('a', 'b', 'c'),
    stratum: fc.constantFrom(1, 2),
  }),
  { minLength: 1, maxLength: 40 },
);
type Row = { exit: number; event: boolean; group: string; stratum: number };
const test = (each: readonly Row[], options: { stratified?: boolean; rho?: number; delay?: number } = {}) =>
  logRank(
    {
      ...(options.delay === undefined
        ? {}
        : { entry: each.map((row) => row.exit - (1 + row.stratum * options.delay!)) }),
      exit: each.map((row) => row.exit),
      event: each.map((row) => row.event),
    },
    each.map((row) => row.group),
    {
      rho: options.rho ?? 0,
      ...(options.stratified === true ? { strata: each.map((row) => row.stratum) } : {}),
    },
  );

describe('identities', () => {
  it('expects as many events as there are, and variances of rows add up to 0', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom(0, 1), (each, stratified, rho) => {
        const { groups, variance, p, chiSquare } = test(each, { stratified, rho, delay: 2 });
        expectClose(
          groups.reduce((sum, group) => sum + group.observed - group.expected, 0),
          0,
          1e-11,
        );
        for (const row of variance)
          expectClose(
            row.reduce((sum, value) => sum + value, 0),
            0,
            1e-11,
          );
        expect(chiSquare === null ? p === null : chiSquare >= 0 && p! >= 0 && p! <= 1).toBe(true);
      }),
    );
  });

  it('does not depend on order or labels, nor on one stratum or on the unit of time', () => {
    fc.assert(
      fc.property(rows, (each) => {
        const { chiSquare, df } = test(each);
        const mirrored = each
          .map((row) => ({ ...row, group: { a: 'c', b: 'b', c: 'a' }[row.group]! }))
          .reverse();
        const again = test(mirrored);
        expectClose(again.chiSquare, chiSquare, 1e-9);
        expect(again.df).toBe(df);
        expectClose(
          test(
            each.map((row) => ({ ...row, stratum: 1 })),
            { stratified: true },
          ).chiSquare,
          chiSquare,
          1e-12,
        );
        expectClose(test(each.map((row) => ({ ...row, exit: row.exit * 8 }))).chiSquare, chiSquare, 1e-12);
      }),
    );
  });

  it('is the score test of a Cox model without ties, with delayed entry too', () => {
    const untied = fc
      .array(
        fc.record({
          event: fc.boolean(),
          group: fc.constantFrom(0, 1),
          delay: fc.integer({ min: 1, max: 9 }),
        }),
        {
          minLength: 4,
          maxLength: 30,
        },
      )
      .filter((each) => each.some((row) => row.event));
    fc.assert(
      fc.property(untied, fc.boolean(), (each, delayed) => {
        const exit = each.map((_, i) => i + 1);
        const lives = {
          ...(delayed ? { entry: each.map((row, i) => i + 1 - row.delay) } : {}),
          exit,
          event: each.map((row) => row.event),
        };
        const group = each.map((row) => row.group);
        const { chiSquare } = logRank(lives, group);
        const { score } = coxRegression(lives, [{ name: 'group', values: group }], { ties: 'breslow' });
        expectClose(chiSquare ?? 0, score.chiSquare, 1e-9);
      }),
    );
  });
});

describe('degenerate input', () => {
  it('says that nothing can be compared', () => {
    expect(logRank({ exit: [1, 2], event: [1, 1] }, ['a', 'a'])).toMatchObject({
      chiSquare: null,
      p: null,
      df: 0,
    });
    expect(logRank({ exit: [1, 2], event: [0, 0] }, ['a', 'b'])).toMatchObject({
      chiSquare: null,
      p: null,
      df: 0,
    });
    // Never at risk together.
    const apart = { entry: [0, 5], exit: [5, 9], event: [1, 1] };
    expect(logRank(apart, ['a', 'b'])).toMatchObject({ chiSquare: null, p: null, df: 0 });
    expect(logRank({ exit: [], event: [] }, [])).toMatchObject({ chiSquare: null, groups: [] });
  });

  it('refuses labels that are not one per life, and events that are not 0 or 1', () => {
    expect(() => logRank({ exit: [1], event: [1] }, [])).toThrow(/one label per life/);
    expect(() => logRank({ exit: [1], event: [Number.NaN] }, ['a'])).toThrow(/event 0 is NaN/);
    expect(() => logRank({ exit: [Number.NaN], event: [1] }, ['a'])).toThrow(/finite/);
  });
});
