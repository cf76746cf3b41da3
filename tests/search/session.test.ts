/** A session of a run with an evaluator of our own making: what it asks for, what it tells whoever watches, how it ends and what it leaves in the file. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  EvaluationCancelledError,
  type Evaluator,
  type WorkbenchContent,
} from '../../src/dispatch/evaluator.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { silentProgress } from '../../src/report/progress.ts';
import type { ProgressReport } from '../../src/search/progress.ts';
import { launch, resume, setUpStoredRun } from '../../src/search/run.ts';
import { smallSetup, startedThreads } from '../dispatch/support.ts';
import { completed, failed } from '../evolution/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-session-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const births = 12;
const setUp = (evaluation: object = {}, evolution: object = {}) =>
  smallSetup(evaluation, {
    evolution: { births, population: 4, inFlight: 3, tournament: 2, ...evolution },
    founders: { architectures: ['linear'], rules: ['sgd'] },
  });

/** Of each birth; the third fails. */
const fitnesses = [3, 1, null, 2, 5, 4, 7, 6, 0, 9, 8, 2];
const outcomes = fitnesses.map((fitness) => (fitness === null ? failed : completed(fitness)));

/** Answers at once: two milliseconds, three of CPU time, and a lost worker at birth 1. Counts what is asked of it. */
function instantEvaluator() {
  const seen = {
    benches: [] as WorkbenchContent[],
    asked: [] as object[],
    cancelled: [] as string[],
    closed: 0,
  };
  const evaluator: Evaluator = {
    register: (content) => `bench ${seen.benches.push(content)}`,
    async evaluate({ plan: { birthIndex }, ...request }) {
      seen.asked.push({ ...request, birthIndex });
      const lost = birthIndex === 1 ? { workersLost: 1 } : {};
      return { outcome: outcomes[birthIndex]!, wallMs: 2, cpuMs: 3, probeMs: 1, ...lost };
    },
    train: () => Promise.reject(new Error('a run trains no cells')),
    cancel: (run) => void seen.cancelled.push(run),
    async close() {
      seen.closed += 1;
    },
  };
  return { evaluator, seen };
}

let files = 0;
function newLineage(): Lineage {
  const lineage = openLineage(join(folder, `${files++}.db`), 'write');
  return lineage;
}

const quiet = { progress: silentProgress, shouldStop: () => false };

async function codeOf(refused: () => Promise<unknown>): Promise<object> {
  const error = await refused().catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw error;
  return error.issues[0]!;
}

describe('a session', () => {
  it('asks for each birth under its own label, adds up what came back and leaves the evaluator open', async () => {
    const lineage = newLineage();
    const { evaluator, seen } = instantEvaluator();
    const setup = await setUp();
    const result = await launch(setup, { ...quiet, lineage, evaluator, debug: true });
    const label = `run 1 in ${lineage.path}`;
    expect(seen.asked).toEqual(
      fitnesses.map((_, birthIndex) => ({
        workbench: 'bench 1',
        run: label,
        runSeed: 'dispatch',
        birthIndex,
      })),
    );
    expect(seen).toMatchObject({ cancelled: [label], closed: 0 });
    expect(seen.benches).toHaveLength(1);
    expect(seen.benches[0]).toMatchObject({
      engine: { name: setup.engine.name, numericClass: setup.engine.numericClass },
      settings: { verify: true },
      tasks: [{ digest: setup.runTasks[0]!.digest }],
    });
    let hash = initialEventHash;
    for (const told of toldBirths(lineage, 1)) hash = nextEventHash(hash, told);
    expect(result).toEqual({
      ...{ run: 1, told: births, births, endReason: 'births', eventHash: hash, workersLost: 1 },
      ...{ evaluationMs: 2 * births, cpuMs: 3 * births, wallMs: expect.any(Number) },
    });
    expect(result.wallMs).toBeGreaterThan(0);
    expect(findRun(lineage, 1)).toMatchObject({ eventHash: hash, endReason: 'births', lastTold: births - 1 });
    lineage.close();
  });

  it('says with what it was launched', async () => {
    const lineage = newLineage();
    const setup = await setUp();
    await launch(setup, { ...quiet, lineage, evaluator: instantEvaluator().evaluator });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const row = findRun(lineage, 1)!;
    expect(row.versions).toEqual({
      ...{ streetlight: version, node: process.versions.node, v8: process.versions.v8 },
      ...setup.engine.machine,
    });
    expect(row).toMatchObject({ seed: 'dispatch', numericClass: setup.engine.numericClass });
    expect(row.closed).toMatchObject({ folder: process.cwd() });
    expect(Math.abs(Date.now() - Date.parse(row.createdAt))).toBeLessThan(3_600_000);
    lineage.close();
  });

  it('tells whoever watches how far it is and what is best so far', async () => {
    const lineage = newLineage();
    const told: [string, ProgressReport?][] = [];
    const progress = {
      start: (report: ProgressReport) => void told.push(['start', report]),
      update: (report: ProgressReport) => void told.push(['update', report]),
      stop: () => void told.push(['stop']),
    };
    const { evaluator } = instantEvaluator();
    const setup = await setUp();
    let asked = 0;
    await launch(setup, { progress, lineage, evaluator, shouldStop: () => ++asked > 7 });
    expect(told.map(([kind]) => kind)).toEqual(['start', ...Array(7).fill('update'), 'stop']);
    expect(
      told.slice(0, -1).map(([, report]) => [report!.births, report!.total, report!.bestFitness]),
    ).toEqual([
      ...[
        [0, 12, null],
        [1, 12, 3],
        [2, 12, 3],
        [3, 12, 3],
      ],
      ...[
        [4, 12, 3],
        [5, 12, 5],
        [6, 12, 5],
        [7, 12, 7],
      ],
    ]);
    expect(told[0]![1]!.birthsPerSecond).toBe(0);
    for (const [, report] of told.slice(1, -1)) expect(report!.birthsPerSecond).toBeGreaterThan(0);
    told.length = 0;
    await resume(setup, 1, { progress, lineage, evaluator, shouldStop: () => false });
    expect(told[0]).toEqual(['start', { births: 7, total: 12, birthsPerSecond: 0, bestFitness: 7 }]);
    expect(told).toHaveLength(1 + 5 + 1);
    lineage.close();
  });

  it('has no best while all failed, and one below zero is better than none', async () => {
    const lineage = newLineage();
    const best: (number | null)[] = [];
    const { evaluator } = instantEvaluator();
    const ends = [failed, failed, completed(-3), completed(-4), completed(-2)];
    const dismal: Evaluator = {
      ...evaluator,
      evaluate: async ({ plan }) => ({ outcome: ends[plan.birthIndex] ?? failed, wallMs: 0 }),
    };
    const progress = {
      ...silentProgress,
      update: (report: ProgressReport) => void best.push(report.bestFitness),
    };
    await launch(await setUp(), { lineage, evaluator: dismal, progress, shouldStop: () => false });
    expect(best.slice(0, 6)).toEqual([null, null, -3, -3, -2, -2]);
    lineage.close();
  });

  it('says how long it took and how quickly births came, within the time that passed', async () => {
    const lineage = newLineage();
    const rates: number[] = [];
    const progress = {
      ...silentProgress,
      update: (report: ProgressReport) => void rates.push(report.birthsPerSecond / report.births),
    };
    const setup = await setUp();
    const start = performance.now();
    const { evaluator } = instantEvaluator();
    const { wallMs } = await launch(setup, { lineage, evaluator, progress, shouldStop: () => false });
    const passed = performance.now() - start;
    expect(wallMs).toBeLessThanOrEqual(passed);
    for (const rate of rates) expect(rate).toBeGreaterThanOrEqual(1000 / passed);
    lineage.close();
  });

  it('without an evaluator opens one of its own with so many threads, and closes it', async () => {
    const lineage = newLineage();
    const threads = startedThreads();
    await launch(await setUp(), { ...quiet, lineage, workers: 1 });
    expect(threads).toHaveLength(1);
    // Node gives a thread that has ended this number.
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
    lineage.close();
  });

  it('is extended only to more births than there are, by whoever asks', async () => {
    const lineage = newLineage();
    const { evaluator } = instantEvaluator();
    const setup = await setUp();
    await launch(setup, { ...quiet, lineage, evaluator });
    const refused = { code: 'not-extendable' };
    const options = { ...quiet, lineage, evaluator, births };
    expect(await codeOf(() => resume(setup, 1, options))).toMatchObject(refused);
    expect(await codeOf(() => setUpStoredRun(findRun(lineage, 1)!, births))).toMatchObject(refused);
    expect(findRun(lineage, 1)).toMatchObject({ extensions: [], lastTold: births - 1 });
    lineage.close();
  });

  it('ends when the cost units of the document are spent, which is no interruption', async () => {
    const lineage = newLineage();
    // Each birth costs three, failures too.
    const setup = await setUp({}, { costUnits: 12 });
    const { evaluator } = instantEvaluator();
    const result = await launch(setup, { ...quiet, lineage, evaluator });
    expect(result).toMatchObject({ told: 4, endReason: 'cost-units' });
    expect(findRun(lineage, 1)).toMatchObject({ endReason: 'cost-units', lastTold: 3 });
    expect(await codeOf(() => resume(setup, 1, { ...quiet, lineage, evaluator }))).toEqual({
      code: 'run-finished',
      message: 'run 1 is over after 4 births (cost-units)',
      hint: expect.stringMatching(/show 1.*` tells what it found$/),
    });
    lineage.close();
  });

  it('counts the units of the sessions before', async () => {
    const lineage = newLineage();
    const setup = await setUp({}, { costUnits: 14 });
    const { evaluator } = instantEvaluator();
    let asked = 0;
    const first = await launch(setup, { ...quiet, lineage, evaluator, shouldStop: () => ++asked > 3 });
    expect(first).toMatchObject({ told: 3, endReason: null });
    const second = await resume(setup, 1, { ...quiet, lineage, evaluator });
    expect(second).toMatchObject({ told: 5, endReason: 'cost-units', evaluationMs: 4 });
    lineage.close();
  });

  it('stores what evaluations took where hurdles or the cache make them differ, and only there', async () => {
    for (const [evaluation, isTimed] of [
      [{}, false],
      [{ hurdles: { rungs: [3] } }, true],
      [{ cache: { probeSteps: 2, verifySteps: 3 } }, true],
    ] as const) {
      const lineage = newLineage();
      await launch(await setUp(evaluation), { ...quiet, lineage, evaluator: instantEvaluator().evaluator });
      const rows = lineage.db.prepare('SELECT * FROM timing').raw().all() as number[][];
      expect(rows.map(([, ...times]) => times)).toEqual(isTimed ? fitnesses.map(() => [3000, 1000]) : []);
      lineage.close();
    }
  });

  it('gives up what is in hand when it is stopped at once, and does not listen any more once it is over', async () => {
    const lineage = newLineage();
    const { evaluator, seen } = instantEvaluator();
    const stop = new AbortController();
    const stopping: Evaluator = {
      ...evaluator,
      evaluate: (request) => {
        if (request.plan.birthIndex < 5) return evaluator.evaluate(request);
        return Promise.reject(new EvaluationCancelledError(request.run));
      },
    };
    const result = await launch(await setUp(), {
      ...quiet,
      lineage,
      evaluator: stopping,
      stopNow: stop.signal,
    });
    expect(result).toMatchObject({ told: 5, endReason: null });
    const before = seen.cancelled.length;
    stop.abort();
    expect(seen.cancelled).toHaveLength(before);
    const other = new AbortController();
    await launch(await setUp(), {
      ...{ shouldStop: () => false, lineage, evaluator, stopNow: other.signal },
      progress: { ...silentProgress, update: (report) => void (report.births === 2 && other.abort()) },
    });
    // By the signal, and at its end.
    expect(seen.cancelled.slice(before)).toEqual(Array(2).fill(`run 2 in ${lineage.path}`));
    lineage.close();
  });

  it('passes on what is no outcome, and stops telling', async () => {
    const lineage = newLineage();
    const { evaluator, seen } = instantEvaluator();
    let stopped = 0;
    const broken: Evaluator = { ...evaluator, evaluate: () => Promise.reject(new Error('a defect')) };
    const progress = {
      ...silentProgress,
      stop() {
        stopped += 1;
      },
    };
    await expect(
      launch(await setUp(), { lineage, evaluator: broken, progress, shouldStop: () => false }),
    ).rejects.toThrow('a defect');
    expect([stopped, seen.cancelled]).toEqual([1, [`run 1 in ${lineage.path}`]]);
    lineage.close();
  });

  it('is of a run that is there', async () => {
    const lineage = newLineage();
    const { evaluator } = instantEvaluator();
    expect(await codeOf(async () => resume(await setUp(), 1, { ...quiet, lineage, evaluator }))).toEqual({
      code: 'no-such-run',
      path: lineage.path,
      message: 'there is no run 1',
      hint: expect.stringMatching(/runs.*` lists them$/),
    });
    lineage.close();
  });
});
