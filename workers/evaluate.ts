/** Thread entry: message -> src/evaluation -> message. No logic of its own. */
import { workerData } from 'node:worker_threads';
import { cpuClock } from '../src/dispatch/cpu-clock.ts';
import type { EvaluationReply, EvaluationRequest, WorkerSetup } from '../src/dispatch/messages.ts';
import { openEngine } from '../src/engines/registry.ts';
import { evaluateIndividual } from '../src/evaluation/individual.ts';

const setup = workerData as WorkerSetup;
const opened = openEngine(setup.engine);
// Where it cannot be opened, that is said by the first evaluation and not by the end of the thread.
opened.catch(() => {});

const cpuNow = cpuClock();

/** Settles when the evaluation before this one has ended: a thread may be given the next one early, and does one at a time. */
let before: Promise<unknown> = Promise.resolve();

export default function evaluateRequest(plan: EvaluationRequest): Promise<EvaluationReply> {
  const reply = before.then(async () => {
    const engine = await opened;
    const start = performance.now();
    const cpuStart = cpuNow();
    let probed = cpuStart;
    const onProbed = () => {
      probed = cpuNow();
    };
    const outcome = await evaluateIndividual({ ...setup, engine }, plan, { onProbed });
    return {
      outcome,
      wallMs: performance.now() - start,
      cpuMs: cpuNow() - cpuStart,
      probeMs: probed - cpuStart,
    };
  });
  before = reply.catch(() => {});
  return reply;
}
