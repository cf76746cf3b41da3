/** The clock against what the system itself says of this thread. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { cpuClock } from '../../src/dispatch/cpu-clock.ts';

type Usage = () => { user: number; system: number };
const timed = process as { threadCpuUsage?: Usage };
const own = Object.getOwnPropertyDescriptor(timed, 'threadCpuUsage');

/** With this in the place of what Node has or has not. */
function withUsage(usage: Usage | undefined): void {
  Object.defineProperty(timed, 'threadCpuUsage', { value: usage, configurable: true, writable: true });
}

afterEach(() => {
  if (own === undefined) delete timed.threadCpuUsage;
  else Object.defineProperty(timed, 'threadCpuUsage', own);
});

describe('CPU time of a thread', () => {
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

  it('is what Node says where it can: microseconds of user and system', () => {
    withUsage(function (this: unknown) {
      expect(this).toBe(process);
      return { user: 7_000, system: 500 };
    });
    expect(cpuClock()()).toBe(7.5);
  });

  const schedule = '/proc/thread-self/schedstat';
  it.runIf(existsSync(schedule))('is what Linux says where Node cannot: nanoseconds', () => {
    withUsage(undefined);
    const read = () => Number(readFileSync(schedule, 'utf8').split(' ')[0]) / 1e6;
    const before = read();
    const now = cpuClock()();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(read());
  });
});
