/** Stochastic code by its sets: all it gives must be allowed, all that is required must come within so many draws (after AutoML-Zero's IsEventually). */
import { expect } from 'vitest';

export function expectEventually<T>(
  draw: (i: number) => T,
  sets: { readonly allowed?: ReadonlySet<T>; readonly required: ReadonlySet<T>; readonly draws: number },
): void {
  const missing = new Set(sets.required);
  for (let i = 0; i < sets.draws; i++) {
    const value = draw(i);
    if (sets.allowed !== undefined)
      expect(sets.allowed.has(value), `${String(value)} is not allowed`).toBe(true);
    missing.delete(value);
  }
  expect([...missing], `not drawn in ${sets.draws} draws`).toEqual([]);
}
