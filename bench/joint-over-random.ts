/**
 * Does a joint search find better than random search, and better than what is known already, at the same cost units? Seeds matched. The third arm trains known rules on known architectures,
 * each pair at nine learning rates, pairs in random order until the units are spent. All arms maximised over the `search` split, so what they reached there is flattered; the claim
 * rests on the `final` split, where the best genome of each, by `search`, is trained anew with seeds that no selection saw.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../src/compiler/compile.ts';
import { fitnessOf } from '../src/evaluation/fitness.ts';
import { evaluateIndividual } from '../src/evaluation/individual.ts';
import { withRate } from '../src/evaluation/learning-rate.ts';
import { plainPlan } from '../src/evaluation/plan.ts';
import type { Genome } from '../src/genome/genome.ts';
import {
  knownArchitecture,
  knownArchitectureNames,
  knownRule,
  knownRuleNames,
  packageRoot,
} from '../src/genome/known.ts';
import { findIndividual } from '../src/lineage/ancestry.ts';
import { architectureFromText, ruleFromText } from '../src/lineage/codec.ts';
import { openLineage } from '../src/lineage/open.ts';
import { stream } from '../src/random/stream.ts';
import { silentProgress } from '../src/report/progress.ts';
import { launch } from '../src/search/run.ts';
import { type RunSetup, setUpRun } from '../src/search/setup.ts';
import { type Override, parseDocument, type SearchDocument } from '../src/search-space/document.ts';
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
  question: `Does a joint search of ${standard.births} births on MNIST-1D beat random search, and the known rules on the known architectures, at the same cost units, over ${standard.seeds} seeds, on examples that no selection saw?`,
  run: (seeds = standard.seeds) => jointOverRandomRows({ ...standard, seeds }),
};

export async function jointOverRandomRows({ seeds, births, trainings }: Sizes): Promise<Row[]> {
  const pairs: { readonly joint: Found; readonly random: Found; readonly known: Found }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const joint = await search('mnist1d', `joint-${seed}`, births, Number.POSITIVE_INFINITY, trainings);
    const random = await search(
      'mnist1d-random-search',
      `random-${seed}`,
      100 * births,
      joint.cost,
      trainings,
    );
    const known = await knownPairs('mnist1d', `known-${seed}`, joint.cost, trainings);
    pairs.push({ joint, random, known });
    const seconds = Math.round((joint.wallMs + random.wallMs + known.wallMs) / 1000);
    console.error(
      `  seed ${seed}: joint ${shown(joint)}, random ${shown(random)} of ${random.births} births, known ${shown(known)} of ${known.births} pairs, ${seconds} s`,
    );
  }
  const needed = Math.ceil(0.8 * seeds);
  const finalWins = pairs.filter(({ joint, random }) => median(joint.final) > median(random.final)).length;
  const overKnown = pairs.filter(({ joint, known }) => median(joint.final) > median(known.final)).length;
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
      what: 'seeds in which the joint search ends above the best known pair, on `final`',
      value: overKnown,
      unit: `of ${seeds}`,
      note: 'known rules x known architectures at nine learning rates each, in random order until the same cost units are spent',
    },
    {
      what: 'seeds in which the joint search ends above random search, on `search`',
      value: searchWins,
      unit: `of ${seeds}`,
      note: 'what selection maximised: no claim rests on it',
    },
    ...(['joint', 'random', 'known'] as const).flatMap((arm) => [
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
      'cost units of each arm',
      'cost units',
      pairs.map(({ joint }) => joint.cost),
    ),
    meanRow(
      'births of random search within them',
      'births',
      pairs.map(({ random }) => random.births),
    ),
    meanRow(
      `known pairs within them, of ${allKnownPairs().length}`,
      'pairs',
      pairs.map(({ known }) => known.births),
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
    const document = documentOf(name, [{ path: 'evolution.births', value: String(births) }]);
    const lineage = openLineage(join(folder, 'run.db'), 'write');
    const spent = lineage.db
      .prepare<[], number>('SELECT coalesce(sum(cost_units), 0) FROM evaluation')
      .pluck();
    const { wallMs } = await launch(await setUpRun(document, seed), {
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
    const final = await finalFitness(await setUpRun(document, seed), genome, finalSeeds(seed, trainings));
    return { ...within, search: best.fitness!, final, wallMs };
  });

/** Every known rule on every known architecture. */
const allKnownPairs = (): Genome[] =>
  knownArchitectureNames().flatMap((architecture) =>
    knownRuleNames().map((rule) => ({
      architecture: knownArchitecture(architecture)!,
      rule: knownRule(rule)!,
    })),
  );

/** Nine rates: 10^(j/2) times the rule's own, j from -2 to 6. */
const ratesOnTrial: [number, number] = [-2, 6];

/** Trains known pairs in random order, as the document of `name` trains its candidates, until the next would spend more than `budget` cost units; trains the best again. */
async function knownPairs(name: string, seed: string, budget: number, trainings: number): Promise<Found> {
  const start = performance.now();
  const document = documentOf(name, []);
  const setup = await setUpRun(document, seed);
  const bench = {
    engine: setup.engine,
    tasks: setup.tasks,
    settings: setup.evaluation,
    protocol: { ...document.evaluation, learningRates: ratesOnTrial },
    runSeed: seed,
  };
  const pairs = allKnownPairs();
  let best: { readonly fitness: number; readonly genome: Genome } | null = null;
  let [cost, births] = [0, 0];
  for (const i of stream(`bench/known/${seed}`).permutation(pairs.length)) {
    const outcome = await evaluateIndividual(bench, plainPlan(i, pairs[i]!));
    if (cost + outcome.costUnits > budget) break;
    cost += outcome.costUnits;
    births += 1;
    if (outcome.status === 'failed' || outcome.fitness <= (best?.fitness ?? Number.NEGATIVE_INFINITY))
      continue;
    const { trial } = outcome.details!.trainings.find(({ counts }) => counts)!;
    best = { fitness: outcome.fitness, genome: withRate(pairs[i]!, trial) };
  }
  if (best === null) throw new Error('no known pair has a fitness on this task');
  const final = await finalFitness(setup, best.genome, finalSeeds(seed, trainings));
  return { cost, births, search: best.fitness, final, wallMs: performance.now() - start };
}

const finalSeeds = (seed: string, trainings: number) =>
  Array.from({ length: trainings }, (_, k) => `bench/final/${seed}/${k}`);

function documentOf(name: string, overrides: readonly Override[]): SearchDocument {
  const path = join(packageRoot(), 'search-spaces', `${name}.yaml`);
  const document = parseDocument(readFileSync(path, 'utf8'), path, overrides);
  if (!document.ok) throw new Error(`${path} is not valid`);
  return document.value;
}

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
