/** The assay on real runs, against a second statement: each rung made by hand (a document with other `train`, a text with other `units`), every cell trained by a plain loop in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { architectureOfWidth, taskOfSize } from '../../src/assays/ladder-rungs.ts';
import { scaleLadderAssay } from '../../src/assays/scale-ladder.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { printArchitecture } from '../../src/genome/architecture/print.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import { knownRule } from '../../src/genome/known.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { taskSchema } from '../../src/search-space/task-schema.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveRate, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-ladder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = {
  name: 'joint',
  tasks: [{ name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 }],
  evaluation: { steps: 30, batchSize: 16 },
  evolution: { births: 14, population: 5, tournament: 2, inFlight: 2 },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: ['sgd', 'rmsprop'] },
  // Twice the width of the widest would not fit.
  limits: { parameters: 60, units: 8, architectureNodes: 8 },
};

beforeAll(() => {
  launchDocument(folder, db, '1', document);
  launchDocument(folder, db, '2', document);
  const limits = { ...document.limits, parameters: 500 };
  launchDocument(folder, db, '3', { ...document, tasks: [{ name: 'mnist1d-pair' }], limits });
}, 300_000);

const asked = { examples: [0.5], width: [2], top: 1, panel: ['sgd'], seeds: 2, tuningSeeds: 2, cap: 6 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = scaleLadderAssay.params.parse({ runs: [1, 2], ...asked, workers, ...more });
    return await scaleLadderAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

/** The canonical text that an individual has. */
function architectureOf(individual: string): string {
  const lineage = openLineage(db, 'read');
  const [run, birth] = individual.split(':');
  const text = lineage.db
    .prepare<[number, number], string>(
      'SELECT a.canon FROM individual i JOIN block a ON a.id = i.architecture WHERE run_of(i.id) = ? AND birth_of(i.id) = ?',
    )
    .pluck()
    .get(Number(run), Number(birth))!;
  lineage.close();
  return text;
}

/** Scores of both rules at a rung, from trainings one after the other. */
async function naive(run: number, text: string, train: number) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, run)!;
  lineage.close();
  const stored = storedDocument(row);
  const setup = await setUpRun(
    {
      ...stored,
      tasks: [taskSchema.parse({ ...document.tasks[0], train })],
      limits: { ...stored.limits, parameters: 240 },
    },
    row.seed,
  );
  const read = readArchitecture(text);
  if (!read.ok) throw new Error(text);
  const architecture = canonicalArchitecture(read.value);
  const { tasks, evaluation: settings } = setup;
  const workbench = { engine: wasmEngine, tasks, settings, protocol: setup.document.evaluation };
  const score = async (rule: string, stage: string, k: number, learningRate: number) => {
    const seed = `assay/scale-ladder/${row.seed}/${stage}/${k}`;
    const record = await trainCell(workbench, {
      ...{ genome: { architecture, rule: knownRule(rule)! }, task: 0, budget: settings.budget, seed },
      ...{ learningRate },
      ...(stage === 'judgement' ? { split: 'final', claim: true } : { split: 'select' }),
    });
    if (record.status === 'failed') return { decades: 0, parameters: record.parameters };
    const decades = Math.log10(tasks[0]!.untrainedLoss / record.measured.loss);
    return { decades: Math.min(6, Math.max(0, decades)), parameters: record.parameters };
  };
  const rules: object[] = [];
  const bySeed: { default: number[]; tuned: number[]; halves: number[] }[] = [];
  let parameters = 0;
  for (const rule of ['sgd', 'adam']) {
    const tried = async (k: number, j: number) => (await score(rule, 'tuning', k, j)).decades;
    const rate = await naiveRate(async (j) => ((await tried(0, j)) + (await tried(1, j))) / 2);
    const own = { default: [] as number[], tuned: [] as number[], halves: [] as number[] };
    for (const k of [0, 1]) {
      const atOwn = await score(rule, 'judgement', k, 0);
      parameters = atOwn.parameters;
      own.default.push(atOwn.decades);
      own.tuned.push((await score(rule, 'judgement', k, rate)).decades);
      const ofHalf = await naiveRate((j) => tried(k, j));
      own.halves.push((await score(rule, 'judgement', k, ofHalf)).decades);
    }
    bySeed.push(own);
    const mean = ([a, b]: number[]) => expect.closeTo((a! + b!) / 2, 9);
    rules.push({ rule, rate, default: mean(own.default), tuned: mean(own.tuned) });
  }
  return { rules, bySeed, parameters };
}

describe('the ladder of real runs', () => {
  it('is what the definition gives, rung by rung', async () => {
    const answer = await ask();
    expect(answer.asked).toMatchObject({ examples: [0.5, 1], width: [1, 2] });
    for (const run of [1, 2]) {
      const steps = answer.steps.filter((each) => each.run === run);
      expect(steps.map(({ examplesFactor, widthFactor }) => [examplesFactor, widthFactor])).toEqual([
        [1, 1],
        [0.5, 1],
        [1, 2],
      ]);
      const text = architectureOf(steps[0]!.architecture);
      const wide = text.replaceAll(/units: (\d+)/g, (_, units) => `units: ${2 * Number(units)}`);
      expect(wide).not.toBe(text);
      const [own, fewer, wider] = [
        await naive(run, text, 64),
        await naive(run, text, 32),
        await naive(run, wide, 64),
      ];
      expect(steps.map(({ rules }) => rules)).toEqual([own.rules, fewer.rules, wider.rules]);
      expect(steps.map(({ parameters }) => parameters)).toEqual([
        own.parameters,
        own.parameters,
        wider.parameters,
      ]);
      expect(steps.map(({ examples }) => examples)).toEqual([64, 32, 64]);
      const { ladders } = answer.populations.find((each) => each.run === run)!;
      // Of two rules the orders agree, or they do not.
      const order = ({ bySeed }: typeof own, k: number) =>
        Math.sign(bySeed[1]!.halves[k]! - bySeed[0]!.halves[k]!);
      const tau = (order(fewer, 0) * order(own, 1) + order(fewer, 1) * order(own, 0)) / 2;
      const between = ladders.examples!.agreements.find(({ from, to }) => from === 0.5 && to === 1)!;
      if (tau !== 0 || order(own, 0) !== 0) expect(between.tau.tuned).toBe(tau);
      const [small, large] = [steps[0]!, steps[2]!];
      const slope =
        (large.default! - small.default!) / (Math.log10(large.parameters) - Math.log10(small.parameters));
      expect(ladders.width!.slopes.default).toBeCloseTo(slope, 9);
    }
    const [first, second] = answer.populations.map(({ ladders }) => ladders.width!.slopes.default!);
    expect(answer.results.width!.slopes.default).toMatchObject({
      ...{ runs: 2, mean: expect.closeTo((first! + second!) / 2, 12), lower: null },
    });
  }, 120_000);

  it('has subjects that can be had at every width, and room for them', async () => {
    const { steps, populations, cells } = await ask();
    expect(Math.max(...steps.map(({ parameters }) => parameters))).toBeGreaterThan(0);
    expect(cells.failed['too-large'] ?? 0).toBe(0);
    for (const { subjects, unscalable, architectures } of populations)
      expect(subjects + unscalable).toBeLessThanOrEqual(architectures);
    // At a thousandth of the width every layer has one unit: nothing grows between the two.
    const none = await ask({ width: [0.001, 0.002] });
    expect(none.populations.map(({ subjects }) => subjects)).toEqual([0, 0]);
    expect(none.results).toEqual({ examples: null, width: null });
    const { printed } = await streetlight(
      ...['assay', 'scale-ladder', '1', '--width', '0.001,0.002', '--panel', 'sgd', '--db', db],
    );
    expect(printed).toMatch(/Run 1 has no architecture that comes in every width/);
  }, 120_000);

  it('has one ladder where the other is left out, on any task', async () => {
    const { results, steps } = await ask({ runs: [3], examples: [1] });
    expect(results.examples).toBeNull();
    expect(results.width!.agreements).toHaveLength(3);
    expect(new Set(steps.map(({ examplesFactor }) => examplesFactor))).toEqual(new Set([1]));
  }, 120_000);

  it('leaves a file that verify finds sound', async () => {
    await ask();
    expect((await streetlight('verify', '--db', db)).code).toBe(0);
  });

  it('trains nothing twice, and gives the same with two threads', async () => {
    const first = await ask();
    const before = cellCount(db);
    await ask();
    expect(cellCount(db)).toBe(before);
    const fresh = await withoutCells(db, join(folder, 'fresh.db'));
    expect(await ask({}, silentContext, 2, fresh)).toEqual(first);
  }, 120_000);

  it('goes on where it was interrupted', async () => {
    const fresh = await withoutCells(db, join(folder, 'interrupted.db'));
    await expect(ask({}, stopAfter(20), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
    expect(cellCount(fresh)).toBeGreaterThan(0);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  }, 120_000);

  it.each([
    ['1 3', /run 3 trained its candidates|task mnist1d-pair of run 3 does not come with 0.25, 4 times/],
    ['3', /task mnist1d-pair of run 3 does not come with 0.25, 4 times the examples[\s\S]*--examples 1/],
    ['1 --examples 0.1', /batches are of 16 and the training split of task spirals has 6/],
    ['1 --width 0', /A factor is above 0/],
    ['1 --seeds 1', /whole number from 2 on/],
    ['1 --tuning-seeds 1', /whole number from 2 on: ranks are compared across rates/],
    ['1 99', /there is no run 99/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'scale-ladder', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});

describe('an architecture of another width', () => {
  const scaled = (text: string, factor: number) => {
    const read = readArchitecture(text);
    if (!read.ok) throw new Error(text);
    return printArchitecture(architectureOfWidth(read.value, factor));
  };
  const canonical = (text: string) => scaled(text, 1);

  it('has so many times the units in every layer, rounded, and one at least', () => {
    const of = (a: number, b: number) =>
      `h = relu(dense(x, units: ${a}))\ny = tanh(dense(h, units: ${b}, bias: false))`;
    expect(scaled(of(6, 10), 0.25)).toBe(canonical(of(2, 3)));
    expect(scaled(of(6, 10), 4)).toBe(canonical(of(24, 40)));
    expect(scaled(of(1, 2), 0.25)).toBe(canonical(of(1, 1)));
  });

  it('keeps depthwise convolutions depthwise, and others as grouped as they are', () => {
    const conv = (units: number, groups: number) =>
      `h = conv(x, units: ${units}, kernel: 3)\ny = conv(h, units: ${units}, kernel: 3, groups: ${groups})`;
    expect(scaled(conv(8, 8), 2)).toBe(canonical(conv(16, 16)));
    expect(scaled(conv(8, 2), 2)).toBe(canonical(conv(16, 2)));
  });
});

it('tasks of another size are those that are drawn in any number', () => {
  const spec = (input: object) => taskSchema.parse(input);
  expect(taskOfSize(spec({ name: 'spirals' }), 4)).toEqual(spec({ name: 'spirals', train: 4000 }));
  expect(taskOfSize(spec({ name: 'margin' }), 0.25)).toEqual(spec({ name: 'margin', examples: 250 }));
  expect(taskOfSize(spec({ name: 'spirals', train: 500_000 }), 4)).toBeNull();
  for (const name of ['mnist1d', 'imbalance', 'reddi', 'kernel'])
    expect(taskOfSize(spec({ name }), 4)).toBeNull();
});
