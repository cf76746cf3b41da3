import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kaplanMeier, kaplanMeierBy } from '../../src/statistics/kaplan-meier.ts';
import type { Lives } from '../../src/statistics/lives.ts';
import { restrictedMean } from '../../src/statistics/restricted-mean.ts';
import { survivalQuantile } from '../../src/statistics/survival-quantile.ts';
import oracle from '../fixtures/survival.json' with { type: 'json' };

type Cell = number | string | null;

function close(actual: number | null | undefined, expected: Cell | undefined): void {
  if (expected === null || expected === undefined || typeof expected === 'string')
    expect(actual ?? null).toBe(null);
  else expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(expected)));
}

function checkTable(lives: Lives, groups: readonly string[], expected: readonly (readonly Cell[])[]): void {
  const curves = kaplanMeierBy(lives, groups, { confidence: 'log' });
  const rows = [...curves].flatMap(([group, curve]) => curve.rows.map((row) => ({ group, ...row })));
  expect(rows.length).toBe(expected.length);
  for (const [group, time, atRisk, events, censored, survival, se, lower, upper] of expected) {
    const row = rows.find((each) => each.group === group && each.time === time)!;
    expect(row).toMatchObject({ atRisk, events, censored });
    close(row.survival, survival);
    if (survival !== 0) {
      close(row.se, se);
      close(row.lower, lower);
      close(row.upper, upper);
    } else expect([row.se, row.lower, row.upper]).toEqual([null, null, null]);
  }
}

describe('against R', () => {
  it('gives the tables of aml', () => checkTable(oracle.aml, oracle.aml.group, oracle.aml.km));
  it('gives the tables of the 6-MP trial', () =>
    checkTable(oracle.freireich, oracle.freireich.group, oracle.freireich.km));
  it('gives the tables of heart, with delayed entry', () =>
    checkTable(oracle.heart, oracle.heart.group, oracle.heart.km));

  it.each(['plain', 'log', 'log-log'] as const)('gives the %s limits of aml', (confidence) => {
    const curves = kaplanMeierBy(oracle.aml, oracle.aml.group, { confidence });
    for (const [group, time, lower, upper] of oracle.aml.ci[confidence]) {
      const row = curves.get(group as string)!.rows.find((each) => each.time === time)!;
      if (row.survival > 0) {
        close(row.lower, lower);
        close(row.upper, upper);
      }
    }
  });

  it.each([
    ['log', oracle.aml, oracle.aml.quantilesLog],
    ['log-log', oracle.aml, oracle.aml.quantilesLogLog],
    ['log', oracle.veteran, oracle.veteran.quantiles],
  ] as const)('gives quartiles with %s limits', (confidence, data, expected) => {
    // R orders groups by factor level: those of the data as they first appear, here.
    [...kaplanMeierBy(data, data.group as string[], { confidence }).values()].forEach((curve, g) => {
      [0.25, 0.5, 0.75].forEach((p, k) => {
        const quantile = survivalQuantile(curve, p);
        close(quantile.value, expected.q25_50_75[g]![k]);
        close(quantile.lower, expected.lower[g]![k]);
        close(quantile.upper, expected.upper[g]![k]);
      });
    });
  });

  it.each([
    ['aml', oracle.aml, oracle.aml.group, oracle.aml.rmst],
    ['6-MP', oracle.freireich, oracle.freireich.group, oracle.freireich.rmst],
    ['veteran', oracle.veteran, oracle.veteran.trt, oracle.veteran.rmstTrt],
  ] as const)('gives the restricted means of %s', (_, data, groups, expected) => {
    const curves = kaplanMeierBy(data, groups as string[]);
    for (const { strata, tau, rmst, se } of expected) {
      const found = restrictedMean(curves.get(strata.replace(/^.*=/, ''))!, tau);
      close(found.mean, rmst);
      close(found.se, se);
    }
  });
});

describe('identities', () => {
  const lives = fc.array(fc.record({ exit: fc.integer({ min: 1, max: 30 }), event: fc.boolean() }), {
    minLength: 1,
    maxLength: 60,
  });
  const columns = (rows: readonly { exit: number; event: boolean }[]): Lives => ({
    exit: rows.map((row) => row.exit),
    event: rows.map((row) => row.event),
  });

  it('without censoring is 1 - the empirical distribution function, and its area is the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (exit) => {
        const curve = kaplanMeier({ exit, event: exit.map(() => 1) });
        for (const row of curve.rows)
          close(row.survival, exit.filter((t) => t > row.time).length / exit.length);
        close(restrictedMean(curve, 50).mean, exit.reduce((sum, t) => sum + t, 0) / exit.length);
      }),
    );
  });

  it('does not depend on the order of subjects, and scales with time', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        const curve = kaplanMeier(columns(rows));
        expect(kaplanMeier(columns([...rows].reverse()))).toEqual(curve);
        const doubled = kaplanMeier(columns(rows.map((row) => ({ ...row, exit: row.exit * 4 }))));
        expect(doubled.rows.map((row) => ({ ...row, time: row.time / 4 }))).toEqual(curve.rows);
      }),
    );
  });

  it('changes nothing but n for a subject censored before the first event', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        const before = kaplanMeier(columns(rows));
        const after = kaplanMeier(columns([...rows, { exit: 0.5, event: false }]));
        expect(after.n).toBe(before.n + 1);
        expect(after.rows.slice(1)).toEqual(before.rows);
      }),
    );
  });

  it('is the product over both halves when everyone at risk re-enters at a cut', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        const whole = kaplanMeier(columns(rows));
        const early = rows.map((row) => ({
          entry: 0,
          exit: Math.min(row.exit, 10.5),
          event: row.exit < 10.5 && row.event,
        }));
        const late = rows.filter((row) => row.exit > 10.5).map((row) => ({ ...row, entry: 10.5 }));
        const split = [...early, ...late];
        const cut = kaplanMeier({ entry: split.map((row) => row.entry), ...columns(split) });
        for (const row of whole.rows)
          expect(cut.rows.find((each) => each.time === row.time)).toMatchObject({
            atRisk: row.atRisk,
            survival: row.survival,
          });
      }),
    );
  });
});

describe('conventions', () => {
  it('takes times within rounding as one', () => {
    const curve = kaplanMeier({ exit: [0.3, 0.1 + 0.2, 1], event: [1, 1, 1] });
    expect(curve.rows.map((row) => row.events)).toEqual([2, 1]);
  });
  it('takes the middle of a plateau exactly at one half', () => {
    expect(survivalQuantile(kaplanMeier({ exit: [1, 2, 3, 4], event: [1, 1, 1, 1] }), 0.5).value).toBe(2.5);
    expect(survivalQuantile(kaplanMeier({ exit: [1, 2, 3, 7], event: [1, 1, 0, 0] }), 0.5).value).toBe(4.5);
    expect(survivalQuantile(kaplanMeier({ exit: [1, 2, 3], event: [1, 0, 0] }), 0.5).value).toBe(null);
  });
  it('counts an event at time 0 and refuses a life without length under delayed entry', () => {
    expect(kaplanMeier({ exit: [0, 1], event: [1, 1] }).rows[0]).toMatchObject({
      time: 0,
      atRisk: 2,
      survival: 0.5,
    });
    expect(() => kaplanMeier({ entry: [3], exit: [3], event: [1] })).toThrow(/life 0 has no length/);
  });
});
