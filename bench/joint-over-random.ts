/** Does a joint search find better than random search at the same cost units? Ten seeds of each, matched pairwise. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/genome/known.ts';
import { openLineage } from '../src/lineage/open.ts';
import { silentProgress } from '../src/report/progress.ts';
import { launch } from '../src/search/run.ts';
import { parseDocument } from '../src/search-space/document.ts';
import type { Bench } from './lib.ts';

const seeds = 10;
const workers = 2;

/** Best fitness so far after each told evaluation, beside the cost units spent until then. */
interface Trajectory {
  readonly cost: readonly number[];
  readonly best: readonly number[];
  readonly wallMs: number;
}

/** Runs the document of `name` until its births, or `budget` cost units, are spent. */
async function search(name: string, seed: string, births: number, budget: number): Promise<Trajectory> {
  const path = join(packageRoot(), 'search-spaces', `${name}.yaml`);
  const document = parseDocument(readFileSync(path, 'utf8'), path, [
    { path: 'evolution.births', value: String(births) },
  ]);
  if (!document.ok) throw new Error(`${path} is not valid`);
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-bench-'));
  const lineage = openLineage(join(folder, 'run.db'), 'write');
  const spent = lineage.db.prepare('SELECT coalesce(sum(cost_units), 0) FROM evaluation').pluck();
  const result = await launch(document.value, seed, {
    lineage,
    workers,
    progress: silentProgress,
    shouldStop: () => budget < Number.POSITIVE_INFINITY && (spent.get() as number) >= budget,
  });
  const rows = lineage.db
    .prepare('SELECT cost_units AS cost, fitness FROM evaluation ORDER BY individual')
    .all() as { cost: number; fitness: number | null }[];
  lineage.close();
  rmSync(folder, { recursive: true });
  const cost: number[] = [];
  const best: number[] = [];
  let total = 0;
  let top = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    total += row.cost;
    if (row.fitness !== null) top = Math.max(top, row.fitness);
    cost.push(total);
    best.push(top);
  }
  return { cost, best, wallMs: result.wallMs };
}

/** The best fitness reached before `budget` cost units were passed. */
function bestWithin({ cost, best }: Trajectory, budget: number): number {
  const passed = cost.findIndex((spent) => spent > budget);
  return best[(passed < 0 ? cost.length : passed) - 1] ?? Number.NEGATIVE_INFINITY;
}

export const jointOverRandom: Bench = {
  question: `Does a joint search of 2,000 births on MNIST-1D beat random search at the same cost units, over ${seeds} seeds?`,
  async run() {
    const pairs: { joint: number; random: number; cost: number; randomBirths: number }[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const joint = await search('mnist1d', `joint-${seed}`, 2000, Number.POSITIVE_INFINITY);
      const cost = joint.cost.at(-1)!;
      const random = await search('mnist1d-random-search', `random-${seed}`, 200_000, cost);
      pairs.push({
        joint: joint.best.at(-1)!,
        random: bestWithin(random, cost),
        cost,
        randomBirths: random.cost.length,
      });
      const pair = pairs.at(-1)!;
      console.log(
        `  seed ${seed}: joint ${pair.joint.toFixed(4)}, random ${pair.random.toFixed(4)}, ${pair.randomBirths} random births, ${Math.round((joint.wallMs + random.wallMs) / 1000)} s`,
      );
    }
    const wins = pairs.filter(({ joint, random }) => joint > random).length;
    const column = (what: string, unit: string, raw: number[]) => ({
      what,
      value: raw.reduce((a, b) => a + b) / raw.length,
      unit,
      raw,
    });
    return [
      {
        what: 'seeds in which the joint search ends above random search',
        value: wins,
        unit: `of ${seeds}`,
        target: 'at least 8 of 10',
        met: wins >= 8,
      },
      column(
        'best fitness, joint',
        'loss-decades',
        pairs.map((pair) => pair.joint),
      ),
      column(
        'best fitness, random search',
        'loss-decades',
        pairs.map((pair) => pair.random),
      ),
      column(
        'cost units of each of the two',
        'cost units',
        pairs.map((pair) => pair.cost),
      ),
      column(
        'births of random search within them',
        'births',
        pairs.map((pair) => pair.randomBirths),
      ),
    ];
  },
};
