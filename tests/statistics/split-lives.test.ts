import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coxRegression } from '../../src/statistics/cox.ts';
import { splitLives } from '../../src/statistics/split-lives.ts';
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

const lives = fc
  .array(fc.tuple(fc.nat(20), fc.nat(5), fc.nat(12), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 12 })
  .map((rows) => ({
    origin: rows.map(([origin]) => origin),
    watched: rows.map(([origin, late]) => origin + late),
    exit: rows.map(([origin, late, length]) => origin + late + length),
    event: rows.map(([, , , event]) => event),
  }));
const changes = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
  .map((each) => [0, ...each].sort((a, b) => a - b));

describe('lives cut at changes', () => {
  it('parts cover what is watched once, end where the life ends, and have the value of their time', () => {
    fc.assert(
      fc.property(lives, changes, (each, at) => {
        const parts = splitLives(each, at);
        each.origin.forEach((origin, i) => {
          const own = [...parts.life.keys()].filter((k) => parts.life[k] === i);
          const covered = own.flatMap((k) => {
            const moments: number[] = [];
            for (let age = parts.entry[k]! + 1; age <= parts.exit[k]!; age++) {
              moments.push(origin + age);
              const last = at.findLastIndex((change) => change < origin + age);
              expect(parts.period[k]).toBe(last);
            }
            return moments;
          });
          const [from, to] = [each.watched[i]!, each.exit[i]!];
          expect(covered).toEqual(Array.from({ length: to - from }, (_, k) => from + k + 1));
          const events = own.map((k) => parts.event[k]);
          expect(events).toEqual(own.map((_, k) => (k === own.length - 1 ? each.event[i] : 0)));
        });
      }),
    );
  });

  it('are not watched before a value is known', () => {
    const early = { origin: [0], watched: [2], exit: [9], event: [1] };
    expect(() => splitLives(early, [3, 6])).toThrow(/before the first change/);
    expect(splitLives({ ...early, watched: [3] }, [3, 6]).period).toEqual(Int32Array.of(0, 1));
  });

  it('changes no estimate where nothing depends on time', () => {
    const { veteran } = oracle.data;
    const origin = veteran.exit.map(() => 0);
    const parts = splitLives(
      { origin, watched: origin, exit: veteran.exit, event: veteran.event },
      [0, 10, 50, 100, 200],
    );
    expect(parts.life.length).toBeGreaterThan(2 * veteran.exit.length);
    const whole = coxRegression(veteran, [{ name: 'trt', values: veteran.trt }]).coefficients[0]!;
    const cut = coxRegression(parts, [{ name: 'trt', values: [...parts.life].map((i) => veteran.trt[i]!) }]);
    expectClose(cut.coefficients[0]!.coefficient, whole.coefficient, 1e-12);
    expectClose(cut.coefficients[0]!.se, whole.se, 1e-10);
  });
});
