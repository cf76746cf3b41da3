/** The assay on real runs, against a second statement: every cell trained by a plain loop in this process, and the means taken as the definition says. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { homeAdvantageAssay } from '../../src/assays/home-advantage.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { knownRule } from '../../src/genome/known.ts';
import { architectureFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { builtProgram, streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

function launch(rules: string, seed: string, more: readonly string[] = []): void {
  const document = join(folder, 'document.json');
  writeFileSync(
    document,
    JSON.stringify({
      name: 'fixed',
      task: { name: 'mnist1d-pair' },
      evaluation: { steps: 6, batchSize: 8 },
      evolution: { births: 14, population: 5, tournament: 2, inFlight: 2, condition: 'rule-fixed' },
      founders: { rules: rules.split(',') },
    }),
  );
  const line = [builtProgram, 'search', document, '--seed', seed, '--db', db, '--workers', '1', ...more];
  execFileSync(process.execPath, line, { stdio: 'ignore' });
}

beforeAll(() => {
  for (const seed of ['1', '2']) for (const rule of ['adam', 'heavy-ball']) launch(rule, seed);
  launch('heavy-ball', '9');
  launch('adam', '3', ['--set', 'evaluation.steps=7']);
  launch('adam,heavy-ball', '1', ['--set', 'evolution.condition=joint']);
}, 300_000);

const asked = { top: 2, seeds: 2, tuningSeeds: 1, cap: 6 };

async function ask(runs: readonly number[], context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = homeAdvantageAssay.params.parse({ runs, ...asked, workers });
    return await homeAdvantageAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** H of the block of two runs by the definition, at the rules' own rates and at tuned ones. */
async function naive(runs: readonly [number, number]) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, runs[0])!;
  const setup = await setUpRun(storedDocument(row), row.seed);
  const task = setup.tasks[0]!;
  const rules = [knownRule('adam')!, knownRule('heavy-ball')!];
  const score = async (canon: string, rule: number, stage: string, k: number, j: number) => {
    const record = await trainCell(
      {
        engine: wasmEngine,
        tasks: setup.tasks,
        settings: setup.evaluation,
        protocol: setup.document.evaluation,
      },
      {
        genome: { architecture: architectureFromText(canon), rule: rules[rule]! },
        task: 0,
        budget: setup.evaluation.budget,
        seed: `assay/home-advantage/${row.seed}/${stage}/${k}`,
        learningRate: j,
        ...(stage === 'judgement' ? { split: 'final', claim: true } : { split: 'select' }),
      },
    );
    if (record.status === 'failed') return 0;
    return Math.min(6, Math.max(0, Math.log10(task.untrainedLoss / record.measured.loss)));
  };
  const sums = { default: 0, tuned: 0 };
  for (const [home, run] of runs.entries()) {
    const living = lineage.db
      .prepare<[number], string>(
        `SELECT DISTINCT b.canon FROM individual i JOIN block b ON b.id = i.architecture
         WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) ORDER BY b.id`,
      )
      .pluck()
      .all(run);
    const anew: [number, string][] = [];
    for (const canon of living) anew.push([await score(canon, home, 'subjects', 0, 0), canon]);
    anew.sort(([a], [b]) => b - a);
    for (const [, canon] of anew.slice(0, 2))
      for (const rule of [0, 1]) {
        let [best, rate] = [Number.NEGATIVE_INFINITY, 0];
        for (const j of [0, -1, 1, -2, 2, 3, 4, 5, 6]) {
          const found = await score(canon, rule, 'tuning', 0, j);
          if (found > best) [best, rate] = [found, j];
        }
        const sign = rule === home ? 1 : -1;
        for (const k of [0, 1]) {
          sums.default += (sign * (await score(canon, rule, 'judgement', k, 0))) / 8;
          sums.tuned += (sign * (await score(canon, rule, 'judgement', k, rate))) / 8;
        }
      }
  }
  lineage.close();
  return sums;
}

const cellCount = (at = db): number => {
  const lineage = openLineage(at, 'read');
  const count = lineage.db.prepare<[], number>('SELECT count(*) FROM cell').pluck().get()!;
  lineage.close();
  return count;
};

describe('home advantage of real runs', () => {
  it('is what the definition gives, block by block', async () => {
    const answer = await ask([1, 3, 2, 4, 5]);
    expect(answer.rules.map(({ name }) => name)).toEqual(['adam', 'heavy-ball']);
    expect(answer.leftOut).toEqual([{ run: 5, reason: 'no run under the other rule has its seed, 9' }]);
    expect(answer.documents.between).toEqual(['founders.rules']);
    for (const [i, runs] of (
      [
        [1, 2],
        [3, 4],
      ] as const
    ).entries()) {
      const expected = await naive(runs);
      const { advantages } = answer.blocks[i]!;
      expect(advantages.default.advantage).toBeCloseTo(expected.default, 9);
      expect(advantages.tuned.advantage).toBeCloseTo(expected.tuned, 9);
    }
    const { advantage, fromRate } = answer.results;
    expect(fromRate.mean).toBeCloseTo(advantage.default.mean - advantage.tuned.mean, 12);
  });

  it('trains nothing twice, and gives the same with two threads', async () => {
    const before = cellCount();
    const first = await ask([1, 2, 3, 4]);
    expect(cellCount()).toBe(before);
    const fresh = join(folder, 'fresh.db');
    await streetlight('backup', fresh, '--db', db);
    const lineage = openLineage(fresh, 'derive');
    lineage.db.exec('DELETE FROM cell; DELETE FROM workbench');
    lineage.close();
    expect(await ask([1, 2, 3, 4], silentContext, 2, fresh)).toEqual(first);
  });

  it('goes on where it was interrupted', async () => {
    const fresh = join(folder, 'interrupted.db');
    await streetlight('backup', fresh, '--db', db);
    const lineage = openLineage(fresh, 'derive');
    lineage.db.exec('DELETE FROM cell; DELETE FROM workbench');
    lineage.close();
    const stopAfter = (most: number): AskContext => {
      let done = 0;
      return {
        note: () => {},
        begin: () => ({ update: () => (done += 1), shouldStop: () => done >= most, end: () => {} }),
      };
    };
    const counts: number[] = [];
    for (const most of [1, 9, 30]) {
      await expect(ask([1, 2, 3, 4], stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(fresh));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(counts[2]).toBeGreaterThan(counts[1]!);
    expect(await ask([1, 2, 3, 4], silentContext, 1, fresh)).toEqual(await ask([1, 2, 3, 4]));
  });

  it.each([
    ['1 3', /evolved under one rule/],
    ['1 2 7', /the living of run 7 have \d+ rules/],
    ['1 5', /no run under one rule has the seed of a run under the other/],
    ['6 5', /no run under one rule has the seed/],
    ['1 2 99', /there is no run 99/],
    ['1 2 --workers 513', /At most 512 threads/],
    ['1 2 --cap 0', /It must be above 0/],
  ])('of runs %s is refused', async (runs, words) => {
    const { code, noted } = await streetlight('assay', 'home-advantage', ...runs.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });

  it('of runs that trained otherwise is refused, with all of them', async () => {
    launch('heavy-ball', '3');
    const { code, noted } = await streetlight('assay', 'home-advantage', '6', '8', '--db', db);
    expect(noted).toMatch(/run 8 trained its candidates with another budget, fitness or limits than run 6/);
    expect(code).toBe(2);
  });
});
