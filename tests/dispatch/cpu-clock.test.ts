import { expect, it } from 'vitest';
import { cpuClock } from '../../src/dispatch/cpu-clock.ts';

it('goes on while the thread works, and never back', () => {
  const now = cpuClock();
  const start = now();
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum += i % 7;
  expect(sum).toBeGreaterThan(0);
  const middle = now();
  expect(middle).toBeGreaterThan(start);
  expect(now()).toBeGreaterThanOrEqual(middle);
});
