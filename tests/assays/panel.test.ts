/** The assay on real runs, against a second statement: every cell trained by a plain loop in this process, and regrets taken as the definition says. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { panelAssay } from '../../src/assays/panel.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { knownRule } from '../../src/genome/known.ts';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { builtProgram, streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-panel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = {
  name: 'joint',
  tasks: [
    { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 },
    { name: 'teacher-student', train: 64, search: 32, select: 32, final: 32 },
  ],
  evaluation: { steps: 30, batchSize: 16 },
  evolution: { births: 14, population: 5, tournament: 2, inFlight: 2 },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: ['sgd', 'rmsprop'] },
  limits: { parameters: 500, units: 16, architectureNodes: 8 },
};

function launch(seed: string, more: readonly string[] = []): void {
  const file = join(folder, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  const line = [builtProgram, 'search', file, '--seed', seed, '--db', db, '--workers', '1', ...more];
  execFileSync(process.execPath, line, { stdio: 'ignore' });
}

beforeAll(() => {
  launch('1');
  launch('2');
  launch('3', ['--set', 'evaluation.steps=31']);
}, 300_000);

const asked = { top: 2, panel: ['sgd', 'lion'], seeds: 2, tuningSeeds: 1, cap: 6 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = panelAssay.params.parse({ runs: [1, 2], ...asked, workers, ...more });
    return await panelAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** Regrets of adam of each subject and task by the definition, from trainings one after the other. */
async function naive(run: number) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, run)!;
  const setup = await setUpRun(storedDocument(row), row.seed);
  const score = async (
    ...[architecture, rule, task, stage, k, j]: readonly [
      string,
      ReturnType<typeof ruleFromText>,
      number,
      string,
      number,
      number,
    ]
  ) => {
    const record = await trainCell(
      {
        engine: wasmEngine,
        tasks: setup.tasks,
        settings: setup.evaluation,
        protocol: setup.document.evaluation,
      },
      {
        genome: { architecture: architectureFromText(architecture), rule },
        ...{ task, budget: setup.evaluation.budget, learningRate: j },
        seed: `assay/panel/${row.seed}/${stage}/${k}`,
        ...(stage === 'judgement' ? { split: 'final', claim: true } : { split: 'select' }),
      },
    );
    if (record.status === 'failed') return 0;
    return Math.min(6, Math.max(0, Math.log10(setup.tasks[task]!.untrainedLoss / record.measured.loss)));
  };
  const living = lineage.db
    .prepare<[number], { architecture: string; rule: string }>(
      `SELECT a.canon AS architecture, r.canon AS rule
       FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) GROUP BY a.id, r.id ORDER BY min(i.id)`,
    )
    .all(run);
  lineage.close();
  const anew: [number, string][] = [];
  for (const { architecture, rule } of living) {
    const own = [0, 1].map((task) => score(architecture, ruleFromText(rule), task, 'subjects', 0, 0));
    const [a, b] = await Promise.all(own);
    anew.push([(a! + b!) / 2, architecture]);
  }
  anew.sort(([a], [b]) => b - a);
  const subjects = [...new Set(anew.map(([, architecture]) => architecture))].slice(0, 2);
  const names = ['sgd', 'lion', 'adam'];
  const regrets: object[] = [];
  for (const architecture of subjects)
    for (const task of [0, 1]) {
      const judged = async (name: string, j: number) =>
        ((await score(architecture, knownRule(name)!, task, 'judgement', 0, j)) +
          (await score(architecture, knownRule(name)!, task, 'judgement', 1, j))) /
        2;
      let best = { name: '', rate: 0, tried: Number.NEGATIVE_INFINITY };
      let adamRate = 0;
      for (const name of names) {
        let [most, rate] = [Number.NEGATIVE_INFINITY, 0];
        for (const j of [0, -1, 1, -2, 2, 3, 4, 5, 6]) {
          const found = await score(architecture, knownRule(name)!, task, 'tuning', 0, j);
          if (found > most) [most, rate] = [found, j];
        }
        if (name === 'adam') adamRate = rate;
        if (most > best.tried) best = { name, rate, tried: most };
      }
      const reached = await judged(best.name, best.rate);
      const regret = async (j: number) => Math.min(1, Math.max(0, 1 - (await judged('adam', j)) / reached));
      regrets.push({
        ...{ task: ['spirals', 'teacher-student'][task], bestRule: best.name, rate: adamRate },
        best: expect.closeTo(reached, 9),
        default: reached > 0 ? expect.closeTo(await regret(0), 9) : null,
        tuned: reached > 0 ? expect.closeTo(await regret(adamRate), 9) : null,
      });
    }
  return regrets;
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

describe('regret of real runs', () => {
  it('is what the definition gives, subject by subject and task by task', async () => {
    const answer = await ask();
    expect(answer.panel.map(({ name }) => name)).toEqual(['sgd', 'lion', 'adam']);
    for (const run of [1, 2]) {
      const own = answer.regrets.filter((each) => each.run === run);
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(own).toMatchObject(await naive(run));
      const { means } = answer.populations.find((each) => each.run === run)!;
      const defined = own.flatMap((each) => (each.default === null ? [] : [each.default]));
      expect(means.undefined).toBe(own.length - defined.length);
      expect(means['regret default']).toBeCloseTo(
        defined.reduce((sum, value) => sum + value, 0) / defined.length,
        12,
      );
    }
    const [first, second] = answer.populations.map(({ means }) => means['regret default']!);
    expect(answer.results['regret default']).toMatchObject({
      ...{ runs: 2, mean: expect.closeTo((first! + second!) / 2, 12), lower: null },
    });
  }, 120_000);

  it('names subjects that live, and the verify command knows the rules that were added', async () => {
    const { regrets } = await ask();
    for (const { architecture } of regrets) {
      const { code } = await streetlight('genome', architecture, '--db', db);
      expect(code).toBe(0);
    }
    expect((await streetlight('verify', '--db', db)).code).toBe(0);
  });

  it('of a panel of one rule is 0 when tuned', async () => {
    const { regrets, panel } = await ask({ panel: ['adam'] });
    expect(panel).toHaveLength(1);
    for (const { tuned, bestRule, rank } of regrets)
      expect([tuned ?? 0, bestRule, rank]).toEqual([0, 'adam', 1]);
  });

  it('takes another rule in the place of Adam, written out or by its name, and it is one rule', async () => {
    const named = await ask({ rule: 'sgd' });
    const written = await ask({ rule: 'u = -0.001 * g' });
    expect(named.panel).toHaveLength(2);
    expect(written).toEqual(named);
    expect(named.rule).toBe('sgd');
  });

  it('of a sample says with which probability an architecture is in it', async () => {
    const { populations, asked: said } = await ask({ sample: 2 });
    expect(said).toMatchObject({ top: null, sample: 2 });
    for (const { inclusion, architectures, subjects } of populations)
      expect([subjects, inclusion]).toEqual([Math.min(2, architectures), subjects / architectures]);
    const whole = await ask({ sample: 1000 });
    expect(whole.populations.map(({ inclusion }) => inclusion)).toEqual([1, 1]);
    const every = await ask({ top: 1000 });
    const ids = (answer: typeof whole) => answer.regrets.map(({ architecture }) => architecture).sort();
    expect(ids(whole)).toEqual(ids(every));
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
    const stopAfter = (most: number): AskContext => {
      let done = 0;
      return {
        note: () => {},
        begin: () => ({ update: () => (done += 1), shouldStop: () => done >= most, end: () => {} }),
      };
    };
    const counts: number[] = [];
    for (const most of [1, 40]) {
      await expect(ask({}, stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(fresh));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  });

  it.each([
    ['1 --panel sgdd,lion', /there is no known rule `sgdd`[\s\S]*did you mean `sgd`/],
    ['1 --rule u=', /1:3: the line ends where a value is needed/],
    ['1 3', /run 3 trained its candidates with another budget, fitness or limits than run 1/],
    ['1 99', /there is no run 99/],
    ['1 --sample 2 --top 2', /cannot be used with/],
    ['1 --cap 0', /It must be above 0/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'panel', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
