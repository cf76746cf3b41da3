/**
 * Does a joint search find better than random search at the same cost units? Seeds matched pairwise. Selection maximised over the `search` split, so what it reached there is flattered;
 * the claim rests on the `final` split, where the best genome of each run, by `search`, is trained anew with seeds that selection never saw.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../src/compiler/compile.ts';
import { fitnessOf } from '../src/evaluation/fitness.ts';
import type { Genome } from '../src/genome/genome.ts';
import { packageRoot } from '../src/genome/known.ts';
import { findIndividual } from '../src/lineage/ancestry.ts';
import { architectureFromText, ruleFromText } from '../src/lineage/codec.ts';
import { openLineage } from '../src/lineage/open.ts';
import { silentProgress } from '../src/report/progress.ts';
import { launch } from '../src/search/run.ts';
import { type RunSetup, setUpRun } from '../src/search/setup.ts';
import { parseDocument } from '../src/search-space/document.ts';
import { type Bench, inTemporaryFolder, median, type Row } from './lib.ts';

const workers = 2;

interface Sizes {
  readonly seeds: number;
  readonly births: number;
  /** Trainings of each run's best genome for the `final` split. */
  readonly trainings: number;
}

interface Found {
  /** Of all births that were told within the budget. */
  readonly cost: number;
  readonly births: number;
  /** Fitness on `search` of the best of them, as selection saw it. */
  readonly search: number;
  /** Fitness on `final` of the same genome, one number per new training; minus infinity where it diverged. */
  readonly final: readonly number[];
  readonly wallMs: number;
}

const standard: Sizes = { seeds: 10, births: 2000, trainings: 3 };

export const jointOverRandom: Bench = {
  question: `Does a joint search of ${standard.births} births on MNIST-1D beat random search at the same cost units, over ${standard.seeds} seeds, on examples that no selection saw?`,
  run: () => jointOverRandomRows(standard),
};

export async function jointOverRandomRows({ seeds, births, trainings }: Sizes): Promise<Row[]> {
  const pairs: { readonly joint: Found; readonly random: Found }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const joint = await search('mnist1d', `joint-${seed}`, births, Number.POSITIVE_INFINITY, trainings);
    const random = await search(
      'mnist1d-random-search',
      `random-${seed}`,
      100 * births,
      joint.cost,
      trainings,
    );
    pairs.push({ joint, random });
    console.error(
      `  seed ${seed}: joint ${shown(joint)}, random ${shown(random)}, ${random.births} random births, ${Math.round((joint.wallMs + random.wallMs) / 1000)} s`,
    );
  }
  const needed = Math.ceil(0.8 * seeds);
  const finalWins = pairs.filter(({ joint, random }) => median(joint.final) > median(random.final)).length;
  const searchWins = pairs.filter(({ joint, random }) => joint.search > random.search).length;
  return [
    {
      what: 'seeds in which the joint search ends above random search, on `final`',
      value: finalWins,
      unit: `of ${seeds}`,
      target: `at least ${needed} of ${seeds}`,
      met: finalWins >= needed,
      note: `by the median of ${trainings} new trainings of the best genome`,
    },
    {
      what: 'seeds in which the joint search ends above random search, on `search`',
      value: searchWins,
      unit: `of ${seeds}`,
      note: 'what selection maximised: no claim rests on it',
    },
    ...(['joint', 'random'] as const).flatMap((arm) => [
      finalRow(
        arm,
        pairs.map((pair) => pair[arm].final),
      ),
      meanRow(
        `fitness on \`search\` of the best genome, ${arm}`,
        'loss-decades',
        pairs.map((pair) => pair[arm].search),
      ),
    ]),
    meanRow(
      'cost units of each of the two',
      'cost units',
      pairs.map(({ joint }) => joint.cost),
    ),
    meanRow(
      'births of random search within them',
      'births',
      pairs.map(({ random }) => random.births),
    ),
  ];
}

const shown = ({ search, final }: Found) => `${median(final).toFixed(4)} (on search ${search.toFixed(4)})`;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

const meanRow = (what: string, unit: string, raw: readonly number[]): Row => ({
  what,
  value: mean(raw),
  unit,
  raw,
});

function finalRow(arm: string, trainings: readonly (readonly number[])[]): Row {
  return {
    what: `fitness on \`final\` of the best genome, ${arm}`,
    value: mean(trainings.map(median)),
    unit: 'loss-decades',
    raw: trainings.flat(),
    note: `mean over seeds of medians; raw: ${trainings[0]!.length} trainings of each seed in turn, null where one diverged`,
  };
}

/** Runs the document of `name` until its births, or `budget` cost units, are spent; trains the best genome within the budget again. */
const search = (
  name: string,
  seed: string,
  births: number,
  budget: number,
  trainings: number,
): Promise<Found> =>
  inTemporaryFolder(async (folder) => {
    const path = join(packageRoot(), 'search-spaces', `${name}.yaml`);
    const document = parseDocument(readFileSync(path, 'utf8'), path, [
      { path: 'evolution.births', value: String(births) },
    ]);
    if (!document.ok) throw new Error(`${path} is not valid`);
    const lineage = openLineage(join(folder, 'run.db'), 'write');
    const spent = lineage.db
      .prepare<[], number>('SELECT coalesce(sum(cost_units), 0) FROM evaluation')
      .pluck();
    const { wallMs } = await launch(await setUpRun(document.value, seed), {
      lineage,
      workers,
      progress: silentProgress,
      shouldStop: () => budget < Number.POSITIVE_INFINITY && spent.get()! >= budget,
    });
    const told = lineage.db
      .prepare<[], Evaluated>(
        'SELECT individual, cost_units AS cost, fitness FROM evaluation ORDER BY individual',
      )
      .all();
    const { best, ...within } = bestWithin(told, budget);
    const row = findIndividual(lineage, best.individual)!;
    lineage.close();
    const genome = { architecture: architectureFromText(row.architecture), rule: ruleFromText(row.rule) };
    const final = await finalFitness(
      await setUpRun(document.value, seed),
      genome,
      Array.from({ length: trainings }, (_, k) => `bench/final/${seed}/${k}`),
    );
    return { ...within, search: best.fitness!, final, wallMs };
  });

interface Evaluated {
  readonly individual: number;
  readonly cost: number;
  readonly fitness: number | null;
}

/** The births told before `budget` cost units were passed, and the first of the fittest among them. */
function bestWithin(told: readonly Evaluated[], budget: number) {
  let best: Evaluated | null = null;
  let cost = 0;
  let births = 0;
  for (const each of told) {
    if (cost + each.cost > budget) break;
    cost += each.cost;
    births += 1;
    if (each.fitness !== null && each.fitness > (best?.fitness ?? Number.NEGATIVE_INFINITY)) best = each;
  }
  if (best === null) throw new Error('no evaluation of this search has a fitness');
  return { best, cost, births };
}

/** Trains a genome as the run would, from other seeds, and measures the `final` split. */
async function finalFitness(
  { engine, tasks, evaluation }: RunSetup,
  genome: Genome,
  seeds: readonly string[],
): Promise<number[]> {
  const { budget, limits, fitness } = evaluation;
  const task = tasks[0]!;
  const compiled = compile(genome, task.signature, { batchSize: budget.batchSize, limits });
  if (!compiled.ok) throw new Error(compiled.detail);
  const records = await engine.train(
    seeds.map((seed) => ({
      program: compiled.program,
      task,
      budget,
      seed,
      measure: ['final'],
      curvePoints: 0,
    })),
  );
  return records.map(({ measured }) =>
    measured.final === undefined
      ? Number.NEGATIVE_INFINITY
      : fitnessOf(fitness, measured.final, task.untrainedLoss),
  );
}
