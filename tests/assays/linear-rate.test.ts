/** The assay on real runs, against a second statement: every curve from one training without a budget, whose batch losses are those of all examples, and from one that counts its own steps. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { linearRateAssay } from '../../src/assays/linear-rate.ts';
import { compile } from '../../src/compiler/compile.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { knownRule } from '../../src/genome/known.ts';
import { architectureFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { linearRate } from '../../src/statistics/linear-rate.ts';
import { openTask } from '../../src/tasks/open.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-linear-rate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');
const task = { name: 'teacher-student', noise: 0, train: 32, search: 32, select: 32, final: 32 } as const;
const document = {
  ...{ name: 'joint', tasks: [task], evaluation: { steps: 30, batchSize: 16 } },
  // What measures a network otherwise than it trains it.
  variation: { without: ['batchNorm', 'dropout'] },
  evolution: { births: 12, population: 4, tournament: 2, inFlight: 2 },
  founders: { architectures: ['y = tanh(dense(x, units: 12))'], rules: ['sgd', 'rmsprop'] },
  limits: { parameters: 500, units: 16, architectureNodes: 8 },
};

beforeAll(() => {
  launchDocument(folder, db, '1', document);
  launchDocument(folder, db, '2', document);
}, 300_000);

const asked = { top: 2, units: 240, points: 8, seeds: 2 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = linearRateAssay.params.parse({ runs: [1, 2], ...asked, workers, ...more });
    return await linearRateAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** The losses of one whole training before each of its steps, each batch all examples. */
async function naive(
  individual: string,
  seed: string,
  rule: string,
  steps: number,
): Promise<readonly number[]> {
  const lineage = openLineage(db, 'read');
  const [run, birth] = individual.split(':').map(Number);
  const text = lineage.db
    .prepare<[number, number], string>(
      'SELECT a.canon FROM individual i JOIN block a ON a.id = i.architecture WHERE run_of(i.id) = ? AND birth_of(i.id) = ?',
    )
    .pluck()
    .get(run!, birth!)!;
  lineage.close();
  const opened = await openTask(task);
  if (!opened.ok) throw new Error('no task');
  const genome = { architecture: architectureFromText(text), rule: knownRule(rule)! };
  const limits = { parameters: 1e6, stepFlops: 1e9, bytes: 1e9 };
  const compiled = compile(genome, opened.value.signature, { batchSize: 32, limits });
  if (!compiled.ok) throw new Error(compiled.detail);
  const budget = { steps, batchSize: 32, order: 'sequential' } as const;
  const job = { program: compiled.program, task: opened.value, budget, seed };
  const [record] = await wasmEngine.train([{ ...job, measure: [], curvePoints: 0, losses: steps }]);
  return record!.losses!;
}

describe('curves of real runs', () => {
  it.each(['sgd', 'lbfgs'])(
    'under %s are those of one training',
    async (rule) => {
      const answer = await ask({ rule });
      expect(answer.curves.length).toBeGreaterThan(2);
      for (const { run, architecture, seed, points, rate, examples } of answer.curves) {
        const losses = await naive(architecture, `assay/linear-rate/${run}/curve/${seed}`, rule, 100);
        expect(examples).toBe(32);
        expect(points).toHaveLength(8);
        // A step of SGD costs three units. What one of L-BFGS costs is another matter: its losses must be in the one training, in their order.
        let before = 0;
        for (const { costUnits, loss } of points) {
          const at = (step: number) => Math.abs(losses[step]! / loss - 1) < 1e-3;
          const step = rule === 'sgd' ? costUnits / 3 : losses.findIndex((_, i) => i >= before && at(i));
          expect(at(step), `${costUnits} units, ${loss}`).toBe(true);
          before = step;
        }
        // The best constant's loss: the variance of the targets.
        const opened = await openTask(task);
        const untrained = opened.ok ? opened.value.untrainedLoss : Number.NaN;
        expect(rate).toEqual(linearRate(points, untrained, false));
      }
    },
    120_000,
  );

  it('come to means over curves, and over runs', async () => {
    const { curves, populations, results } = await ask();
    const of = (run: number) =>
      curves.filter((each) => each.run === run).map(({ rate }) => 1000 * rate.slope!);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(populations.map(({ slope }) => slope)).toEqual(
      [1, 2].map((run) => expect.closeTo(mean(of(run)), 9)),
    );
    expect(results.slope.mean).toBeCloseTo((mean(of(1)) + mean(of(2))) / 2, 9);
    const { printed } = await streetlight(
      'assay',
      'linear-rate',
      '1',
      '--points',
      '6',
      '--units',
      '60',
      '--db',
      db,
    );
    expect(printed).toMatch(/curves of 6 points up to 60 cost units; 0 failed, 0 too fast to tell/);
  }, 120_000);

  it.each([
    ['at once', 'u = 1e30 * g', 0],
    // A momentum that grows threefold at each step: the first point is there, the last are not.
    ['later', "m = 3 * m' + g\nu = -0.000001 * m", 1],
  ])('are at the floor, and in every mean, where training diverges %s', async (_when, rule, least) => {
    const { curves, populations, results, cells } = await ask({ rule });
    expect(cells.failed['diverged']).toBeGreaterThan(0);
    for (const { failed, rate, points } of curves) {
      expect([failed, rate.isFailure, rate.isLinear]).toEqual(['diverged', true, false]);
      expect(points.length).toBeGreaterThanOrEqual(least);
      expect(points.length).toBeLessThan(8);
    }
    for (const { curves: all, failed, tooFast } of populations) expect([failed, tooFast]).toEqual([all, 0]);
    for (const { linear, slope, reached } of populations) expect([linear, slope, reached]).toEqual([0, 0, 0]);
    expect(results.slope).toMatchObject({ runs: 2, mean: 0 });
  });

  it('trains nothing twice, gives the same with two threads, and goes on where it was interrupted', async () => {
    const first = await ask();
    const before = cellCount(db);
    await ask();
    expect(cellCount(db)).toBe(before);
    const fresh = await withoutCells(db, join(folder, 'fresh.db'));
    await expect(ask({}, stopAfter(12), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
    expect(cellCount(fresh)).toBeGreaterThan(0);
    expect(await ask({}, silentContext, 2, fresh)).toEqual(first);
  }, 120_000);

  it.each([
    ['1 --points 5', /whole number from 6 to 200/],
    ['1 --units 0', /whole number from 1 on/],
    ['1 --rule lbfg', /there is no known rule `lbfg`/],
    ['9', /there is no run 9/],
  ])('of %s are refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'linear-rate', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
