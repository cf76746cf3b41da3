/** Generated tasks: splits that never mix, floors that hold, the same bits twice, and sharing. */
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/search-space/document.ts';
import { hasAccuracy, type TaskInput, taskNames, taskSchema } from '../../src/search-space/task-schema.ts';
import { groupLabels } from '../../src/tasks/imbalance.ts';
import { digestTask, openTask, shareTask } from '../../src/tasks/open.ts';
import {
  type Examples,
  type HeldOutSplit,
  outputsOf,
  type Task,
  targetColumnsOf,
} from '../../src/tasks/task.ts';
import { generatedTasks } from './generated-tasks.ts';

async function opened(input: TaskInput): Promise<Task> {
  const task = await openTask(input);
  if (!task.ok) throw new Error(JSON.stringify(task.issues));
  return task.value;
}

const heldOut: readonly HeldOutSplit[] = ['search', 'select', 'final'];

const rowsOf = ({ count, inputs, targets }: Examples): string[] => {
  const [width, columns] = [inputs.length / count, targets.length / count];
  return Array.from({ length: count }, (_, i) =>
    [
      ...inputs.subarray(i * width, (i + 1) * width),
      ...targets.subarray(i * columns, (i + 1) * columns),
    ].join(),
  );
};

/** Problems without anything to generalise to are measured on themselves. */
const isProblem = ({ name, ...options }: TaskInput) =>
  ['quadratic-blocks', 'quadratic-deep', 'objective', 'reddi'].includes(name) ||
  (name === 'imbalance' && (options as { variant?: string }).variant !== 'mixture');

/** Each task opened once for all tests that only look at it. */
const openedOnce = new Map<TaskInput, Promise<Task>>(generatedTasks.map((input) => [input, opened(input)]));

describe.each(generatedTasks)('%j', (input) => {
  it('is well-formed, and says so of itself', async () => {
    const { name, signature, splits, untrainedLoss, floor } = await openedOnce.get(input)!;
    expect(name).toBe(input.name);
    const [features, columns] = [signature.input.reduce((a, b) => a * b), targetColumnsOf(signature.target)];
    for (const { count, inputs, targets } of Object.values(splits)) {
      expect(count).toBeGreaterThan(0);
      expect([inputs.length, targets.length]).toEqual([count * features, count * columns]);
      expect(inputs.every(Number.isFinite) && targets.every(Number.isFinite)).toBe(true);
      if (signature.target.kind === 'classification' || signature.target.kind === 'binary')
        expect(
          targets.every((y) => Number.isInteger(y) && y >= 0 && y < Math.max(2, outputsOf(signature.target))),
        ).toBe(true);
    }
    if (floor !== undefined) expect(floor).toBeLessThan(untrainedLoss);
    expect(hasAccuracy(taskSchema.parse(input))).toBe(
      signature.target.kind === 'classification' || signature.target.kind === 'binary',
    );
  });

  it('is the same to the last bit when opened again, and on shared memory', async () => {
    const [first, second] = [await openedOnce.get(input)!, await opened(input)];
    expect(digestTask(second)).toBe(digestTask(first));
    const shared = shareTask(first);
    expect(digestTask(shared)).toBe(digestTask(first));
    expect(shared.splits.search === shared.splits.final).toBe(first.splits.search === first.splits.final);
  });

  it('keeps its splits apart', async () => {
    const { splits } = await openedOnce.get(input)!;
    if (isProblem(input)) {
      for (const split of heldOut) expect(splits[split]).toBe(splits.search);
      return;
    }
    if (input.name === 'tokens') return;
    const seen = new Set<string>();
    for (const examples of Object.values(splits)) {
      const rows = new Set(rowsOf(examples));
      for (const row of rows) expect(seen.has(row)).toBe(false);
      for (const row of rows) seen.add(row);
    }
  });
});

describe('draws', () => {
  it('differ', async () => {
    for (const input of generatedTasks.filter(
      ({ name }) => !['mnist1d', 'objective', 'reddi'].includes(name),
    )) {
      const [one, other] = [
        await opened({ ...input, draw: 5 } as TaskInput),
        await opened({ ...input, draw: 6 } as TaskInput),
      ];
      expect(digestTask(one)).not.toBe(digestTask(other));
    }
  });
});

describe('floors', () => {
  it('of a Markov chain: the entropy rate is what the best table of counts comes to', async () => {
    const { splits, floor, untrainedLoss } = await opened({
      name: 'tokens',
      alphabet: 4,
      order: 1,
      length: 4,
      train: 200_000,
    });
    const { count, inputs, targets } = splits.train;
    const counts = new Float64Array(16);
    for (let i = 0; i < count; i++) counts[4 * inputs[4 * i + 3]! + targets[i]!]! += 1;
    const moment = (power: number) =>
      counts.reduce((sum, n, k) => {
        const context = counts.subarray(4 * Math.floor(k / 4), 4 * Math.floor(k / 4) + 4);
        const nats = -Math.log(n / context.reduce((a, b) => a + b));
        return n === 0 ? sum : sum + (n / count) * nats ** power;
      }, 0);
    const standardError = Math.sqrt((moment(2) - moment(1) ** 2) / count);
    expect(Math.abs(moment(1) - floor!)).toBeLessThan(4 * standardError);
    expect(floor).toBeLessThan(untrainedLoss);
  });

  it('of chains of order 2 take both tokens: knowing one leaves more', async () => {
    const { splits, floor } = await opened({
      name: 'tokens',
      alphabet: 3,
      order: 2,
      length: 4,
      train: 100_000,
    });
    const { count, inputs, targets } = splits.train;
    const conditional = (context: (i: number) => number) => {
      const joint = new Map<string, number>();
      const marginal = new Map<number, number>();
      for (let i = 0; i < count; i++) {
        joint.set(`${context(i)}/${targets[i]}`, (joint.get(`${context(i)}/${targets[i]}`) ?? 0) + 1);
        marginal.set(context(i), (marginal.get(context(i)) ?? 0) + 1);
      }
      return [...joint].reduce(
        (sum, [key, n]) => sum - (n / count) * Math.log(n / marginal.get(Number(key.split('/')[0]))!),
        0,
      );
    };
    const both = conditional((i) => 3 * inputs[4 * i + 2]! + inputs[4 * i + 3]!);
    expect(Math.abs(both - floor!)).toBeLessThan(4 / Math.sqrt(count));
    expect(conditional((i) => inputs[4 * i + 3]!)).toBeGreaterThan(floor! + 0.02);
  });

  it.each(['induction', 'copy'] as const)('of %s: the answer can be read off the input', async (language) => {
    const { splits } = await opened({ name: 'tokens', language });
    for (const { count, inputs, targets } of Object.values(splits))
      for (let i = 0; i < count; i++) {
        const row = [...inputs.subarray(16 * i, 16 * i + 16)];
        const answer = language === 'copy' ? row[0] : row[row.indexOf(row[15]!) + 1];
        expect(targets[i]).toBe(answer);
        if (language === 'induction') expect(row.filter((token) => token === row[15])).toHaveLength(2);
      }
  });

  it('of teacher-student: the variance of the noise, which is all that differs from the clean task', async () => {
    const [clean, noisy] = [
      await opened({ name: 'teacher-student', noise: 0, train: 20_000 }),
      await opened({ name: 'teacher-student', noise: 0.1, train: 20_000 }),
    ];
    expect(clean.splits.train.inputs).toEqual(noisy.splits.train.inputs);
    const errors = noisy.splits.train.targets.map((y, i) => (y - clean.splits.train.targets[i]!) ** 2);
    const mean = errors.reduce((a, b) => a + b) / errors.length;
    // A chi-square with n degrees of freedom has deviation sqrt(2 / n) of its mean.
    expect(Math.abs(mean / noisy.floor! - 1)).toBeLessThan(4 * Math.sqrt(2 / errors.length));
    expect(clean.floor).toBe(0);
  });

  it('of a linear function: four examples give all others exactly', async () => {
    const { splits } = await opened({ name: 'scalar' });
    const { inputs, targets } = splits.train;
    const weights = solve(
      Array.from({ length: 4 }, (_, i) => [...inputs.subarray(4 * i, 4 * i + 4), targets[i]!]),
    );
    const { final } = splits;
    for (let i = 0; i < final.count; i++) {
      const predicted = weights.reduce((sum, w, j) => sum + w * final.inputs[4 * i + j]!, 0);
      expect(predicted).toBeCloseTo(final.targets[i]!, 9);
    }
  });

  it('of spirals without noise: the angle at a radius tells the arm', async () => {
    const { splits } = await opened({ name: 'spirals', noise: 0, arms: 3 });
    const { count, inputs, targets } = splits.final;
    for (let i = 0; i < count; i++) {
      const [x, y] = [inputs[2 * i]!, inputs[2 * i + 1]!];
      const along = (Math.hypot(x, y) - 0.1) / 0.9;
      const turn = Math.atan2(y, x) / (2 * Math.PI) - 1.5 * along;
      expect(Math.round(3 * (turn - Math.floor(turn))) % 3).toBe(targets[i]);
    }
  });

  it('of the mixture: the largest input is the class', async () => {
    const { splits, signature } = await opened({ name: 'imbalance', variant: 'mixture' });
    const width = signature.input[2];
    for (const { count, inputs, targets } of Object.values(splits))
      for (let i = 0; i < count; i++) {
        const row = inputs.subarray(i * width, (i + 1) * width);
        expect(row.indexOf(Math.max(...row))).toBe(targets[i]);
      }
  });
});

describe('imbalance', () => {
  it('has groups of 2^i classes with 2^(m - i) examples', () => {
    const labels = groupLabels(3);
    expect(labels).toHaveLength(24);
    const sizes = Array.from({ length: 7 }, (_, c) => labels.filter((label) => label === c).length);
    expect(sizes).toEqual([8, 4, 4, 2, 2, 2, 2]);
  });

  it('has classes of a mixture in proportion 1 / k, the rarest with 10 examples', async () => {
    const { splits } = await opened({ name: 'imbalance', variant: 'mixture' });
    const sizes = new Array<number>(100).fill(0);
    for (const label of splits.train.targets) sizes[label]! += 1;
    expect([sizes[0], sizes[1], sizes[9], sizes[99]]).toEqual([1000, 500, 100, 10]);
  });
});

describe('documents', () => {
  const issuesOf = (task: string, fitness = 'loss-decades') => {
    const parsed = parseDocument(`name: t\ntask: ${task}\nevaluation: { fitness: ${fitness} }\n`, 'd.yaml');
    return parsed.ok ? [] : parsed.issues.map(({ message }) => message);
  };

  it('may name every task that needs no file', () => {
    for (const name of taskNames.filter((n) => !['csv', 'libsvm', 'idx', 'cifar10'].includes(n)))
      expect(issuesOf(`{ name: ${name} }`), name).toEqual([]);
  });

  it.each([
    ['{ name: mnist1d-pair, classes: [3, 3] }', 'classes'],
    ['{ name: tokens, alphabet: 32, order: 3 }', 'order'],
    ['{ name: kernel, rows: 100 }', 'rows'],
  ])('refuse %s', (task, key) => {
    expect(issuesOf(task)[0]).toContain(`task.${key}`);
  });

  it('refuse accuracy where there is none', () => {
    expect(issuesOf('{ name: objective }', 'accuracy')[0]).toContain('accuracy');
    expect(issuesOf('{ name: margin }', 'accuracy')).toEqual([]);
  });
});

/** Gaussian elimination with pivots, on an augmented matrix. */
function solve(rows: number[][]): number[] {
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]!) > Math.abs(best[k]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    for (const row of rows)
      if (row !== pivot) {
        const factor = row[k]! / pivot[k]!;
        for (let j = k; j <= rows.length; j++) row[j]! -= factor * pivot[j]!;
      }
  }
  return rows.map((row, k) => row[rows.length]! / row[k]!);
}
