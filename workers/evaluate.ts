/** Thread entry: message -> src/evaluation -> message. No logic of its own. */
import { workerData } from 'node:worker_threads';
import type { EvaluationReply, EvaluationRequest, WorkerSetup } from '../src/dispatch/messages.ts';
import { openEngine } from '../src/engines/registry.ts';
import { evaluate } from '../src/evaluation/evaluate.ts';

const setup = workerData as WorkerSetup;
const opened = openEngine(setup.engine);
// Where it cannot be opened, that is said by the first evaluation and not by the end of the thread.
opened.catch(() => {});

/** Settles when the evaluation before this one has ended: a thread may be given the next one early, and does one at a time. */
let before: Promise<unknown> = Promise.resolve();

export default function evaluateRequest(request: EvaluationRequest): Promise<EvaluationReply> {
  const reply = before.then(async () => {
    const engine = await opened;
    const start = performance.now();
    const outcome = await evaluate(engine, setup.task, setup.settings, request.genome, request.seed);
    return { outcome, wallMs: performance.now() - start };
  });
  before = reply.catch(() => {});
  return reply;
}
