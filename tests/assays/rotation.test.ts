/** The rotation assay on real runs, against a second statement: every cell trained by a plain loop in this process; and on problems of which is known what rotations do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { rotationAssay } from '../../src/assays/rotation.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import type { Architecture } from '../../src/genome/architecture/architecture.ts';
import { knownRule } from '../../src/genome/known.ts';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { renderers } from '../../src/report/answers.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveRate, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-rotation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');
const planted = join(folder, 'planted.db');

/** The first founder has a rotation of its own; in the second the order of the branches is not that of the rotated ones. */
const founders = [
  'y = relu(dense(x, units: 4, rotation: true))',
  'y = tanh(dense(x, units: 3)) + dense(x, units: 3)',
];
const document = {
  name: 'joint',
  tasks: [
    { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 },
    { name: 'teacher-student', train: 64, search: 32, select: 32, final: 32 },
  ],
  evaluation: { steps: 30, batchSize: 16 },
  evolution: { births: 10, population: 5, tournament: 2, inFlight: 2 },
  founders: { architectures: founders, rules: ['sgd', 'rmsprop'] },
  limits: { parameters: 500, units: 16, architectureNodes: 8 },
};

/** All living are of one genome. */
const pure = (task: object, architecture: string, evaluation: object) => ({
  ...{ name: 'pure', task, evaluation },
  evolution: { condition: 'rule-fixed', births: 1, population: 1, tournament: 1, inFlight: 1 },
  founders: { architectures: [architecture], rules: ['adam'], mutations: [0, 0] },
});

const quadratic = { steps: 100, batchSize: 9 };
const moons = { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 };

beforeAll(() => {
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, document);
  launchDocument(folder, db, '3', { ...document, evaluation: { steps: 31, batchSize: 16 } });
  const blocks = { name: 'quadratic-blocks', spectrum: 'heterogeneous' };
  launchDocument(folder, planted, '1', pure(blocks, 'linear', quadratic));
  launchDocument(folder, planted, '2', pure({ ...blocks, rotated: true }, 'linear', quadratic));
  const tight = pure(moons, 'y = relu(dense(x, units: 64))', { steps: 5, batchSize: 4 });
  launchDocument(folder, planted, '3', { ...tight, limits: { stepFlops: 100_000, bytes: 40_000 } });
}, 300_000);

const asked = { top: 2, seeds: 2, tuningSeeds: 1, cap: 6 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = rotationAssay.params.parse({ runs: [1, 2], ...asked, workers, ...more });
    return await rotationAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

const flipped = (architecture: Architecture, rotation: boolean): Architecture => ({
  ...architecture,
  nodes: architecture.nodes.map((node) =>
    node.op === 'dense' || node.op === 'conv' || node.op === 'attention'
      ? { ...node, genes: { ...node.genes, rotation } }
      : node,
  ),
});

/** What the definition gives for each subject and task, from trainings one after the other. */
async function naive(run: number) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, run)!;
  const living = lineage.db
    .prepare<[number], { architecture: string; rule: string }>(
      `SELECT a.canon AS architecture, r.canon AS rule
       FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) GROUP BY a.id, r.id ORDER BY min(i.id)`,
    )
    .all(run);
  lineage.close();
  const { tasks, evaluation, document: closed } = await setUpRun(storedDocument(row), row.seed);
  const score = async (
    architecture: Architecture,
    rule: ReturnType<typeof ruleFromText>,
    task: number,
    [stage, k, learningRate, isRotated]: readonly [string, number, number, boolean],
  ) => {
    const { limits } = evaluation;
    const head = { kind: 'linear', bias: true, init: 'torch', rotation: true } as const;
    const record = await trainCell(
      {
        ...{ engine: wasmEngine, protocol: closed.evaluation },
        tasks: isRotated ? tasks.map((each) => ({ ...each, signature: { ...each.signature, head } })) : tasks,
        settings: isRotated
          ? { ...evaluation, limits: { ...limits, stepFlops: 1e12, bytes: 1e12 } }
          : evaluation,
      },
      {
        ...{ genome: { architecture, rule }, task, budget: evaluation.budget, learningRate },
        seed: `assay/rotation/${row.seed}/${stage}/${k}`,
        ...(stage === 'judgement' ? { split: 'final', claim: true } : { split: 'select' }),
      },
    );
    if (record.status === 'failed') return 0;
    return Math.min(6, Math.max(0, Math.log10(tasks[task]!.untrainedLoss / record.measured.loss)));
  };
  const anew: [number, string][] = [];
  for (const { architecture, rule } of living) {
    let sum = 0;
    for (const task of [0, 1])
      sum += await score(architectureFromText(architecture), ruleFromText(rule), task, [
        'subjects',
        0,
        0,
        false,
      ]);
    anew.push([sum, architecture]);
  }
  anew.sort(([a], [b]) => b - a);
  const subjects = [...new Set(anew.map(([, architecture]) => architecture))].slice(0, 2);
  const found: object[] = [];
  for (const subject of subjects)
    for (const task of [0, 1]) {
      const of = async (name: string) => {
        const scores: number[] = [];
        for (const isRotated of [false, true]) {
          const architecture = flipped(architectureFromText(subject), isRotated);
          const at = (stage: string, k: number, j: number) =>
            score(architecture, knownRule(name)!, task, [stage, k, j, isRotated]);
          const rate = await naiveRate((j) => at('tuning', 0, j));
          scores.push(((await at('judgement', 0, rate)) + (await at('judgement', 1, rate))) / 2);
        }
        const [plain, rotated] = scores as [number, number];
        return {
          ...{ plain: expect.closeTo(plain, 12), rotated: expect.closeTo(rotated, 12) },
          alignment: expect.closeTo(plain - rotated, 12),
        };
      };
      found.push({
        task: ['spirals', 'teacher-student'][task],
        rule: await of('adam'),
        null: await of('sgd'),
      });
    }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('the axis-alignment advantage of real runs', () => {
  it('is what the definition gives, subject by subject and task by task', async () => {
    const answer = await ask();
    for (const run of [1, 2]) {
      const own = answer.alignments.filter((each) => each.run === run);
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(own).toMatchObject(await naive(run));
      const { means } = answer.populations.find((each) => each.run === run)!;
      expect(means.alignment).toBeCloseTo(mean(own.map(({ rule }) => rule.alignment!)), 12);
      expect(means['null alignment']).toBeCloseTo(mean(own.map((each) => each.null.alignment!)), 12);
      expect(means['excess alignment']).toBeCloseTo(means.alignment! - means['null alignment']!, 12);
    }
    expect(answer.results.alignment!.mean).toBeCloseTo(
      mean(answer.populations.map(({ means }) => means.alignment!)),
      12,
    );
  }, 120_000);

  it('is nothing for rules that commute with rotations: both coordinates begin alike, see the same batches and choose the same rates', async () => {
    for (const none of ['sgd', 'heavy-ball']) {
      const { alignments } = await ask({ null: none });
      for (const { null: found } of alignments) {
        expect(found.rotatedRate).toBe(found.plainRate);
        expect(Math.abs(found.alignment!)).toBeLessThan(2e-3);
      }
      expect(alignments.some(({ rule }) => Math.abs(rule.alignment!) > 5e-3)).toBe(true);
    }
  });

  it('of a rule against itself has no excess', async () => {
    const { results, populations } = await ask({ rule: 'sgd', null: 'u = -0.001 * g' });
    expect(results['excess alignment']!.mean).toBe(0);
    for (const { means } of populations) expect(means.alignment).toBe(means['null alignment']);
  });

  it('counts subjects that are rotated as they are, and gives them the numbers of the plain ones', async () => {
    const { populations, alignments } = await ask({ top: 1000 });
    expect(populations.reduce((sum, { rotated }) => sum + rotated, 0)).toBeGreaterThan(0);
    const lineage = openLineage(db, 'read');
    const canon = lineage.db
      .prepare<[number, number], string>(
        'SELECT b.canon FROM individual i JOIN block b ON b.id = i.architecture WHERE run_of(i.id) = ? AND birth_of(i.id) = ?',
      )
      .pluck();
    const byPlain = new Map<string, object>();
    for (const { run, architecture, task, rule } of alignments) {
      const text = canon.get(run, Number(architecture.split(':')[1]))!;
      const key = `${run} ${task} ${JSON.stringify(flipped(architectureFromText(text), false))}`;
      expect(byPlain.get(key) ?? rule).toEqual(rule);
      byPlain.set(key, rule);
    }
    lineage.close();
  }, 120_000);

  it('of a sample says with which probability an architecture is in it', async () => {
    const { populations, asked: said } = await ask({ sample: 1 });
    expect(said).toMatchObject({ top: null, sample: 1 });
    for (const { inclusion, architectures, subjects } of populations)
      expect([subjects, inclusion]).toEqual([1, 1 / architectures]);
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
    for (const most of [1, 40])
      await expect(ask({}, stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
    expect(cellCount(fresh)).toBeGreaterThan(0);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  });

  it('is told in words, with what was trained and what failed', async () => {
    const text = renderers.rotation.text(await ask());
    expect(text).toMatch(/^Axis-alignment advantage of adam, with sgd as its null, 2 runs \(1, 2\)\./);
    expect(text).toMatch(/trainings, failed/);
    expect(text).toMatch(/excess alignment +2 /);
  });

  it.each([
    ['1 --rule sgdd', /there is no known rule `sgdd`[\s\S]*did you mean `sgd`/],
    ['1 --null u=', /1:3: the line ends where a value is needed/],
    ['1 3', /run 3 trained its candidates with another budget, fitness or limits than run 1/],
    ['1 --sample 2 --top 2', /cannot be used with/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'rotation', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});

describe('the axis-alignment advantage where it is known', () => {
  it('is large for Adam without momentum on a quadratic of heterogeneous blocks, and gone where the problem itself is rotated (Zhang et al. 2024)', async () => {
    const adam = "v = lerp(v', square(g), 0.99)\nu = -0.001 * g / (sqrt(debias(v, 0.99)) + 1e-8)";
    const { populations } = await ask(
      { runs: [1, 2], rule: adam, cap: 12, seeds: 4 },
      silentContext,
      1,
      planted,
    );
    const [blocks, rotated] = populations.map(({ means }) => means);
    expect(blocks!.alignment).toBeGreaterThan(0.5);
    expect(Math.abs(rotated!.alignment!)).toBeLessThan(blocks!.alignment! / 4);
    for (const each of [blocks, rotated]) expect(Math.abs(each!['null alignment']!)).toBeLessThan(0.01);
  }, 120_000);

  it('is there for networks that have no room for the matrices within their limits', async () => {
    const { populations, cells } = await ask({ runs: [3] }, silentContext, 1, planted);
    expect(cells.failed).toEqual({});
    expect(populations[0]!.means).toMatchObject({ cells: 1, undefined: 0 });
  });
});
