/** Tasks published as numpy code, against numbers that numpy gives. */
import { describe, expect, it } from 'vitest';
import type { TaskInput } from '../../src/search-space/task-schema.ts';
import { legacyRandom } from '../../src/tasks/numpy-legacy.ts';
import { openTask } from '../../src/tasks/open.ts';
import { blockHessian, deepSpectrum } from '../../src/tasks/quadratics.ts';
import { fromSpectrum, times } from '../../src/tasks/symmetric.ts';
import type { Examples, Task } from '../../src/tasks/task.ts';
import numpy from '../fixtures/published-tasks.json' with { type: 'json' };
import { worstError } from '../support/engines.ts';

const { values } = numpy;

async function opened(input: TaskInput): Promise<Task> {
  const task = await openTask(input);
  if (!task.ok) throw new Error(JSON.stringify(task.issues));
  return task.value;
}

const row = (of: 'inputs' | 'targets', examples: Examples, i: number) => {
  const width = examples[of].length / examples.count;
  return [...examples[of].subarray(i * width, (i + 1) * width)];
};

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-13) => {
  expect(found.length).toBe(expected.length);
  expect(worstError(found, expected)).toBeLessThan(tolerance);
};

describe('matrix-factorization', () => {
  it('is the published data, dealt as published', async () => {
    const { splits, untrainedLoss } = await opened({ name: 'matrix-factorization' });
    const expected = values.matrixFactorization;
    expect([...legacyRandom(9513451).permutation(1000).subarray(0, 5)]).toEqual(expected.permutation_first5);
    expect([splits.train.count, splits.final.count]).toEqual([800, 200]);
    close(row('inputs', splits.train, 0), expected.train_first_input);
    close(row('targets', splits.train, 0), expected.train_first_target);
    close(row('inputs', splits.train, 799), expected.train_last_input);
    close(row('inputs', splits.final, 0), expected.test_first_input);
    close([untrainedLoss], [expected.train_mean_square]);
  });
});

describe('margin', () => {
  it('is the published data, support vectors first', async () => {
    const { splits } = await opened({ name: 'margin' });
    const expected = values.margin;
    close(row('inputs', splits.train, 0), expected.row0);
    close(row('inputs', splits.train, 2), expected.row2, 1e-12);
    close(row('inputs', splits.final, 0), expected.row800, 1e-12);
    expect([...splits.train.targets.subarray(0, 20)]).toEqual(expected.labels_first20);
    expect(splits.train.targets.reduce((a, b) => a + b)).toBe(expected.positive_train);
    const sum = [splits.train, splits.final].flatMap(({ inputs }) => [...inputs]).reduce((a, b) => a + b);
    expect(Math.abs(sum - expected.sum)).toBeLessThan(1e-9);
  });

  it.each([0.01, 0.05, 0.1, 0.5])('of %d is kept by every example, new ones too', async (margin) => {
    const { splits } = await opened({ name: 'margin', margin });
    const [low, high] = [row('inputs', splits.train, 0), row('inputs', splits.train, 1)];
    const normal = high.map((x, j) => (x - low[j]!) / (2 * margin));
    for (const { count, inputs, targets } of Object.values(splits))
      for (let i = 0; i < count; i++) {
        const distance = normal.reduce((sum, w, j) => sum + w * inputs[21 * i + j]!, 0);
        expect((2 * targets[i]! - 1) * distance).toBeGreaterThan(margin * (1 - 1e-9));
      }
  });
});

describe('quadratic-blocks', () => {
  const block = (spectrum: 'heterogeneous' | 'homogeneous', b: number) =>
    blockHessian(spectrum, 0)
      .slice(3 * b, 3 * b + 3)
      .flatMap((values) => [...values.subarray(3 * b, 3 * b + 3)]);

  it("has numpy's blocks and start", async () => {
    const expected = values.quadraticBlocks;
    close(block('heterogeneous', 0), expected.heterogeneous_block0);
    close(block('homogeneous', 2), expected.homogeneous_block2, 1e-12);
    for (const spectrum of ['heterogeneous', 'homogeneous'] as const) {
      const { untrainedLoss, signature } = await opened({ name: 'quadratic-blocks', spectrum });
      close([untrainedLoss], [expected[`${spectrum}_loss`]], 1e-12);
      expect(signature.head).toMatchObject({ start: expected.start });
    }
  });
});

describe('quadratic-deep', () => {
  it("has DeepOBS' spectrum, Hessian and gradient on a batch", async () => {
    const expected = values.quadraticDeep;
    const { values: eigenvalues, rotation } = deepSpectrum(legacyRandom(42));
    close(eigenvalues.slice(0, 3), expected.eigenvalues_first3);
    close(eigenvalues.slice(-2), expected.eigenvalues_last2);
    const hessian = fromSpectrum(eigenvalues, rotation);
    close(hessian[0]!.subarray(0, 4), expected.hessian_row0_first4, 1e-12);
    close([hessian[99]![99]!], [expected.hessian_99_99], 1e-12);
    const { splits, untrainedLoss } = await opened({ name: 'quadratic-deep' });
    close([untrainedLoss], [expected.loss_at_ones], 1e-12);
    // The gradient of the mean of (x_i . w - y_i)^2 over the first block at w = 1.
    const { inputs, targets } = splits.train;
    const gradient = new Float64Array(100);
    for (let i = 0; i < 100; i++) {
      const x = inputs.subarray(100 * i, 100 * i + 100);
      const error = x.reduce((a, b) => a + b) - targets[i]!;
      for (let j = 0; j < 100; j++) gradient[j]! += (2 * error * x[j]!) / 100;
    }
    close(gradient.subarray(0, 3), expected.gradient_first_batch_first3, 1e-11);
    const ones = new Float64Array(100).fill(1);
    close([times(hessian, ones).reduce((a, b) => a + b) / 2], [untrainedLoss], 1e-12);
  });
});

describe('objective', () => {
  it("draws DeepOBS' noise", async () => {
    const { splits } = await opened({ name: 'objective', noise: 1 });
    const expected = values.objective;
    close([splits.train.targets[0]!, splits.train.targets[2]!], expected.noise_u_first2);
    close([splits.train.targets[1]!, splits.train.targets[3]!], expected.noise_v_first2);
    expect([...splits.search.targets]).toEqual([0, 0]);
  });
});
