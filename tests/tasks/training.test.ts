/** What tasks are for: the known results on them, and engines that agree. */
import { describe, expect, it } from 'vitest';
import type { Engine, Executable, TrainingBudget, TrainingRecord } from '../../src/engines/engine.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { measureSplit, trainOn } from '../../src/engines/training-loop.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { knownText } from '../../src/genome/known.ts';
import type { TaskInput } from '../../src/search-space/task-schema.ts';
import { openTask } from '../../src/tasks/open.ts';
import type { SplitName, Task } from '../../src/tasks/task.ts';
import { genomeOf, programOf, worstError } from '../support/engines.ts';
import { generatedTasks } from './generated-tasks.ts';

async function opened(input: TaskInput): Promise<Task> {
  const task = await openTask(input);
  if (!task.ok) throw new Error(JSON.stringify(task.issues));
  return task.value;
}

/** Trains, and hands the executable to `look` before it is gone. */
function train<T>(
  task: Task,
  net: string,
  rule: string,
  budget: TrainingBudget,
  look: (executable: Executable, record: TrainingRecord) => T,
  engine: Engine = wasmEngine,
): T {
  const executable = engine.prepare(programOf(genomeOf(net, rule), task.signature, budget.batchSize));
  try {
    const record = trainOn(executable, {
      program: executable.program,
      task,
      budget,
      seed: 'tasks',
      measure: ['search'],
      curvePoints: Math.min(20, budget.steps),
    });
    return look(executable, record);
  } finally {
    executable.dispose();
  }
}

const lossOn = (
  split: SplitName,
  task: Task,
  net: string,
  rule: string,
  budget: TrainingBudget,
  engine?: Engine,
) => train(task, net, rule, budget, (executable) => measureSplit(executable, task, split).loss, engine);

const adamWith = (lr: number) => knownText('rule', 'adam')!.replace('0.001 *', `${lr} *`);

describe('every generated task', () => {
  it.each(generatedTasks)('%j trains alike on reference and wasm', async (input) => {
    const task = await opened(input);
    const budget = { steps: 5, batchSize: Math.min(10, task.splits.train.count), order: 'shuffled' } as const;
    const scale = 1e-3 / Math.max(1, task.untrainedLoss);
    for (const net of ['y = x', 'y = tanh(dense(x, units: 4, init: torch))']) {
      const [reference, wasm] = [referenceEngine, wasmEngine].map((engine) =>
        train(task, net, `u = -${scale} * g`, budget, (_, record) => record, engine),
      );
      const size = Math.max(1, ...reference!.curve.map(Math.abs));
      const relative = (values: Float32Array) => values.map((x) => x / size);
      expect(reference!.curve).toHaveLength(5);
      expect(worstError(relative(wasm!.curve), relative(reference!.curve))).toBeLessThan(1e-4);
      expect(wasm!.measured.search!.accuracy).toBe(reference!.measured.search!.accuracy);
    }
  });
});

describe('reddi', () => {
  const adams = ['adam', 'adamw', 'adabelief', 'adamax', 'nadam'];
  const amsgrads = ['amsgrad-torch', 'amsgrad-paper', 'amsgrad-optax'];
  const rule = (name: string) => knownText('rule', name)!.replaceAll('0.999', '0.99');
  const theta = (executable: Executable) => executable.readParameters()[0]![0]!;
  const end = async (stream: 'online' | 'stochastic', name: string, steps: number) => {
    const budget = { steps, batchSize: 1, order: 'sequential' } as const;
    return train(await opened({ name: 'reddi', stream }), 'y = x', rule(name), budget, theta);
  };

  describe.each(['online', 'stochastic'] as const)('%s', (stream) => {
    it.each(adams)('%s goes to the wrong end', async (name) => {
      expect(await end(stream, name, 100_000)).toBeGreaterThan(0.95);
    });

    it.each(amsgrads)('%s goes the right way', async (name) => {
      const [early, late] = [await end(stream, name, 50_000), await end(stream, name, 200_000)];
      expect(late).toBeLessThan(early);
      expect(late).toBeLessThan(0);
    });
  });

  it('theorem 1: Adam is at +1 after every cycle, AMSGrad goes to -1', async () => {
    const task = await opened({ name: 'reddi', stream: 'theorem-1' });
    const thetaAt = (steps: number, root: string) =>
      train(
        task,
        'y = x',
        `v = lerp(v', square(g), 0.1)\nx = maximum(x', v)\nu = -0.5 / sqrt(t) * g / sqrt(${root})`,
        { steps, batchSize: 1, order: 'sequential' },
        theta,
      );
    for (const cycles of [1, 2, 3, 10, 100, 1000, 10_000]) expect(thetaAt(3 * cycles, 'v')).toBe(1);
    expect(thetaAt(30_000, 'x')).toBeLessThan(-0.99);
  });
});

describe('matrix-factorization', () => {
  const budget = { steps: 400, batchSize: 100, order: 'shuffled' } as const;

  it('of rank 10: default Adam stalls where a tenfold step goes on to rounding', async () => {
    const task = await opened({ name: 'matrix-factorization' });
    const [standard, tuned] = [1e-3, 1e-2].map((lr) =>
      lossOn('train', task, knownText('architecture', 'rank-10')!, adamWith(lr), budget),
    );
    expect(standard).toBeGreaterThan(1e-4);
    expect(tuned).toBeLessThan(1e-12);
  });

  it('of rank 10: a stochastic line search goes on to rounding without a learning rate', async () => {
    const task = await opened({ name: 'matrix-factorization' });
    const [standard, searched] = [adamWith(1e-3), knownText('rule', 'sls')!].map((rule) =>
      lossOn('train', task, knownText('architecture', 'rank-10')!, rule, budget),
    );
    expect(searched).toBeLessThan(1e-9 * standard!);
  });

  it('of ranks 1 and 4 cannot go below what the other directions hold', async () => {
    const task = await opened({ name: 'matrix-factorization' });
    const [one, four] = ['rank-1', 'rank-4'].map((name) =>
      lossOn('train', task, knownText('architecture', name)!, adamWith(1e-2), { ...budget, steps: 2000 }),
    );
    expect(one).toBeGreaterThan(four!);
    expect(four).toBeGreaterThan(1e-4);
  });
});

describe('margin', () => {
  it('default Adam is decades behind Adam at 10', async () => {
    const task = await opened({ name: 'margin' });
    const budget = { steps: 1600, batchSize: 100, order: 'shuffled' } as const;
    const [standard, tuned] = [1e-3, 10].map((lr) => lossOn('train', task, 'y = x', adamWith(lr), budget));
    expect(standard).toBeGreaterThan(0.1);
    expect(tuned).toBeLessThan(1e-5);
  });
});

describe('quadratic-blocks', () => {
  const budget = { steps: 100, batchSize: 9, order: 'sequential' } as const;
  const best = (task: Task, rule: (lr: number) => string) =>
    Math.min(
      ...Array.from({ length: 15 }, (_, i) => 10 ** (-5 + i / 2)).map((lr) =>
        lossOn('search', task, 'y = x', rule(lr), budget, referenceEngine),
      ),
    );
  const adam = (lr: number) =>
    `v = lerp(v', square(g), 0.99)\nu = -${lr} * (1 - t / T) * g / (sqrt(debias(v, 0.99)) + 1e-8)`;
  const sgd = (lr: number) => `u = -${lr} * g`;

  it('help Adam where the axes are those of the blocks, and SGD nowhere', async () => {
    const aligned = await opened({ name: 'quadratic-blocks' });
    const rotated = await opened({ name: 'quadratic-blocks', rotated: true });
    expect(best(aligned, adam)).toBeLessThan(1e-20);
    expect(best(rotated, adam)).toBeGreaterThan(1e-3);
    const [here, there] = [aligned, rotated].map((task) =>
      lossOn('search', task, 'y = x', sgd(1e-4), budget, referenceEngine),
    );
    expect(Math.abs(there! / here! - 1)).toBeLessThan(1e-9);
  });
});

describe('objective', () => {
  /** Gradient descent on Rosenbrock's function, written out; `noise` gives the gradient's noise at each step. */
  function descend(steps: number, lr: number, noise: (step: number) => readonly [number, number]) {
    let [u, v] = [-0.5, 1.5];
    for (let step = 0; step < steps; step++) {
      const [a, b] = noise(step);
      const du = -2 * (1 - u) - 400 * u * (v - u * u) + a;
      const dv = 200 * (v - u * u) + b;
      [u, v] = [u - lr * du, v - lr * dv];
    }
    return [u, v];
  }

  it.each([
    ['alone', 0, 1],
    ['with noise, online', 1, 1],
    ['with noise, in batches', 1, 40],
  ] as const)('%s is trained as the formula says', async (_name, noise, batchSize) => {
    const task = await opened({ name: 'objective', noise, examples: 200 });
    const { targets, count } = task.splits.train;
    const meanNoise = (step: number) => {
      const sum: [number, number] = [0, 0];
      for (let i = 0; i < batchSize; i++) {
        const row = (step * batchSize + i) % count;
        sum[0] += targets[2 * row]! / batchSize;
        sum[1] += targets[2 * row + 1]! / batchSize;
      }
      return sum;
    };
    const expected = descend(100, 1e-3, meanNoise);
    const budget = { steps: 100, batchSize, order: 'sequential' } as const;
    for (const [engine, tolerance] of [
      [referenceEngine, 1e-12],
      [wasmEngine, 1e-4],
    ] as const) {
      const theta = train(task, 'y = x', 'u = -0.001 * g', budget, (e) => e.readParameters()[0]!, engine);
      expect(worstError(theta, expected)).toBeLessThan(tolerance);
    }
  });

  it('in front of deeper networks is reparametrised: any of them may reach the minimum', async () => {
    const task = await opened({ name: 'objective', function: 'himmelblau' });
    const budget = { steps: 3000, batchSize: 1, order: 'sequential' } as const;
    for (const net of ['y = x', 'y = tanh(dense(x, units: 8, init: torch))', 'y = scale(x, value: 2)'])
      expect(lossOn('search', task, net, adamWith(1e-2), budget)).toBeLessThan(1e-6);
  });
});
