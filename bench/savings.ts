/** What do hurdles and the cache save on the same search, and what do they cost in fitness? The searches of one seed have the same founders. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/genome/known.ts';
import { openLineage } from '../src/lineage/open.ts';
import { runSummary } from '../src/lineage/runs.ts';
import { savingsOf } from '../src/lineage/savings.ts';
import { silentProgress } from '../src/report/progress.ts';
import { launch } from '../src/search/run.ts';
import { setUpRun } from '../src/search/setup.ts';
import { type Override, parseDocument } from '../src/search-space/document.ts';
import type { Bench, Row } from './lib.ts';

const seeds = 2;
const births = 400;

const settings = {
  neither: [],
  hurdles: [{ path: 'evaluation.hurdles', value: '{ rungs: [75, 150] }' }],
  'duplicates known again': [{ path: 'evaluation.cache', value: '{ probeSteps: 0 }' }],
  'duplicates and behaviours': [{ path: 'evaluation.cache', value: '{}' }],
} as const satisfies Record<string, readonly Override[]>;

async function search(overrides: readonly Override[], seed: number) {
  const path = join(packageRoot(), 'search-spaces', 'mnist1d.yaml');
  const document = parseDocument(readFileSync(path, 'utf8'), path, [
    { path: 'evolution.births', value: String(births) },
    ...overrides,
  ]);
  if (!document.ok) throw new Error(`${path} is not valid`);
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-bench-'));
  const lineage = openLineage(join(folder, 'run.db'), 'write');
  const result = await launch(await setUpRun(document.value, `savings-${seed}`), {
    lineage,
    workers: 2,
    progress: silentProgress,
    shouldStop: () => false,
  });
  const { best } = runSummary(lineage, result.run);
  const { hurdles, cache } = savingsOf(lineage, result.run, document.value.evaluation.steps);
  lineage.close();
  rmSync(folder, { recursive: true });
  return { cpuSeconds: result.cpuMs / 1000, best: best!.fitness, hurdles, cache };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

export const savings: Bench = {
  question: `How many CPU seconds do ${births} births of mnist1d.yaml take with hurdles and with the cache, and how good is the best, over ${seeds} seeds?`,
  async run() {
    const rows: Row[] = [];
    for (const [name, overrides] of Object.entries(settings)) {
      const runs: Awaited<ReturnType<typeof search>>[] = [];
      for (let seed = 1; seed <= seeds; seed++) runs.push(await search(overrides, seed));
      const over = (of: (run: (typeof runs)[number]) => number) => runs.map(of);
      const sum = (of: (run: (typeof runs)[number]) => number) => over(of).reduce((a, b) => a + b);
      const told = [
        `${sum((run) => run.hurdles.stopped)} trainings stopped`,
        `${sum((run) => run.cache.duplicates)} duplicates`,
        `${sum((run) => run.cache.behaviours)} behaviours`,
        `reported as saved ${(sum((run) => run.hurdles.cpuSecondsSaved + run.cache.cpuSecondsSaved) / seeds).toFixed(2)} CPU s a run`,
        `probes ${(sum((run) => run.cache.cpuSecondsProbing) / seeds).toFixed(2)} CPU s a run`,
      ];
      rows.push(
        {
          what: `${name}: evaluations of a run`,
          value: mean(over((run) => run.cpuSeconds)),
          unit: 'CPU s',
          raw: over((run) => run.cpuSeconds),
          ...(name === 'neither' ? {} : { note: told.join(', ') }),
        },
        {
          what: `${name}: best fitness`,
          value: mean(over((run) => run.best)),
          unit: 'loss-decades',
          raw: over((run) => run.best),
        },
      );
    }
    return rows;
  },
};
