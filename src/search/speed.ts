/** How fast this machine works through what is counted: one short training, timed. */
import { compile } from '../compiler/compile.ts';
import { cpuClock } from '../dispatch/cpu-clock.ts';
import { wasmEngine } from '../engines/wasm/engine.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { knownArchitecture, knownRule } from '../genome/known.ts';
import type { Task } from '../tasks/task.ts';
import { countedWork } from './cost-bound.ts';

/** Steps of each try: about a tenth of a second. */
const steps = 300;
const batchSize = 100;
/** The first try finds our own code uncompiled; the least of the others is the least disturbed. */
const tries = 4;

/**
 * CPU seconds of one flop-equivalent (src/compiler/cost.ts) here and now: of Adam on two hidden layers of 100, the training that all work is weighed against. `task` is MNIST-1D, or has as
 * many inputs and classes.
 */
export async function measureSecondsPerFlop(task: Task): Promise<number> {
  const genome = { architecture: knownArchitecture('mlp')!, rule: knownRule('adam')! };
  const limits = { parameters: 1e6, stepFlops: 1e9, bytes: 1e8 };
  const compiled = compile(genome, task.signature, { batchSize, limits });
  if (!compiled.ok) throw new Error(compiled.detail);
  const { train, search } = task.splits;
  const settings = {
    budget: { steps, batchSize, order: 'shuffled' },
    fitness: 'loss-decades',
    curvePoints: 0,
    limits,
  } as const;
  const clock = cpuClock();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const start = clock();
    const { costUnits } = await evaluate(wasmEngine, task, settings, genome, 'speed');
    const seconds = (clock() - start) / 1000;
    const examples = { train: train.count, measured: search.count };
    least = Math.min(least, seconds / countedWork(compiled.program.cost, batchSize, costUnits, examples));
  }
  return least;
}
