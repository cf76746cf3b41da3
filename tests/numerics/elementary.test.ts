import { describe, expect, it } from 'vitest';
import { cos, exp, log, log1p, log10, pow, sin, tanh } from '../../src/numerics/elementary.ts';
import { stream } from '../../src/random/stream.ts';
import sines from '../fixtures/sines.json' with { type: 'json' };

const ulps = (value: number, expected: number) =>
  Math.abs(value - expected) / (Math.max(Math.abs(expected), 2.3e-308) * 2.220446049250313e-16);

describe('elementary functions', () => {
  it.each([
    ['exp', exp, Math.exp, -700, 700, 2],
    ['log', log, Math.log, 1e-300, 1e5, 2],
    ['log near 1', log, Math.log, 0.5, 2, 2],
    ['log1p', log1p, Math.log1p, -0.5, 3, 4],
    ['log1p near 0', log1p, Math.log1p, 1e-20, 1e-6, 4],
    ['log10', log10, Math.log10, 1e-12, 1e3, 4],
    ['sin', sin, Math.sin, -1000, 1000, 2],
    ['cos', cos, Math.cos, -1000, 1000, 2],
    ['tanh', tanh, Math.tanh, -3, 3, 6],
  ] as const)(
    '%s agrees with the host to a few units in the last place',
    (name, ours, host, low, high, bound) => {
      const random = stream(`ulp/${name}`);
      for (let i = 0; i < 20_000; i++) {
        const x = low + (high - low) * random.uniform();
        expect(ulps(ours(x), host(x)), `${name}(${x})`).toBeLessThan(bound);
      }
    },
  );

  it.each(sines.rows as [number, number, number][])(
    'sine and cosine of %f are within 1 ulp',
    (x, sine, cosine) => {
      expect(ulps(sin(x), sine)).toBeLessThan(1);
      expect(ulps(cos(x), cosine)).toBeLessThan(1);
      expect(sin(-x)).toBe(-sin(x));
      expect(cos(-x)).toBe(cos(x));
    },
  );

  it('pow is right to 1e-14', () => {
    const random = stream('pow');
    for (let i = 0; i < 20_000; i++) {
      const [x, y] = [5 * random.uniform(), 8 * random.uniform() - 4];
      expect(Math.abs(pow(x, y) / x ** y - 1)).toBeLessThan(1e-14);
    }
    expect(Math.abs(pow(0.999, 6000) / 0.999 ** 6000 - 1)).toBeLessThan(1e-12);
  });

  it('handles the ends of its domains', () => {
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-750)).toBe(0);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(5e-324)).toBeCloseTo(-744.4400719213812, 10);
    expect(exp(-744)).toBeGreaterThan(0);
    expect(tanh(-400)).toBe(-1);
    expect(pow(0, 0)).toBe(1);
    expect(pow(0, 2)).toBe(0);
    expect(pow(-2, 3)).toBe(8);
    expect(log10(1000)).toBe(3);
    expect(log1p(0)).toBe(0);
    expect(log1p(1e-300)).toBe(1e-300);
    expect(log1p(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log1p(-1)).toBe(Number.NEGATIVE_INFINITY);
  });
});
