/** The recipe of the MNIST-1D paper on the published data: Adam 1e-2, 6000 sequential unshuffled batches of 100, PyTorch's default init. */
import { describe, expect, it } from 'vitest';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { knownArchitecture, knownText } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { openMnist1d } from '../../src/tasks/mnist1d.ts';
import { programOf } from '../support/engines.ts';

const task = openMnist1d({ seed: 42, search: 0, select: 0 });
const rule = readUpdateRule(knownText('rule', 'adam')!.replace('0.001 *', '0.01 *'));

describe('the recipe of the MNIST-1D paper', () => {
  it.each([
    { name: 'linear', percent: 31.5 },
    { name: 'mlp', percent: 65.1 },
  ])(
    'gives $name an accuracy of $percent percent, within 2.5 points as the mean of 3 seeds',
    async ({ name, percent }) => {
      if (!rule.ok) throw new Error('the rule does not parse');
      const program = programOf(
        { architecture: knownArchitecture(name)!, rule: rule.value },
        task.signature,
        100,
      );
      const budget = { steps: 6000, batchSize: 100, order: 'sequential' } as const;
      const records = await wasmEngine.train(
        ['1', '2', '3'].map((seed) => ({ program, task, budget, seed, measure: ['final'], curvePoints: 0 })),
      );
      const mean = records.reduce((sum, { measured }) => sum + measured.final!.accuracy!, 0) / 3;
      expect(Math.abs(100 * mean - percent)).toBeLessThan(2.5);
    },
  );
});
