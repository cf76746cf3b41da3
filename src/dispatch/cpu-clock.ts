/** CPU time of the calling thread, for reports: what it spent does not depend on what else the machine does. */
import { readFileSync } from 'node:fs';

type ThreadCpuUsage = () => { readonly user: number; readonly system: number };

/** Linux: nanoseconds on a CPU come first. */
const schedule = '/proc/thread-self/schedstat';

/** Milliseconds. Node can tell from 23.9 on and Linux always; elsewhere it is wall time, as an evaluation keeps its thread busy. */
export function cpuClock(): () => number {
  const { threadCpuUsage } = process as { threadCpuUsage?: ThreadCpuUsage };
  if (threadCpuUsage !== undefined) {
    return () => {
      const { user, system } = threadCpuUsage.call(process);
      return (user + system) / 1000;
    };
  }
  const read = () => Number.parseInt(readFileSync(schedule, 'utf8'), 10) / 1e6;
  try {
    if (read() > 0) return read;
  } catch {
    // There is no such file outside Linux.
  }
  return () => performance.now();
}
