/** The noise-dose assay on real runs, against a second statement: every cell trained by a plain loop in this process, under rules with the noise written out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { noiseDoseAssay } from '../../src/assays/noise-dose.ts';
import { knownText } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { ruleText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { renderers } from '../../src/report/answers.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveRate, naiveScores, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-noise-dose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = {
  name: 'joint',
  tasks: [
    { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 64 },
    { name: 'teacher-student', train: 64, search: 32, select: 32, final: 32 },
  ],
  evaluation: { steps: 60, batchSize: 16 },
  evolution: { births: 8, population: 4, tournament: 2, inFlight: 2 },
  founders: { architectures: ['y = relu(dense(x, units: 8))'], rules: ['sgd', 'rmsprop'] },
  limits: { parameters: 500, units: 16, architectureNodes: 8 },
};

beforeAll(() => {
  for (const seed of ['1', '2', '3']) launchDocument(folder, db, seed, document);
}, 300_000);

const asked = { rules: ['adam', 'sgd'], doses: [1, 10], top: 1, seeds: 2, tuningSeeds: 1, cap: 6 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = noiseDoseAssay.params.parse({ runs: [1, 2, 3], ...asked, workers, ...more });
    return await noiseDoseAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** The canonical text of a rule whose last line gets noise, as a person would write it. */
function withNoise(name: string, dose: number): string {
  const text = knownText('rule', name)!.replace(/^u = /m, 'clean = ');
  const read = readUpdateRule(`${text}\nu = clean + ${dose} * rms(clean, over: tensor) * normal()`);
  if (!read.ok) throw new Error(read.issues.map(({ message }) => message).join('; '));
  return ruleText(read.value);
}

/** Of one run, by rule and task, the scores without noise and at every dose, from trainings one after the other. */
async function naive(run: number) {
  const lineage = openLineage(db, 'read');
  const score = await naiveScores(lineage, run);
  const seedOf = (stage: string, k: number) => `assay/noise-dose/${run}/${stage}/${k}`;
  const living = lineage.db
    .prepare<[number], [string, string]>(
      `SELECT a.canon, r.canon FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) GROUP BY a.id, r.id ORDER BY min(i.id)`,
    )
    .raw()
    .all(run);
  let best = { anew: -1, architecture: '' };
  for (const [architecture, rule] of living) {
    const on = (task: number) => score(architecture, rule, seedOf('subjects', 0), 0, 'select', task);
    const anew = (await on(0)) + (await on(1));
    if (anew > best.anew) best = { anew, architecture };
  }
  const found: { task: string; rule: string; rate: number; scores: number[] }[] = [];
  for (const task of [0, 1])
    for (const rule of asked.rules) {
      const clean = knownText('rule', rule)!;
      const rate = await naiveRate((j) =>
        score(best.architecture, clean, seedOf('tuning', 0), j, 'select', task),
      );
      const scores: number[] = [];
      for (const text of [clean, ...asked.doses.map((dose) => withNoise(rule, dose))]) {
        const judged = (k: number) =>
          score(best.architecture, text, seedOf('judgement', k), rate, 'final', task);
        scores.push(((await judged(0)) + (await judged(1))) / 2);
      }
      found.push({ task: ['spirals', 'teacher-student'][task]!, rule, rate, scores });
    }
  lineage.close();
  return found;
}

describe('noise on the updates of rules on real runs', () => {
  it('gives the scores of the definition, dose by dose, at the rate that is best without noise', async () => {
    const { curves, results, populations } = await ask();
    for (const run of [1, 2, 3]) {
      const own = curves.filter((each) => each.run === run);
      const expected = await naive(run);
      expect(own.map(({ task, rule, rate }) => ({ task, rule, rate }))).toEqual(
        expected.map(({ task, rule, rate }) => ({ task, rule, rate })),
      );
      for (const [i, { scores }] of own.entries())
        for (const [d, each] of scores.entries()) expect(each).toBeCloseTo(expected[i]!.scores[d]!, 12);
    }
    const worst = (rule: string, d: number) =>
      curves
        .filter((each) => each.rule === rule)
        .reduce((sum, { scores }) => sum + (scores[0]! - scores[d]!) / 6, 0);
    for (const { rule, worsening } of results)
      expect(worsening.map(({ over }) => over.mean)).toEqual(
        [1, 2].map((d) => expect.closeTo(worst(rule, d), 12)),
      );
    expect(populations.flatMap(({ rules }) => rules.map(({ found }) => found.cells))).toEqual([
      2, 2, 2, 2, 2, 2,
    ]);
  }, 120_000);

  it('makes learning worse at ten times the update, and has errors where something is classified', async () => {
    const { curves, results } = await ask();
    for (const { worsening } of results) expect(worsening[1]!.over.mean).toBeGreaterThan(0.05);
    for (const { task, errors } of curves) {
      expect(errors === null).toBe(task === 'teacher-student');
      for (const each of errors ?? [])
        expect(Number.isInteger(Math.round(each * 128 * 1e9) / 1e9)).toBe(true);
    }
  });

  it('of one rule has nothing to be compared with; of several the first is compared with each', async () => {
    expect((await ask({ rules: ['sgd'] })).comparisons).toEqual([]);
    const { comparisons, results } = await ask({ rules: ['sgd', 'adam', 'sgd'] });
    expect(comparisons.map(({ first, second }) => [first, second])).toEqual([['sgd', 'adam']]);
    const { runs, wilcoxon } = comparisons[0]!;
    expect(wilcoxon!.n + wilcoxon!.zeros).toBe(runs);
    expect(results.map(({ rule }) => rule)).toEqual(['sgd', 'adam']);
  });

  it('takes doses in any order', async () => {
    expect(await ask({ doses: [10, 1, 10] })).toEqual(await ask());
  });

  it('trains nothing twice, leaves a file that verifies, and gives the same with two threads', async () => {
    const first = await ask();
    const before = cellCount(db);
    await ask();
    expect(cellCount(db)).toBe(before);
    expect((await streetlight('verify', '--db', db)).code).toBe(0);
    expect(await ask({}, silentContext, 2, await withoutCells(db, join(folder, 'fresh.db')))).toEqual(first);
  });

  it('goes on where it was interrupted', async () => {
    const fresh = await withoutCells(db, join(folder, 'interrupted.db'));
    for (const most of [1, 20])
      await expect(ask({}, stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
    expect(cellCount(fresh)).toBeGreaterThan(0);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  });

  it('is told in words, and as rows', async () => {
    const answer = await ask();
    expect(renderers['noise-dose'].text(answer)).toMatch(
      /^Noise on the updates of adam, sgd, 3 runs \(1, 2, 3\)\./,
    );
    const { head, rows } = renderers['noise-dose'].csv.rows(answer);
    expect(rows).toHaveLength(3 * answer.curves.length);
    for (const row of rows) expect(row).toHaveLength(head.length);
  });

  it.each([
    ['1 --rules sgdd', /there is no known rule `sgdd`/],
    ['1 --doses 1,1', /a dose of 1 alone has no tolerance[\s\S]*two doses or more/],
    ['1 --doses 0,1', /no noise is always among the doses/],
    ['1 --worse 0', /It must be above 0/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'noise-dose', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
