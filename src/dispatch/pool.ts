/**
 * The evaluator on this machine's cores: piscina threads that are started as they are needed, stay warm for all runs, and see each data set in shared memory.
 *
 * A worker that dies is infrastructure, not the candidate's fault: what it held is tried once more, with the same seed and hence the same result, on a thread for
 * second tries that holds one at a time. So an evaluation that kills its worker cannot take another with it twice, and only one that loses both its workers ends as
 * `failed: worker-lost`.
 */
import { availableParallelism } from 'node:os';
import { createCrew, type Errand } from './crew.ts';
import {
  type CellReply,
  type DigestedTask,
  EvaluationCancelledError,
  type EvaluationReply,
  type Evaluator,
  type WorkbenchContent,
  type WorkbenchId,
  workbenchId,
} from './evaluator.ts';
import type { Job, ThreadReply } from './messages.ts';
import type { RegisteredWorkbench } from './thread.ts';

/** Threads beyond this many are refused where people ask for them: their stacks alone would use up the memory. */
export const mostWorkers = 512;

/** What a pool may use. */
export interface PoolOptions {
  /** Worker threads at most; default one per core that the process may use. There are never more than requests at one time. */
  readonly workers?: number | undefined;
}

/** Opens an evaluator on threads of this process. None is started before the first request. Tasks should be shared (`shareTask`), or each thread gets a copy. */
export function openPool({ workers = availableParallelism() }: PoolOptions = {}): Evaluator {
  const firstTries = createCrew(workers, 2);
  const secondTries = createCrew(1, 1);
  const workbenches = new Map<WorkbenchId, RegisteredWorkbench>();
  const tasks = new Map<string, DigestedTask>();
  const pending = new Map<string, Set<(error: Error) => void>>();
  let closed = false;

  function once(task: DigestedTask): DigestedTask {
    const known = tasks.get(task.digest) ?? task;
    tasks.set(task.digest, known);
    return known;
  }

  function ask(run: string, job: Job): Promise<ThreadReply> {
    const workbench = workbenches.get(job.workbench);
    if (workbench === undefined)
      return Promise.reject(new RangeError(`workbench ${job.workbench} is not registered`));
    if (closed) return Promise.reject(new EvaluationCancelledError(run));
    return new Promise<ThreadReply>((resolve, reject) => {
      const ofRun = pending.get(run) ?? new Set();
      pending.set(run, ofRun.add(reject));
      const over = () => {
        ofRun.delete(reject);
        if (ofRun.size === 0 && pending.get(run) === ofRun) pending.delete(run);
      };
      const failed = (error: unknown) => {
        over();
        reject(error);
      };
      const done = (workersLost: number) => (reply: ThreadReply) => {
        over();
        resolve(workersLost === 0 ? reply : { ...reply, workersLost });
      };
      const errand = { run, job, workbench };
      const again: Errand = {
        ...errand,
        done: done(1),
        failed: (error) => (isWorkerLoss(error) ? done(2)(lostTwice(job)) : failed(error)),
      };
      firstTries.add({
        ...errand,
        done: done(0),
        failed: (error) => (isWorkerLoss(error) ? secondTries.add(again) : failed(error)),
      });
    });
  }

  function cancel(run: string): void {
    const rejects = pending.get(run) ?? [];
    pending.delete(run);
    for (const crew of [firstTries, secondTries]) crew.drop(run);
    for (const reject of rejects) reject(new EvaluationCancelledError(run));
  }

  return {
    register(content: WorkbenchContent) {
      const id = workbenchId(content);
      if (!workbenches.has(id)) {
        const { settings, protocol } = content;
        const digests = content.tasks.map(({ digest }) => digest);
        const named = { id, engine: content.engine.name, tasks: digests, settings, protocol };
        workbenches.set(id, { named, tasks: content.tasks.map(once) });
      }
      return id;
    },
    evaluate: ({ workbench, run, runSeed, plan }) =>
      ask(run, { kind: 'plan', workbench, runSeed, plan }) as Promise<EvaluationReply>,
    train: ({ workbench, run, cell }) => ask(run, { kind: 'cell', workbench, cell }) as Promise<CellReply>,
    cancel,
    async close() {
      closed = true;
      const ending = Promise.all([firstTries.close(), secondTries.close()]);
      for (const run of [...pending.keys()]) cancel(run);
      await ending;
    },
  };
}

/** What is told of a job whose both workers were lost. */
function lostTwice(job: Job): ThreadReply {
  const lost = {
    status: 'failed',
    reason: 'worker-lost',
    stepsDone: 0,
    costUnits: 0,
    parameters: 0,
    curve: new Float32Array(0),
  } as const;
  return job.kind === 'plan'
    ? { outcome: lost, wallMs: 0 }
    : { record: { ...lost, split: job.cell.split }, wallMs: 0 };
}

/** True where the thread itself ended (exit, out of memory), as against an exception thrown by our own code in it, which is a defect to be shown. */
function isWorkerLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return (
    code === 'ERR_WORKER_OUT_OF_MEMORY' || /worker (thread )?(exited|terminat)|exit code/i.test(error.message)
  );
}
