/** Runs of different documents through one evaluator at once: each has the event hash that it has alone, on any number of threads, in one file or in two. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openPool } from '../../src/dispatch/pool.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { silentProgress } from '../../src/report/progress.ts';
import { launch, resume } from '../../src/search/run.ts';
import { smallSetup } from '../dispatch/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-two-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const founders = { architectures: ['linear', 'mlp'], rules: ['sgd', 'adam'] };
const limits = { parameters: 3000, units: 24, stepFlops: 1e6 };
const setups = await Promise.all([
  smallSetup(
    {},
    { evolution: { births: 60, population: 12, inFlight: 8, tournament: 3 }, founders, limits },
    'one',
  ),
  smallSetup(
    { steps: 9, replicates: 2, cache: { probeSteps: 2, verifySteps: 3 } },
    { evolution: { births: 40, population: 9, inFlight: 5, scheme: 'random-parents' }, founders, limits },
    'two',
  ),
]);

let files = 0;
const newFile = () => openLineage(join(folder, `${files++}.db`), 'write');
const never = { progress: silentProgress, shouldStop: () => false };

async function alone(i: number): Promise<string> {
  const lineage = newFile();
  const { eventHash } = await launch(setups[i]!, { ...never, lineage, workers: 1 });
  lineage.close();
  return eventHash;
}
const separate = [await alone(0), await alone(1)];

it.each([
  [1, 'one file'],
  [2, 'two files'],
  [4, 'one file'],
])('on %i threads, in %s', async (workers, where) => {
  const first = newFile();
  const lineages: readonly [Lineage, Lineage] = [first, where === 'one file' ? first : newFile()];
  const evaluator = openPool({ workers });
  const results = await Promise.all(
    setups.map((setup, i) => launch(setup, { ...never, lineage: lineages[i]!, evaluator })),
  );
  await evaluator.close();
  for (const lineage of new Set(lineages)) lineage.close();
  expect(new Set(separate).size).toBe(2);
  expect(results.map(({ eventHash }) => eventHash)).toEqual(separate);
  expect(results.map(({ told, endReason }) => [told, endReason])).toEqual([
    [60, 'births'],
    [40, 'births'],
  ]);
});

it('stops one at once while the other comes to its end; the stopped one resumes to its own hash', async () => {
  const lineage = newFile();
  const evaluator = openPool({ workers: 2 });
  const stop = new AbortController();
  const stopping = launch(setups[0]!, {
    ...never,
    lineage,
    evaluator,
    stopNow: stop.signal,
    progress: { ...silentProgress, update: ({ births }) => void (births === 15 && stop.abort()) },
  });
  const [stopped, other] = await Promise.all([
    stopping,
    launch(setups[1]!, { ...never, lineage, evaluator }),
  ]);
  expect(stopped).toMatchObject({ endReason: null });
  expect(stopped.told).toBeGreaterThanOrEqual(15);
  expect(stopped.told).toBeLessThan(60);
  expect(other.eventHash).toBe(separate[1]);
  const resumed = await resume(setups[0]!, stopped.run, { ...never, lineage, evaluator });
  expect(resumed.eventHash).toBe(separate[0]);
  await evaluator.close();
  lineage.close();
});
