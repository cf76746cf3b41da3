import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLineage } from '../../src/lineage/open.ts';
import { silentProgress } from '../../src/report/progress.ts';
import { launch } from '../../src/search/run.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';

let folder: string;
let threads: Worker[];
const remember = (worker: Worker) => threads.push(worker);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streetlight-lost-worker-'));
  threads = [];
  process.on('worker', remember);
});

afterEach(() => {
  process.off('worker', remember);
  rmSync(folder, { recursive: true });
});

/** A smoke search of 60 births; `told` is called after each. */
async function searchSmoke(name: string, told: (births: number) => void) {
  const text = readFileSync('search-spaces/smoke.yaml', 'utf8');
  const document = parseDocument(text, 'smoke.yaml', [{ path: 'evolution.births', value: '60' }]);
  if (!document.ok) throw new Error('smoke.yaml is not valid');
  const setup = await setUpRun(document.value, 'lost-worker');
  const lineage = openLineage(join(folder, `${name}.db`), 'write');
  const result = await launch(setup, {
    lineage,
    workers: 2,
    progress: { ...silentProgress, update: ({ births }) => told(births) },
    shouldStop: () => false,
  });
  const lostOutcomes = lineage.db
    .prepare("SELECT count(*) FROM evaluation WHERE reason = 'worker-lost'")
    .pluck()
    .get();
  lineage.close();
  return { eventHash: result.eventHash, births: result.births, lostOutcomes };
}

test('a worker thread killed while it evaluates costs a retry and leaves no trace in the lineage', async () => {
  const undisturbed = await searchSmoke('undisturbed', () => {});
  threads = [];
  const kills: Promise<number>[] = [];
  const disturbed = await searchSmoke('disturbed', (births) => {
    // Far apart, so that no evaluation loses two workers.
    if (births === 5 || births === 40) kills.push(threads.at(-1)!.terminate());
  });
  await Promise.all(kills);
  expect(kills).toHaveLength(2);
  expect(threads.length).toBeGreaterThanOrEqual(4);
  expect(disturbed).toEqual(undisturbed);
  expect(disturbed).toMatchObject({ births: 60, lostOutcomes: 0 });
});
