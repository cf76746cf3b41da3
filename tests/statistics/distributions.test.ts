import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chiSquareTail,
  logGamma,
  normalQuantile,
  normalTail,
  normalTwoSided,
  studentQuantile,
  studentTail,
} from '../../src/statistics/distributions.ts';
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectClose, expectDigits } from '../support/close.ts';

describe('distributions', () => {
  it('have the tails of R', () => {
    for (const row of oracle.distributions.tails) {
      const { x } = row;
      expectDigits(normalTail(x), row.normal, 1e-12, `normal ${x}`);
      expectDigits(studentTail(x, 1), row.t1, 1e-12, `t1 ${x}`);
      expectDigits(studentTail(x, 4.5), row['t4.5'], 1e-12, `t4.5 ${x}`);
      expectDigits(studentTail(x, 100), row.t100, 1e-11, `t100 ${x}`);
      expectDigits(chiSquareTail(x, 1), row.chi1, 1e-12, `chi1 ${x}`);
      expectDigits(chiSquareTail(x, 3), row.chi3, 1e-12, `chi3 ${x}`);
      expectDigits(chiSquareTail(10 * x, 20), row.chi20, 1e-12, `chi20 ${x}`);
    }
  });

  it('have the quantiles of R', () => {
    for (const row of oracle.distributions.quantiles) {
      expectClose(normalQuantile(row.p), row.normal, 1e-12, `normal ${row.p}`);
      expectClose(studentQuantile(row.p, 1), row.t1, 1e-11, `t1 ${row.p}`);
      expectClose(studentQuantile(row.p, 3), row.t3, 1e-11, `t3 ${row.p}`);
      expectClose(studentQuantile(row.p, 29.5), row['t29.5'], 1e-11, `t29.5 ${row.p}`);
    }
    oracle.distributions.lgamma.x.forEach((x, i) => {
      expectClose(logGamma(x), oracle.distributions.lgamma.value[i], 1e-14, `lgamma ${x}`);
    });
  });

  it('invert each other, and t with many degrees of freedom is normal', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1 - 1e-8, noNaN: true }), (p) => {
        expectDigits(1 - normalTail(normalQuantile(p)), p, 1e-7);
        expectClose(studentQuantile(p, 1e6), normalQuantile(p), 1e-4);
        expect(normalTwoSided(-1.3)).toBe(normalTwoSided(1.3));
      }),
    );
  });
});
