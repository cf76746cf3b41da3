/** One pool for many runs, on real threads: what comes back, whose turn it is, what is cancelled, what is shared. The order of replies is asserted, never a time. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { EvaluationCancelledError, type Evaluator, workbenchId } from '../../src/dispatch/evaluator.ts';
import { openPool } from '../../src/dispatch/pool.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { type Cell, trainCell } from '../../src/evaluation/cell.ts';
import { evaluateIndividual } from '../../src/evaluation/individual.ts';
import { plainPlan } from '../../src/evaluation/plan.ts';
import { shareOnce } from '../../src/tasks/open.ts';
import { genome, smallBench, startedThreads } from './support.ts';

function pool(workers: number): Evaluator {
  const evaluator = openPool({ workers });
  onTestFinished(() => evaluator.close());
  return evaluator;
}

/** Ends the first thread and then the one after it as soon as each is started. */
async function endTwoThreads(threads: ReturnType<typeof startedThreads>, ask: () => void): Promise<void> {
  const next = () => new Promise<void>((resolve) => process.once('worker', () => setImmediate(resolve)));
  const first = next();
  ask();
  await first;
  const second = next();
  await threads[0]!.terminate();
  await second;
  await threads[1]!.terminate();
}

const cell = (steps: number, seed = 's'): Cell => ({
  genome,
  task: 0,
  budget: { steps, batchSize: 10, order: 'shuffled' },
  seed,
  learningRate: 0,
  split: 'search',
});

describe('a pool', () => {
  it('gives for plans and cells of several workbenches what they give without threads', async () => {
    const contents = [await smallBench(), await smallBench({ steps: 9, replicates: 2 })];
    const evaluator = pool(2);
    const ids = contents.map((content) => evaluator.register(content));
    expect(new Set(ids).size).toBe(2);
    const births = [0, 1, 2, 3];
    const found = await Promise.all(
      births.flatMap((birth) =>
        ids.map((workbench, i) =>
          evaluator.evaluate({
            workbench,
            run: `run ${i}`,
            runSeed: `seed ${i}`,
            plan: plainPlan(birth, genome),
          }),
        ),
      ),
    );
    const records = await Promise.all(
      ids.map((workbench) => evaluator.train({ workbench, run: 'cells', cell: cell(7) })),
    );
    const benches = contents.map(({ tasks, settings, protocol }) => ({
      engine: wasmEngine,
      tasks: tasks.map(({ task }) => task),
      settings,
      protocol,
    }));
    const expected = births.flatMap((birth) =>
      benches.map((bench, i) =>
        evaluateIndividual({ ...bench, runSeed: `seed ${i}` }, plainPlan(birth, genome)),
      ),
    );
    expect(found.map(({ outcome }) => outcome)).toEqual(await Promise.all(expected));
    expect(records.map(({ record }) => record)).toEqual(
      await Promise.all(benches.map((bench) => trainCell(bench, cell(7)))),
    );
  });

  it('gives runs turns: one request behind thirty of another run waits for few of them', async () => {
    const evaluator = pool(1);
    const workbench = evaluator.register(await smallBench());
    const order: string[] = [];
    const ask = async (run: string) => {
      await evaluator.train({ workbench, run, cell: cell(2) });
      order.push(run);
    };
    const asked = Array.from({ length: 30 }, () => ask('many'));
    asked.push(ask('one'));
    await Promise.all(asked);
    // Two of the others are in the thread's hands, and one has its turn first.
    expect(order.indexOf('one')).toBe(3);
  });

  it('starts a thread only for a request that no other could begin', async () => {
    const threads = startedThreads();
    const evaluator = pool(64);
    const workbench = evaluator.register(await smallBench());
    expect(threads).toHaveLength(0);
    let left = 40;
    const one = async (): Promise<void> => {
      if (left-- <= 0) return;
      await evaluator.train({ workbench, run: 'r', cell: cell(2, `${left}`) });
      await one();
    };
    await Promise.all([one(), one(), one(), one()]);
    expect(threads).toHaveLength(4);
    const other = evaluator.register(await smallBench({ steps: 3 }));
    await evaluator.train({ workbench: other, run: 'other', cell: cell(3) });
    expect(threads, 'a new workbench needs no new thread').toHaveLength(4);
  });

  it('cancels one run and lets the others come to their end, also those that shared a thread with it', async () => {
    const evaluator = pool(1);
    const workbench = evaluator.register(await smallBench());
    const ask = (run: string, steps: number) => evaluator.train({ workbench, run, cell: cell(steps) });
    const endless = [ask('endless', 1e9), ask('endless', 1e9), ask('endless', 1e9)];
    const short = [ask('short', 5), ask('short', 6)];
    const ends = Promise.allSettled(endless);
    evaluator.cancel('endless');
    for (const end of await ends)
      expect(end).toMatchObject({
        status: 'rejected',
        reason: { name: 'EvaluationCancelledError', run: 'endless' },
      });
    expect((await Promise.all(short)).map(({ record }) => record.stepsDone)).toEqual([5, 6]);
    const again = await ask('endless', 4);
    expect(again).toMatchObject({ record: { status: 'completed', stepsDone: 4 } });
    expect(again.workersLost).toBe(undefined);
  });

  it('gives up everything when it is closed, and takes nothing after', async () => {
    const evaluator = openPool({ workers: 1 });
    const workbench = evaluator.register(await smallBench());
    const ask = (run: string) => evaluator.train({ workbench, run, cell: cell(1e9) });
    const ends = Promise.allSettled([ask('a'), ask('b'), ask('c')]);
    await evaluator.close();
    for (const end of await ends) expect(end).toMatchObject({ reason: expect.any(EvaluationCancelledError) });
    await expect(ask('a')).rejects.toThrow(EvaluationCancelledError);
  });

  it('passes on what a caller got wrong, and goes on', async () => {
    const evaluator = pool(1);
    const workbench = evaluator.register(await smallBench());
    await expect(evaluator.train({ workbench, run: 'r', cell: { ...cell(3), task: 1 } })).rejects.toThrow(
      'no task 1',
    );
    await expect(evaluator.train({ workbench: 'x', run: 'r', cell: cell(3) })).rejects.toThrow(
      'not registered',
    );
    expect((await evaluator.train({ workbench, run: 'r', cell: cell(3) })).record.status).toBe('completed');
  });

  it('tries what lost its worker once more, and a cell that loses both as worker-lost', async () => {
    const threads = startedThreads();
    const evaluator = pool(1);
    const workbench = evaluator.register(await smallBench());
    let reply: ReturnType<Evaluator['train']> | undefined;
    await endTwoThreads(threads, () => {
      reply = evaluator.train({ workbench, run: 'r', cell: cell(1e9) });
    });
    expect(await reply).toEqual({
      record: {
        ...{ status: 'failed', reason: 'worker-lost', split: 'search', stepsDone: 0, costUnits: 0 },
        ...{ parameters: 0, curve: new Float32Array(0) },
      },
      ...{ wallMs: 0, workersLost: 2 },
    });
    expect((await evaluator.train({ workbench, run: 'r', cell: cell(3) })).record.stepsDone).toBe(3);
  });
});

it('a plan that loses both its workers is an outcome like any other, with nothing done', async () => {
  const threads = startedThreads();
  const evaluator = pool(1);
  const workbench = evaluator.register(await smallBench({ steps: 1_000_000 }));
  let reply: ReturnType<Evaluator['evaluate']> | undefined;
  await endTwoThreads(threads, () => {
    reply = evaluator.evaluate({ workbench, run: 'r', runSeed: 's', plan: plainPlan(0, genome) });
  });
  expect(await reply).toEqual({
    outcome: {
      ...{ status: 'failed', reason: 'worker-lost', stepsDone: 0, costUnits: 0, parameters: 0 },
      curve: new Float32Array(0),
    },
    ...{ wallMs: 0, workersLost: 2 },
  });
});

describe('data', () => {
  it('is one copy in the process and in every thread: a change of it is seen by a thread that has it', async () => {
    // `reference` reads the arrays that it is given; `wasm` keeps padded rows of them in its own memory.
    const content = await smallBench({}, { engine: 'reference' });
    const again = await smallBench({ steps: 7 });
    expect(again.tasks[0]!.task).toBe(content.tasks[0]!.task);
    const evaluator = pool(1);
    const workbench = evaluator.register(content);
    const ask = async () => (await evaluator.train({ workbench, run: 'r', cell: cell(5) })).record;
    const before = await ask();
    const { targets } = content.tasks[0]!.task.splits.train;
    const kept = targets.slice();
    targets.fill(0);
    const after = await ask();
    targets.set(kept);
    expect(after).not.toEqual(before);
    expect(await ask()).toEqual(before);
  });

  it('is named by its digest', async () => {
    const [task] = (await smallBench()).tasks;
    const { splits } = task!.task;
    const copy = {
      ...task!.task,
      splits: { ...splits, train: { ...splits.train, inputs: splits.train.inputs.slice() } },
    };
    expect(shareOnce(copy)).toEqual(task);
    expect(shareOnce(copy).task).toBe(task!.task);
  });
});

it('a workbench is its content: every ingredient changes its id, the order of keys does not', async () => {
  const base = await smallBench();
  const [task] = base.tasks;
  const variants = [
    base,
    { ...base, engine: { ...base.engine, name: 'reference' as const } },
    { ...base, engine: { ...base.engine, numericClass: 'other' } },
    { ...base, tasks: [task!, task!] },
    { ...base, tasks: [{ ...task!, digest: 'other' }] },
    { ...base, settings: { ...base.settings, curvePoints: 4 } },
    { ...base, settings: { ...base.settings, budget: { ...base.settings.budget, steps: 5 } } },
    { ...base, settings: { ...base.settings, verify: true } },
    { ...base, protocol: { ...base.protocol, replicates: 2 } },
  ];
  expect(new Set(variants.map(workbenchId)).size).toBe(variants.length);
  const { protocol, settings, tasks, engine } = base;
  const reversed = Object.fromEntries(Object.entries(settings).reverse()) as typeof settings;
  expect(workbenchId({ protocol, settings: reversed, tasks, engine })).toBe(workbenchId(base));
});
