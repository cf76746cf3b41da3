/** One genome trained by itself: the defaults are those of the task's recipe, and what cannot be trained is said. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { knownArchitecture, knownRule } from '../../src/genome/known.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { heldOutSplits, type TrainingOptions, trainGenome } from '../../src/search/train.ts';
import { taskFacts } from '../../src/tasks/catalogue.ts';
import { genomeOf } from '../support/engines.ts';
import { streetlight } from '../support/program.ts';

const genome = { architecture: knownArchitecture('linear')!, rule: knownRule('sgd')! };
const asked = (over: Partial<TrainingOptions>): TrainingOptions => ({
  ...{ task: 'mnist1d', set: [], steps: 4, seed: 's', engine: 'wasm', curvePoints: 4 },
  ...over,
});

const folder = mkdtempSync(join(tmpdir(), 'streetlight-training-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a training', () => {
  it('is measured on every split that it does not see', async () => {
    expect(heldOutSplits).toEqual(['search', 'select', 'final']);
    const { name, task, record, cost } = await trainGenome(genome, asked({}));
    expect([name, record.stepsDone, record.end.status]).toEqual(['mnist1d', 4, 'completed']);
    expect(Object.keys(record.measured).sort()).toEqual([...heldOutSplits].sort());
    expect(record.curve).toHaveLength(4);
    // Ten classes of forty inputs, and biases.
    expect(cost.parameters).toBe(40 * 10 + 10);
    expect(task.splits.train.count).toBe(3000);
  });

  it('takes batch and order from the options, else from the recipe', async () => {
    const [shuffled, sequential] = [
      await trainGenome(genome, asked({ batchSize: 100, order: 'shuffled' })),
      await trainGenome(genome, asked({ batchSize: 100, order: 'sequential' })),
    ];
    expect(sequential.record.curve).not.toEqual(shuffled.record.curve);
    expect(taskFacts.mnist1d.recipe).toMatchObject({ batchSize: 100, order: 'sequential' });
    expect((await trainGenome(genome, asked({}))).record).toEqual(sequential.record);
    expect((await trainGenome(genome, asked({ order: 'shuffled' }))).record).toEqual(shuffled.record);
    const smaller = await trainGenome(genome, asked({ batchSize: 50 }));
    expect(smaller.cost.stepFlops).toBeLessThan(sequential.cost.stepFlops);
    expect(taskFacts.imbalance.recipe).toMatchObject({ batchSize: 'full' });
    const byRecipe = await trainGenome(genome, asked({ task: 'imbalance' }));
    const batchSize = byRecipe.task.splits.train.count;
    const whole = await trainGenome(genome, asked({ task: 'imbalance', batchSize }));
    expect(byRecipe.cost.stepFlops).toBe(whole.cost.stepFlops);
    expect(byRecipe.record).toEqual(whole.record);
  });

  it('of a task without a recipe takes a hundred examples, shuffled', async () => {
    expect(taskFacts.csv.recipe).toBeNull();
    const rows = Array.from({ length: 400 }, (_, i) => `${i % 7},${i % 5},${i % 2 === 0 ? 'a' : 'b'}`);
    writeFileSync(join(folder, 'data.csv'), `x,y,label\n${rows.join('\n')}\n`);
    const set = [{ path: 'task.path', value: join(folder, 'data.csv') }];
    const plain = await trainGenome(genome, asked({ task: 'csv', set }));
    const said = await trainGenome(genome, asked({ task: 'csv', set, batchSize: 100, order: 'shuffled' }));
    const other = await trainGenome(genome, asked({ task: 'csv', set, order: 'sequential' }));
    expect(plain.record).toEqual(said.record);
    expect(plain.cost.stepFlops).toBe(said.cost.stepFlops);
    expect(other.record.curve).not.toEqual(plain.record.curve);
  });

  it('takes options of its task', async () => {
    const { task } = await trainGenome(genome, asked({ set: [{ path: 'task.search', value: '123' }] }));
    expect(task.splits.search.count).toBe(123);
  });

  it('depends on its seed and on nothing else', async () => {
    const [first, again, other] = [
      await trainGenome(genome, asked({})),
      await trainGenome(genome, asked({ debug: true })),
      await trainGenome(genome, asked({ seed: 't' })),
    ];
    expect(again.record).toEqual(first.record);
    expect(other.record.curve).not.toEqual(first.record.curve);
  });

  it('at another rate is that of the rule with its update times 10^(j/2)', async () => {
    const written = genomeOf('y = x', 'u = 100 * (-0.001 * g)');
    const [scaled, said] = [
      await trainGenome(genome, asked({ rate: 4 })),
      await trainGenome(written, asked({})),
    ];
    expect(scaled.record).toEqual(said.record);
    expect(scaled.record.curve).not.toEqual((await trainGenome(genome, asked({}))).record.curve);
    expect((await trainGenome(genome, asked({ rate: 0 }))).record).toEqual(
      (await trainGenome(genome, asked({}))).record,
    );
  });

  it('takes both chromosomes as notation, its lines divided by `;`', async () => {
    const line = ['--steps', '4', '--seed', 's', '--engine', 'wasm', '--json'];
    const known = await streetlight('train', 'linear', '--rule', 'heavy-ball', ...line);
    const written = await streetlight(
      ...['train', 'y = x', '--rule', "m = 0.9 * m' + g; u = -0.001 * m", ...line],
    );
    expect(known.code, known.noted).toBe(0);
    expect(written.printed).toBe(known.printed);
    const wrong = await streetlight('train', 'y = x', '--rule', "m = 0.9 * m' + g; u = -0.001 * k", ...line);
    expect(wrong.code).toBe(2);
    expect(wrong.noted).toMatch(/rule:2:15: .*`k`/);
  });

  it.each(['21', '0.5', '-21', ''])('at rate %j is refused', async (rate) => {
    const { code, noted } = await streetlight('train', 'linear', '--rate', rate);
    expect(code).toBe(2);
    expect(noted).toContain('It must be a whole number from -20 to 20: j of 10^(j/2).');
  });

  it('says what does not fit', async () => {
    const misfit = genomeOf(
      'y = dense(conv(x, units: 2, kernel: 51, padding: valid), units: 3)',
      'u = -0.1 * g',
    );
    const error = await trainGenome(misfit, asked({})).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw error;
    expect(error.issues).toEqual([
      {
        code: expect.stringMatching(/^(unsupported|too-large)$/),
        message: expect.stringMatching(/^this genome cannot be trained here: .*kernel/),
      },
    ]);
  });
});
