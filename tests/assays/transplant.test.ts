/** The transplant assay on real runs, against a second statement: every pair tuned and trained by a plain loop in this process; and on runs whose rules were made for their own architectures. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { transplantAssay } from '../../src/assays/transplant.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { renderers } from '../../src/report/answers.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveRate, naiveScores, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-transplant-'));
const db = join(folder, 'lineage.db');
const planted = join(folder, 'planted.db');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const task = { name: 'mnist1d-pair' };
const base = {
  ...{ name: 'joint', task, evaluation: { steps: 6, batchSize: 8 } },
  evolution: { births: 12, population: 4, tournament: 2, inFlight: 2 },
  founders: {
    rules: ['adam', 'heavy-ball', 'sgd'],
    architectures: ['linear', 'y = relu(dense(x, units: 8))'],
  },
};

/** All living are of one genome, as there are no births but founders and no mutations. */
const pure = (architecture: string, rule: string) => ({
  ...{ name: 'pure', task, evaluation: { steps: 40, batchSize: 32 } },
  evolution: { condition: 'rule-fixed', births: 2, population: 2, tournament: 2, inFlight: 1 },
  founders: { architectures: [architecture], rules: [rule], mutations: [0, 0] },
});

const gains = (size: number) => `y = relu(scale(dense(x, units: 32), value: ${size}))`;
/** Moves only what is near one number: the gains of `gains(size)`, and nothing of another one. */
const moverOf = (size: number) => `d = w - ${size}\nu = -0.1 * g * exp(-20 * d * d)`;

beforeAll(() => {
  for (const seed of ['1', '2', '3']) launchDocument(folder, db, seed, base);
  launchDocument(folder, db, '4', { ...base, evaluation: { steps: 7, batchSize: 8 } });
  launchDocument(folder, db, '5', { ...base, task: { ...task, draw: 2 } });
  for (const size of [1, 2, 3, 4])
    launchDocument(folder, planted, `${size}`, pure(gains(size), moverOf(size)));
  // Runs 5 and 6: the architectures of runs 1 and 2 under one rule.
  for (const size of [1, 2]) launchDocument(folder, planted, `${size}`, pure(gains(size), 'adam'));
}, 300_000);

const asked = { top: 2, seeds: 3, tuningSeeds: 1 };

async function ask(
  runs: readonly number[],
  { at = db, context = silentContext as AskContext, workers = 1, top = asked.top } = {},
) {
  const lineage = openLineage(at, 'read');
  try {
    const params = transplantAssay.params.parse({ runs, ...asked, top, workers });
    return await transplantAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** By seed, the scores of all pairs of runs by the definition. */
async function naive(runs: readonly number[]) {
  const lineage = openLineage(db, 'read');
  const score = await naiveScores(lineage, runs[0]!);
  const seedOf = (stage: string, k: number) => `assay/transplant/runs/${stage}/${k}`;
  const best: (readonly [architecture: string, rule: string])[][] = [];
  for (const run of runs) {
    const living = lineage.db
      .prepare<[number], [string, string]>(
        `SELECT a.canon, r.canon FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
         WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) GROUP BY a.id, r.id ORDER BY min(i.id)`,
      )
      .raw()
      .all(run);
    const anew: [number, [string, string]][] = [];
    for (const each of living) anew.push([await score(...each, seedOf('subjects', 0), 0, 'select'), each]);
    best.push(
      anew
        .sort(([a], [b]) => b - a)
        .slice(0, 2)
        .map(([, each]) => each),
    );
  }
  const table: number[][][] = [];
  for (const rows of best)
    for (const columns of best) {
      const scores = [0, 0, 0];
      for (const [architecture] of rows)
        for (const [, rule] of columns) {
          const rate = await naiveRate((j) => score(architecture, rule, seedOf('tuning', 0), j, 'select'));
          for (const k of [0, 1, 2])
            scores[k]! +=
              (await score(architecture, rule, seedOf('judgement', k), rate, 'final')) /
              (rows.length * columns.length);
        }
      table.push([scores]);
    }
  lineage.close();
  return table.map(([scores]) => scores!);
}

describe('transplants between real runs', () => {
  it('have the scores of the definition, and delta of their table', async () => {
    const { pairs, results, cells } = await ask([1, 2, 3]);
    const expected = await naive([1, 2, 3]);
    expect(pairs.map(({ architectures, rules }) => [architectures, rules])).toEqual(
      [1, 2, 3].flatMap((i) => [1, 2, 3].map((j) => [i, j])),
    );
    for (const [p, { scores }] of pairs.entries())
      scores.forEach((score, k) => {
        expect(score).toBeCloseTo(expected[p]![k]!, 12);
      });
    const means = expected.map((scores) => scores.reduce((sum, each) => sum + each / 3, 0));
    const meanOf = (own: boolean) => {
      const chosen = means.filter((_, p) => (p % 4 === 0) === own);
      return chosen.reduce((sum, each) => sum + each / chosen.length, 0);
    };
    const { delta, permutation } = results.decades.pairing;
    expect(delta).toBeCloseTo(meanOf(true) - meanOf(false), 12);
    const deltaOf = (columns: readonly number[]) =>
      columns.reduce((sum, j, i) => sum + means[3 * i + j]!, 0) / 3;
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ].map(deltaOf);
    expect(permutation.p).toBe(orders.filter((each) => each >= orders[0]! - 1e-12).length / 6);
    expect(results.decades.variance.mean).toBeCloseTo(meanOf(true) / 3 + (2 * meanOf(false)) / 3, 12);
    expect(cells.judged.trainings).toBe(9 * 4 * 3);
  });

  it('train nothing twice, not for another run either, and give the same with two threads', async () => {
    const before = cellCount(db);
    const first = await ask([1, 2, 3]);
    const two = await ask([1, 2]);
    expect(cellCount(db)).toBe(before);
    expect(two.pairs[1]).toMatchObject({ scores: first.pairs[1]!.scores });
    const fresh = await withoutCells(db, join(folder, 'fresh.db'));
    expect(await ask([1, 2, 3], { at: fresh, workers: 2 })).toEqual(first);
  });

  it('go on where they were interrupted', async () => {
    const at = await withoutCells(db, join(folder, 'interrupted.db'));
    const counts = [0];
    for (const most of [1, 30, 90]) {
      await expect(ask([1, 2, 3], { at, context: stopAfter(most) })).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(at));
    }
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    expect(await ask([1, 2, 3], { at })).toEqual(await ask([1, 2, 3]));
  });

  it.each([
    ['1', /run 1 alone has no other run/],
    ['1 4', /run 4 trained its candidates with another budget, fitness or limits than run 1/],
    ['1 5', /run 5 trained its candidates on other tasks than run 1/],
    ['1 2 99', /there is no run 99/],
    ['1 2 --seeds 2', /from 3 on/],
    ['1 2 --top 0', /whole number from 1 on/],
    ['1 2 --cap 0', /It must be above 0/],
  ])('of runs %s are refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'transplant', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});

describe('planted transplants', () => {
  it('of rules that move nothing but their own architecture are found, with the p of all 4! pairings', async () => {
    const answer = await ask([1, 2, 3, 4], { at: planted, top: 1 });
    const { pairing, ammi } = answer.results.decades;
    expect(pairing.delta).toBeGreaterThan(0.01);
    expect(pairing.lower).toBeGreaterThan(0);
    expect(pairing.permutation).toMatchObject({ p: 1 / 24, exact: true, arrangements: 24 });
    expect(answer.results.ranks.pairing.permutation.p).toBe(1 / 24);
    // Architecture 1 goes with rule 1, and not with rule 2.
    expect(ammi.axes[0]!.rowScores[0]! * ammi.axes[0]!.columnScores[0]!).toBeGreaterThan(0);
    expect(ammi.axes[0]!.rowScores[0]! * ammi.axes[0]!.columnScores[1]!).toBeLessThan(0);
    const text = renderers.transplant.text(answer);
    expect(text).toMatch(/With 4 runs no p can be below 1\/24\./);
    expect(text).toMatch(/architectures 4 {2,}/);
    const { head, rows } = renderers.transplant.csv.rows(answer);
    expect(rows).toHaveLength(16);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([head.length]));
  });

  it('of one rule are additive: delta is 0 and every pairing is as good', async () => {
    const { results } = await ask([5, 6], { at: planted, top: 1 });
    expect(results.decades.pairing).toMatchObject({ delta: 0, permutation: { p: 1 } });
    expect(results.decades.variance.components).toMatchObject({ columns: 0, interaction: 0 });
    expect(results.decades.variance.components.rows).toBeGreaterThan(0);
  });
});
