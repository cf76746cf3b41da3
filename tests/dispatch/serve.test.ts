/** What a thread does with messages, in this process: one job at a time, engines opened once, and the clock told apart from the work. */
import { expect, it } from 'vitest';
import { workbenchId } from '../../src/dispatch/evaluator.ts';
import type { NamedWorkbench, ThreadMessage } from '../../src/dispatch/messages.ts';
import { createServer } from '../../src/dispatch/serve.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { plainPlan } from '../../src/evaluation/plan.ts';
import { genome, smallBench } from './support.ts';

/** A server whose clock stands still but for ten milliseconds a training, and all that it did, in order. */
function observed() {
  const log: string[] = [];
  let clock = 1000;
  const engine: Engine = {
    ...wasmEngine,
    async train(jobs) {
      log.push('begin');
      // Whoever does not wait for the one before has every chance to come between.
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      clock += 10 * jobs.length;
      const records = await wasmEngine.train(jobs);
      log.push('end');
      return records;
    },
  };
  const serve = createServer({
    async openEngine(name) {
      log.push(`open ${name}`);
      return engine;
    },
    cpuNow: () => clock,
  });
  return { log, serve };
}

async function messagesFor(evaluation: object = {}) {
  const content = await smallBench(evaluation);
  const { settings, protocol, tasks } = content;
  const digests = tasks.map(({ digest }) => digest);
  const id = workbenchId(content);
  const workbench: NamedWorkbench = { id, engine: 'wasm', tasks: digests, settings, protocol };
  const cell = (task = 0): ThreadMessage => ({
    job: {
      kind: 'cell',
      workbench: id,
      cell: { genome, task, budget: settings.budget, seed: 's', learningRate: 0, split: 'search' },
    },
  });
  const plan: ThreadMessage = {
    job: { kind: 'plan', workbench: id, runSeed: 's', plan: plainPlan(0, genome) },
  };
  const told = { workbench, tasks };
  return { cell, plan, told };
}

it('does one job at a time, in the order in which they came, also after one that fails', async () => {
  const { log, serve } = observed();
  const { cell, told } = await messagesFor();
  const replies = await Promise.allSettled([
    serve({ ...cell(), ...told }),
    serve(cell(1)),
    serve(cell()),
    serve(cell()),
  ]);
  expect(replies.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(log).toEqual(['open wasm', ...Array.from({ length: 3 }, () => ['begin', 'end']).flat()]);
});

it('tells the CPU time of a job, and of a plan also that of its probe', async () => {
  const { serve } = observed();
  const { cell, plan, told } = await messagesFor();
  const start = performance.now();
  const cellReply = await serve({ ...cell(), ...told });
  const whole = performance.now() - start;
  expect(cellReply).toMatchObject({ cpuMs: 10 });
  expect(cellReply).not.toHaveProperty('probeMs');
  expect(cellReply.wallMs).toBeGreaterThan(0);
  expect(cellReply.wallMs).toBeLessThanOrEqual(whole);
  expect(await serve(plan)).toMatchObject({ cpuMs: 10, probeMs: 0 });
  const probed = await messagesFor({ cache: { probeSteps: 2, verifySteps: 4 } });
  expect(await serve({ ...probed.plan, ...probed.told })).toMatchObject({ cpuMs: 20, probeMs: 10 });
});
