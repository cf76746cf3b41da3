import { describe, expect, it } from 'vitest';
import { type LossPoint, linearRate } from '../../src/statistics/linear-rate.ts';

const curve = (count: number, loss: (cost: number) => number) =>
  Array.from({ length: count }, (_, i) => ({ costUnits: 10 * (i + 1), loss: loss(10 * (i + 1)) }));

const rateOf = (points: readonly LossPoint[], untrained: number) => linearRate(points, untrained, false);

describe('the rate of a curve', () => {
  it('that falls along a line is its slope, and linear once it is low enough', () => {
    const found = rateOf(
      curve(30, (cost) => 3 * 10 ** (-0.038 * cost)),
      3,
    );
    expect(found.slope).toBeCloseTo(-0.038, 12);
    expect(found.rSquared).toBeCloseTo(1, 12);
    // Of 30 points from 10 to 300 those from 100 on.
    expect(found).toMatchObject({ points: 21, isLinear: true });
    const high = rateOf(
      curve(30, (cost) => 3 * 10 ** (-0.03 * cost)),
      3,
    );
    expect(high).toMatchObject({ isLinear: false, reached: expect.closeTo(1e-9, 15) });
  });

  it('does not look at how it began', () => {
    const found = rateOf(
      curve(30, (cost) => (cost < 100 ? 1 : 10 ** (-0.04 * cost))),
      1,
    );
    expect(found.slope).toBeCloseTo(-0.04, 12);
    expect(found.isLinear).toBe(true);
  });

  it('ends where arithmetic does: what levels off there is linear all the same', () => {
    const found = rateOf(
      curve(60, (cost) => 10 ** (-0.05 * cost) + 1e-15),
      1,
    );
    expect(found.isLinear).toBe(true);
    expect(found.slope).toBeCloseTo(-0.05, 3);
    expect(
      rateOf([...curve(24, (cost) => 10 ** (-0.05 * cost)), { costUnits: 250, loss: 0 }], 1),
    ).toMatchObject({
      isLinear: true,
    });
  });

  it.each([
    ['levels off above 0', (cost: number) => 0.01 + 10 ** (-0.05 * cost)],
    ['slows down all the way', (cost: number) => 10 ** (-11 * Math.sqrt(Math.log10(cost) - 0.9))],
    ['rises', (cost: number) => 1e-12 * 1.1 ** (cost / 10) * 2],
  ])('that %s is not linear', (_what, loss) => {
    expect(rateOf(curve(30, loss), 1).isLinear).toBe(false);
  });

  it('has R^2 of the line: one less what is left of the variance', () => {
    const points = curve(12, (cost) => 10 ** (-0.05 * cost + Math.sin(cost)));
    const found = rateOf(points, 1);
    const tail = points.filter(({ costUnits }) => costUnits >= 40);
    const [x, y] = [tail.map(({ costUnits }) => costUnits), tail.map(({ loss }) => Math.log10(loss))];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const line = (cost: number) => mean(y) + found.slope! * (cost - mean(x));
    const left = x.reduce((sum, cost, i) => sum + (y[i]! - line(cost)) ** 2, 0);
    const all = y.reduce((sum, value) => sum + (value - mean(y)) ** 2, 0);
    expect(found.rSquared).toBeCloseTo(1 - left / all, 12);
  });

  it('of two points, or of one loss, is not defined', () => {
    expect(
      rateOf(
        curve(2, () => 1),
        1,
      ),
    ).toMatchObject({ slope: null, rSquared: null, isLinear: null });
    expect(
      rateOf(
        curve(9, () => 1),
        1,
      ),
    ).toMatchObject({ slope: 0, rSquared: null, isLinear: false });
  });

  it.each([1, 2])(
    'that ends at arithmetic after %i points is too fast to tell, and not "not linear"',
    (count) => {
      const points = curve(count + 1, (cost) => (cost <= 10 * count ? 10 ** (-0.4 * cost) : 1e-13));
      expect(rateOf(points, 1)).toMatchObject({
        points: count,
        slope: null,
        isLinear: null,
        isFailure: false,
      });
    },
  );

  it('counts a step once that several budgets end at: two steps are no line', () => {
    const [first, second] = curve(2, (cost) => 10 ** (-0.1 * cost));
    const floor = { costUnits: 30, loss: 1e-12 };
    expect(rateOf([first!, first!, second!, second!, second!, floor], 1)).toMatchObject({
      ...{ points: 2, slope: null, isLinear: null },
    });
  });

  it('of a failure is the floor, however far it had come, unless arithmetic had ended', () => {
    const floor = { slope: 0, rSquared: null, reached: 1, isFailure: true, isLinear: false };
    expect(linearRate([], 1, true)).toMatchObject(floor);
    expect(
      linearRate(
        curve(20, (cost) => 10 ** (-0.05 * cost)),
        1,
        true,
      ),
    ).toMatchObject(floor);
    const whole = curve(30, (cost) => 10 ** (-0.05 * cost));
    expect(linearRate(whole, 1, true)).toEqual(rateOf(whole, 1));
    expect(rateOf(whole, 1)).toMatchObject({ isLinear: true, isFailure: false });
  });

  it.each([
    ['no points', []],
    [
      'costs that fall',
      [
        { costUnits: 2, loss: 1 },
        { costUnits: 1, loss: 1 },
      ],
    ],
    ['a loss below 0', [{ costUnits: 1, loss: -1 }]],
  ])('%s are refused', (_what, points) => expect(() => rateOf(points, 1)).toThrow(RangeError));
});
