/** One worker thread behind a piscina pool of its own, so that what a thread holds, and which thread does a job, is known. A thread that ends is not started again. */
import { Piscina } from 'piscina';
import type { DigestedTask, WorkbenchId } from './evaluator.ts';
import type { Job, NamedWorkbench, ThreadMessage, ThreadReply } from './messages.ts';
import { workerFile } from './worker-url.ts';

/** A workbench with its data, as a pool keeps it. */
export interface RegisteredWorkbench {
  readonly named: NamedWorkbench;
  readonly tasks: readonly DigestedTask[];
}

/** A started thread. */
export interface Thread {
  /** Rejects with the exception of the job, or with whatever ended the thread. */
  run(job: Job, workbench: RegisteredWorkbench): Promise<ThreadReply>;
  /** Ends the thread, whatever it does; settles when it has ended. */
  end(): Promise<void>;
}

/** Starts a thread that may be given so many jobs at once, which it does one after the other. `onEnd` is called once, when it has ended by itself. */
export function startThread(atOnce: number, onEnd: () => void): Thread {
  const pool = new Piscina<ThreadMessage, ThreadReply>({
    filename: workerFile(),
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: atOnce,
    recordTiming: false,
  });
  const tell = createTelling();
  let ended = false;
  // The end of a thread also reaches its jobs as rejections, which is where it is handled.
  pool.on('error', () => {});
  pool.once('workerDestroy', () => {
    if (ended) return;
    ended = true;
    // Closed at once, as piscina would put another thread in its place, one that knows no workbench.
    pool.destroy().catch(() => {});
    onEnd();
  });
  return {
    run: (job, workbench) => pool.run(tell(job, workbench)),
    end() {
      if (ended) return Promise.resolve();
      ended = true;
      return pool.destroy();
    },
  };
}

/** Makes messages for one thread: each workbench and each task is told with the first job that needs it, and never again. */
export function createTelling(): (job: Job, workbench: RegisteredWorkbench) => ThreadMessage {
  const toldWorkbenches = new Set<WorkbenchId>();
  const toldTasks = new Set<string>();
  return (job, { named, tasks }) => {
    if (toldWorkbenches.has(named.id)) return { job };
    toldWorkbenches.add(named.id);
    const fresh = tasks.filter(({ digest }) => !toldTasks.has(digest));
    for (const { digest } of fresh) toldTasks.add(digest);
    return { job, workbench: named, tasks: fresh };
  };
}
