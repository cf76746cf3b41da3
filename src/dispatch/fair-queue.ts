/** Jobs that wait, by run: runs take turns, each run's own jobs stay in order. So a run with one job waits for as many others as there are runs, and not for their jobs. */

/** A queue of queues. A run that waits is in the rotation once, and goes to its end whenever a job of it is taken. */
export interface FairQueue<T> {
  readonly size: number;
  /** Puts a job behind those of its run; `first` puts it before them. */
  add(run: string, job: T, first?: boolean): void;
  /** The next job of the run whose turn it is; undefined where none waits. */
  take(): T | undefined;
  /** Takes out all jobs of a run. */
  remove(run: string): void;
}

/** An empty queue. */
export function createFairQueue<T>(): FairQueue<T> {
  // A Map keeps the order of insertion, which is the rotation.
  const waiting = new Map<string, T[]>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(run, job, first = false) {
      const jobs = waiting.get(run) ?? [];
      if (first) jobs.unshift(job);
      else jobs.push(job);
      waiting.set(run, jobs);
      size += 1;
    },
    take() {
      for (const [run, jobs] of waiting) {
        const job = jobs.shift()!;
        waiting.delete(run);
        if (jobs.length > 0) waiting.set(run, jobs);
        size -= 1;
        return job;
      }
      return undefined;
    },
    remove(run) {
      size -= waiting.get(run)?.length ?? 0;
      waiting.delete(run);
    },
  };
}
