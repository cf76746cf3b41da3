/** The assay on real runs, against a second statement: the best read from the record, every training in a plain loop in this process, and fitness made from them as the document says. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { winnersCurseAssay } from '../../src/assays/winners-curse.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { builtProgram, streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-winners-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = {
  name: 'noisy',
  tasks: [
    { name: 'spirals', turns: 1, train: 64, search: 16, select: 16, final: 16 },
    { name: 'teacher-student', train: 64, search: 16, select: 16, final: 16 },
  ],
  evaluation: {
    ...{ steps: 20, batchSize: 16, replicates: 2, learningRates: [1, 2] },
    ...{ aggregate: 'low-quantile', quantile: 0.3 },
  },
  evolution: { births: 30, population: 8, tournament: 3, inFlight: 2 },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: ['sgd', 'adam'] },
  limits: { parameters: 500, units: 16, architectureNodes: 8 },
};
const gate = ['--set', 'evolution.gate.quantile=1', '--set', 'evolution.gate.atLeast=2'];

function launch(seed: string, more: readonly string[] = []): void {
  const file = join(folder, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  const line = [builtProgram, 'search', file, '--seed', seed, '--db', db, '--workers', '1', ...more];
  execFileSync(process.execPath, line, { stdio: 'ignore' });
}

beforeAll(() => {
  launch('1');
  launch('2');
  // With this seed an elite is not confirmed.
  launch('5', gate);
  launch('4', ['--set', 'evolution.condition=cooperative']);
}, 300_000);

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = winnersCurseAssay.params.parse({
      ...{ runs: [1, 2, 3], best: [3, 1], seeds: 2, workers },
      ...more,
    });
    return await winnersCurseAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value below which a share q lies, between order statistics (R's type 7). */
function typeSeven(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const h = (sorted.length - 1) * q;
  const low = Math.floor(h);
  return sorted[low]! * (1 - (h - low)) + (sorted[low + 1] ?? 0) * (h - low);
}

/** Reported and measured again on each split, of the best three. */
async function naive(run: number) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, run)!;
  const setup = await setUpRun(storedDocument(row), row.seed);
  const births = lineage.db
    .prepare<
      [number],
      { architecture: string; rule: string; fitness: number; trial: number; refused: number }
    >(
      `SELECT a.canon AS architecture, r.canon AS rule, e.fitness, min(t.trial) AS trial,
         e.individual IN (SELECT individual FROM reevaluation WHERE confirmed = 0) AS refused
       FROM evaluation e JOIN individual i ON i.id = e.individual JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       JOIN training t ON t.individual = e.individual AND t.counts = 1
       WHERE run_of(e.individual) = ? AND e.fitness IS NOT NULL GROUP BY e.individual ORDER BY e.individual`,
    )
    .all(run);
  lineage.close();
  const allowed = births.filter(({ refused }) => refused === 0);
  const best: typeof allowed = [];
  while (best.length < 3) {
    let top: (typeof allowed)[number] | null = null;
    for (const birth of allowed) {
      const isThere = best.some((b) => b.architecture === birth.architecture && b.rule === birth.rule);
      if (!isThere && (top === null || birth.fitness > top.fitness)) top = birth;
    }
    best.push(top!);
  }
  const again = async ({ architecture, rule, trial }: (typeof best)[number], split: string) => {
    const scores: number[] = [];
    for (const s of [0, 1]) {
      const fitness: number[] = [];
      for (const task of [0, 1])
        for (const r of [0, 1]) {
          const record = await trainCell(
            {
              engine: wasmEngine,
              tasks: setup.tasks,
              settings: setup.evaluation,
              protocol: setup.document.evaluation,
            },
            {
              genome: { architecture: architectureFromText(architecture), rule: ruleFromText(rule) },
              ...{ task, budget: setup.evaluation.budget, learningRate: trial },
              seed: `assay/winners-curse/${row.seed}/again/${2 * s + r}`,
              ...(split === 'final'
                ? { split: 'final', claim: true }
                : { split: split as 'search' | 'select' }),
            },
          );
          if (record.status !== 'failed')
            fitness.push(Math.log10(setup.tasks[task]!.untrainedLoss / record.measured.loss));
        }
      scores.push(fitness.length < 4 ? 0 : typeSeven(fitness, 0.3));
    }
    return meanOf(scores);
  };
  const found: object[] = [];
  for (const split of ['search', 'select', 'final']) {
    const values: number[] = [];
    for (const each of best) values.push(await again(each, split));
    for (const k of [1, 3]) {
      const [reported, second] = [
        meanOf(best.slice(0, k).map(({ fitness }) => fitness)),
        meanOf(values.slice(0, k)),
      ];
      found.push({
        ...{ split, k, reported: expect.closeTo(reported, 9), again: expect.closeTo(second, 9) },
        gap: expect.closeTo(reported - second, 9),
      });
    }
  }
  return { gaps: found, withheld: births.length - allowed.length };
}

const cellCount = (at = db): number => {
  const lineage = openLineage(at, 'read');
  const count = lineage.db.prepare<[], number>('SELECT count(*) FROM cell').pluck().get()!;
  lineage.close();
  return count;
};

async function emptyCopy(name: string): Promise<string> {
  const fresh = join(folder, name);
  await streetlight('backup', fresh, '--db', db);
  const lineage = openLineage(fresh, 'derive');
  lineage.db.exec('DELETE FROM cell; DELETE FROM workbench');
  lineage.close();
  return fresh;
}

describe("the winner's curse of real runs", () => {
  it('is what the definition gives, run by run, split by split', async () => {
    const answer = await ask();
    expect(answer.populations.map(({ gate: hasGate }) => hasGate)).toEqual([false, false, true]);
    for (const { run, gaps, withheld } of answer.populations)
      expect({ gaps, withheld }).toEqual(await naive(run));
    expect(answer.populations[2]!.withheld).toBeGreaterThan(0);
    expect(answer.documents.between).toContain('evolution.gate.quantile');
    const gapOf = (run: number) =>
      answer.populations[run]!.gaps.find(({ split, k }) => split === 'final' && k === 3)!.gap;
    const result = (hasGate: boolean) =>
      answer.results.find((each) => each.gate === hasGate && each.split === 'final' && each.k === 3)!.gap;
    expect(result(false)).toMatchObject({ blocks: 2, mean: expect.closeTo((gapOf(0) + gapOf(1)) / 2, 12) });
    expect(result(true)).toMatchObject({ blocks: 1, mean: expect.closeTo(gapOf(2), 12) });
  }, 120_000);

  it('of more than there are has no number, and says so', async () => {
    const { populations, results } = await ask({ best: [1, 1000] });
    for (const { gaps } of populations) expect(gaps.map(({ k }) => k)).toEqual([1, 1, 1]);
    expect(results.every(({ k }) => k === 1)).toBe(true);
    const { printed, code } = await streetlight(
      ...['assay', 'winners-curse', '1', '--best', '1,1000', '--seeds', '2', '--db', db],
    );
    expect(code).toBe(0);
    expect(printed).toMatch(/Run 1 has \d+ of the 1000 that were asked for/);
  }, 120_000);

  it('trains nothing twice, and gives the same with two threads', async () => {
    const first = await ask();
    const before = cellCount();
    await ask();
    expect(cellCount()).toBe(before);
    expect(await ask({}, silentContext, 2, await emptyCopy('fresh.db'))).toEqual(first);
  });

  it('goes on where it was interrupted', async () => {
    const fresh = await emptyCopy('interrupted.db');
    let done = 0;
    const stopping: AskContext = {
      note: () => {},
      begin: () => ({ update: () => (done += 1), shouldStop: () => done >= 20, end: () => {} }),
    };
    await expect(ask({}, stopping, 1, fresh)).rejects.toBeInstanceOf(Interrupted);
    expect(cellCount(fresh)).toBeGreaterThan(0);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  });

  it.each([
    ['1 4', /run 4 is cooperative: a fitness there is of a chromosome with partners/],
    ['1 99', /there is no run 99/],
    ['1 --best 0', /whole number from 1 on/],
    ['1 --seeds 0', /whole number from 1 on/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'winners-curse', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
