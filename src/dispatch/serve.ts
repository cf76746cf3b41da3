/** What a worker thread does: it keeps the workbenches that it was told of and answers one job at a time. */
import type { Engine } from '../engines/engine.ts';
import type { EngineName } from '../engines/registry.ts';
import { trainCell } from '../evaluation/cell.ts';
import { evaluateIndividual, type Workbench } from '../evaluation/individual.ts';
import type { Task } from '../tasks/task.ts';
import type { Job, NamedWorkbench, ThreadMessage, ThreadReply } from './messages.ts';

/** What a thread has of its surroundings. */
export interface ThreadTools {
  openEngine(name: EngineName): Promise<Engine>;
  /** CPU time of the calling thread so far, in milliseconds. */
  cpuNow(): number;
}

/** Answers messages in the order in which they come. A job that fails by an exception rejects, and the next one is done all the same. */
export function createServer({
  openEngine,
  cpuNow,
}: ThreadTools): (message: ThreadMessage) => Promise<ThreadReply> {
  const tasks = new Map<string, Task>();
  const workbenches = new Map<string, NamedWorkbench>();
  const engines = new Map<EngineName, Promise<Engine>>();
  /** Settles when the job before this one has ended: a thread may be given the next one early, and does one at a time. */
  let before: Promise<unknown> = Promise.resolve();

  async function benchOf(id: string): Promise<Workbench> {
    const named = workbenches.get(id);
    if (named === undefined) throw new Error(`this thread was not told of workbench ${id}`);
    const { settings, protocol } = named;
    const opening = engines.get(named.engine) ?? openEngine(named.engine);
    engines.set(named.engine, opening);
    const engine = await opening;
    return { engine, tasks: named.tasks.map((digest) => tasks.get(digest)!), settings, protocol };
  }

  async function answer(job: Job): Promise<ThreadReply> {
    const bench = await benchOf(job.workbench);
    const [wallStart, cpuStart] = [performance.now(), cpuNow()];
    const effort = () => ({ wallMs: performance.now() - wallStart, cpuMs: cpuNow() - cpuStart });
    if (job.kind === 'cell') return { record: await trainCell(bench, job.cell), ...effort() };
    let probed = cpuStart;
    const onProbed = () => {
      probed = cpuNow();
    };
    const outcome = await evaluateIndividual({ ...bench, runSeed: job.runSeed }, job.plan, { onProbed });
    return { outcome, probeMs: probed - cpuStart, ...effort() };
  }

  return ({ job, workbench, tasks: newTasks = [] }) => {
    for (const { digest, task } of newTasks) tasks.set(digest, task);
    if (workbench !== undefined) workbenches.set(workbench.id, workbench);
    const reply = before.then(() => answer(job));
    before = reply.catch(() => {});
    return reply;
  };
}
