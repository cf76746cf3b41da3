/** The recipe of the MNIST-1D paper on the published data: Adam 1e-2, 6000 sequential unshuffled batches of 100, PyTorch's default init. */
import { describe, expect, it } from 'vitest';
import { knownArchitecture, knownText } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { openMnist1d } from '../../src/tasks/mnist1d.ts';
import { engineOrSkip, programOf } from '../support/engines.ts';

const task = openMnist1d({ seed: 42, search: 0, select: 0 });
const rule = readUpdateRule(knownText('rule', 'adam')!.replace('0.001 *', '0.01 *'));

/** STREETLIGHT_ALL_GENOMES=1 asks every engine for everything. */
const isWhole = process.env['STREETLIGHT_ALL_GENOMES'] === '1';

describe('the recipe of the MNIST-1D paper', { timeout: 600_000 }, () => {
  it.for([
    ['linear', 31.5, 2.5, 'wasm', 3],
    ['mlp', 65.1, 2.5, 'wasm', 3],
    ['cnn', 92.3, 2, 'wasm', 3],
    ['mlp', 65.1, 2.5, 'tensorflow', 1],
    // TensorFlow takes twenty seconds for each seed.
    ...(isWhole ? [['cnn', 92.3, 2, 'tensorflow', 3] as const] : []),
  ] as const)(
    'gives the accuracy of %s: %f percent within %f points on %s, as the mean of %i seeds',
    async ([name, percent, points, engineName, count], { skip }) => {
      if (!rule.ok) throw new Error('the rule does not parse');
      const engine = engineOrSkip(engineName, skip);
      const program = programOf(
        { architecture: knownArchitecture(name)!, rule: rule.value },
        task.signature,
        100,
      );
      const seeds = Array.from({ length: count }, (_, i) => `${i + 1}`);
      const budget = { steps: 6000, batchSize: 100, order: 'sequential' } as const;
      const records = await engine.train(
        seeds.map((seed) => ({ program, task, budget, seed, measure: ['final'], curvePoints: 0 })),
      );
      const mean = records.reduce((sum, { measured }) => sum + measured.final!.accuracy!, 0) / seeds.length;
      expect(Math.abs(100 * mean - percent)).toBeLessThan(points);
    },
  );
});
