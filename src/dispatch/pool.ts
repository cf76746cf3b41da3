/**
 * The worker pool: piscina threads, warm from the start, each holding the task in shared memory. A thread has its next evaluation at hand when it ends one, so that it
 * never waits for the controller.
 *
 * A worker that dies is infrastructure, not the candidate's fault: what it held is tried once more, with the same seed and hence the same result, on a thread for
 * second tries that holds one at a time. So an evaluation that kills its worker cannot take another with it twice, and only one that loses both its workers ends as
 * `failed: worker-lost`.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { EvaluationReply, EvaluationRequest, WorkerSetup } from './messages.ts';
import { workerFile } from './worker-url.ts';

export interface EvaluationPool {
  readonly workers: number;
  /** Rejects with a `PoolClosedError` once the pool is closed; a lost worker is an outcome. */
  evaluate(request: EvaluationRequest): Promise<EvaluationReply>;
  /** Evaluations that lost their worker so far. */
  lost(): number;
  /** Cancels what is running and ends the threads. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Worker threads; default one per core that the process may use. */
  readonly workers?: number;
}

/** What a pending evaluation rejects with when the pool closes under it: it was cancelled, and nothing is known of its genome. */
export class PoolClosedError extends Error {
  override readonly name = 'PoolClosedError';
  constructor() {
    super('The worker pool was closed before this evaluation ended.');
  }
}

const lostTwice: EvaluationOutcome = {
  status: 'failed',
  reason: 'worker-lost',
  stepsDone: 0,
  costUnits: 0,
  parameters: 0,
  curve: new Float32Array(0),
};

/** Starts the threads. `setup.task` should be shared (`shareTask`), or each worker gets a copy. */
export function openPool(setup: WorkerSetup, options: PoolOptions = {}): EvaluationPool {
  const workers = options.workers ?? availableParallelism();
  let closed = false;
  let lost = 0;
  const threads = (count: number, heldByEach: number) => {
    const pool = new Piscina<EvaluationRequest, EvaluationReply>({
      filename: workerFile(),
      workerData: setup,
      minThreads: count,
      maxThreads: count,
      concurrentTasksPerWorker: heldByEach,
    });
    // A lost worker also reaches its evaluation as a rejection, which is where it is handled.
    pool.on('error', () => {});
    return pool;
  };
  const firstTries = threads(workers, 2);
  let secondTries: ReturnType<typeof threads> | null = null;

  /** Null where the worker was lost. */
  async function attempt(
    pool: ReturnType<typeof threads>,
    request: EvaluationRequest,
  ): Promise<EvaluationReply | null> {
    try {
      return await pool.run(request);
    } catch (error) {
      if (closed) throw new PoolClosedError();
      if (!isWorkerLoss(error)) throw error;
      lost += 1;
      return null;
    }
  }

  return {
    workers,
    async evaluate(request) {
      const first = await attempt(firstTries, request);
      if (first !== null) return first;
      secondTries ??= threads(1, 1);
      return (await attempt(secondTries, request)) ?? { outcome: lostTwice, wallMs: 0 };
    },
    lost: () => lost,
    async close() {
      closed = true;
      await Promise.all([firstTries.destroy(), secondTries?.destroy()]);
    },
  };
}

/** True where the thread itself ended (exit, out of memory), as against an exception thrown by our own code in it, which is a defect to be shown. */
function isWorkerLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return (
    code === 'ERR_WORKER_OUT_OF_MEMORY' || /worker (thread )?(exited|terminat)|exit code/i.test(error.message)
  );
}
