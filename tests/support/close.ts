import { expect } from 'vitest';

/** Within `relative` of the expected number, absolutely so below 1; null or a missing number must be null. */
export function expectClose(
  actual: number | null | undefined,
  expected: number | null | undefined,
  relative = 1e-10,
  what = '',
): void {
  if (expected === null || expected === undefined) {
    expect(actual ?? null, what).toBe(null);
    return;
  }
  const miss = Math.abs((actual ?? Number.NaN) - expected);
  expect(miss <= relative * Math.max(1, Math.abs(expected)), `${what} ${actual} against ${expected}`).toBe(
    true,
  );
}

export function expectAllClose(
  actual: ArrayLike<number | null>,
  expected: ArrayLike<number | null>,
  relative = 1e-10,
  what = '',
): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expectClose(actual[i], expected[i], relative, `${what}[${i}]`);
}

/** Within a relative error however small the number is. */
export function expectDigits(actual: number, expected: number, relative = 1e-10, what = ''): void {
  expect(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${what} ${actual} against ${expected}`,
  ).toBe(true);
}
