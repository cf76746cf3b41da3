import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aalenJohansen } from '../../src/statistics/aalen-johansen.ts';
import { kaplanMeier } from '../../src/statistics/kaplan-meier.ts';
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

const { competing } = oracle;
const cause = competing.cause.map((each) => (each === 'cens' ? null : each));

describe('cumulative incidence', () => {
  it.each([
    ['log', competing.quarters, competing.quartersLog],
    ['plain', competing.quarters, competing.quartersPlain],
    ['log-log', competing.quarters, competing.quartersLogLog],
    ['log', competing.days, competing.daysLog],
  ] as const)('is that of R, %s limits', (confidence, exit, expected) => {
    const found = aalenJohansen({ exit, cause }, { confidence });
    for (const [k, name] of [
      [1, 'transplant'],
      [2, 'death'],
    ] as const) {
      for (const row of found.causes.get(name)!) {
        const i = expected.time.indexOf(row.time);
        expect(row.atRisk).toBe(expected.risk[i]);
        expect(row.events).toBe(expected.nevent[i]![k]);
        expectClose(row.incidence, expected.pstate[i]![k], 1e-12);
        expectClose(row.se, expected.se[i]![k], 1e-10);
        if (row.incidence > 0) {
          expectClose(row.lower, expected.lower[i]![k], 1e-10, `${name} ${row.time}`);
          expectClose(row.upper, expected.upper[i]![k], 1e-10, `${name} ${row.time}`);
        } else expect([row.lower, row.upper]).toEqual([null, null]);
      }
    }
  });

  it('is that of R with delayed entry', () => {
    const { entry, time, pstate } = competing.delayed;
    const found = aalenJohansen({ entry, exit: competing.quarters, cause });
    for (const row of found.causes.get('death')!)
      expectClose(row.incidence, pstate[time.indexOf(row.time)]![2], 1e-12);
  });

  it('adds up to 1 with survival; one cause alone is 1 - Kaplan-Meier, with its variance', () => {
    const lives = fc.array(
      fc.record({ exit: fc.integer({ min: 1, max: 12 }), cause: fc.constantFrom(null, 'a', 'b', 'c') }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(lives, (each) => {
        const exit = each.map((row) => row.exit);
        const found = aalenJohansen({ exit, cause: each.map((row) => row.cause) });
        const total = [...found.causes.values()];
        found.survival.forEach((survival, j) =>
          expectClose(
            total.reduce((sum, rows) => sum + rows[j]!.incidence, survival),
            1,
            1e-12,
          ),
        );
        const merged = each.map((row) => (row.cause === null ? null : 'any'));
        const alone = aalenJohansen({ exit, cause: merged }, { confidence: 'plain' });
        const curve = kaplanMeier({ exit, event: merged.map((any) => any !== null) }).rows;
        for (const row of alone.causes.get('any') ?? []) {
          const km = curve.find(({ time }) => time === row.time)!;
          expectClose(row.incidence, 1 - km.survival, 1e-12);
          expectClose(row.se * row.se, (km.se ?? 0) ** 2, 1e-12);
        }
      }),
    );
  });

  it('has no rows for nobody and for no events', () => {
    expect(aalenJohansen({ exit: [], cause: [] })).toMatchObject({ n: 0, survival: [] });
    expect(aalenJohansen({ exit: [1, 2], cause: [null, null] }).causes.size).toBe(0);
  });
});
