/** What a thread is told: every workbench and every data set once. */
import { expect, it } from 'vitest';
import { workbenchId } from '../../src/dispatch/evaluator.ts';
import type { Job } from '../../src/dispatch/messages.ts';
import { createServer } from '../../src/dispatch/serve.ts';
import { createTelling, type RegisteredWorkbench } from '../../src/dispatch/thread.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { genome, smallBench } from './support.ts';

async function registered(steps: number): Promise<RegisteredWorkbench> {
  const content = await smallBench({ steps });
  const { settings, protocol, tasks } = content;
  const digests = tasks.map(({ digest }) => digest);
  return { named: { id: workbenchId(content), engine: 'wasm', tasks: digests, settings, protocol }, tasks };
}

it('tells a workbench with its first job, and a data set with the first workbench that has it', async () => {
  const [one, two] = [await registered(3), await registered(4)];
  const job = ({ named }: RegisteredWorkbench): Job => ({
    kind: 'cell',
    workbench: named.id,
    cell: { genome, task: 0, budget: named.settings.budget, seed: 's', learningRate: 0, split: 'select' },
  });
  const tell = createTelling();
  const messages = [one, two, one, two].map((bench) => tell(job(bench), bench));
  expect(messages.map(({ workbench }) => workbench?.id)).toEqual([
    one.named.id,
    two.named.id,
    undefined,
    undefined,
  ]);
  expect(messages.map(({ tasks }) => tasks?.length)).toEqual([1, 0, undefined, undefined]);
  const serve = createServer({ openEngine: async () => wasmEngine, cpuNow: () => 0 });
  const replies = await Promise.all(messages.map(serve));
  const steps = replies.map((reply) => ('record' in reply ? reply.record.stepsDone : null));
  expect(steps).toEqual([3, 4, 3, 4]);
  await expect(
    createServer({ openEngine: async () => wasmEngine, cpuNow: () => 0 })({ job: job(one) }),
  ).rejects.toThrow('not told');
});
