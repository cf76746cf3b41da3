/** What a study will take, before it is begun: runs and trainings counted, time from a sample that is trained here, and power from the spread of its pilot. */
import { availableParallelism } from 'node:os';
import { openPool } from '../dispatch/pool.ts';
import { trialsOf } from '../evaluation/learning-rate.ts';
import { randomPartners } from '../evolution/conditions.ts';
import type { Genome } from '../genome/genome.ts';
import { type Random, stream } from '../random/stream.ts';
import { streamNames, trainingSeeds } from '../random/stream-names.ts';
import { evaluationSettings, setUpRun, workbenchOf } from '../search/setup.ts';
import type { Folders } from '../search/task-files.ts';
import { tasksOf } from '../search-space/document.ts';
import { mean, variance } from '../statistics/moments.ts';
import { signFlipTest } from '../statistics/permutation.ts';
import { type Power, simulatedPower } from '../statistics/power.ts';
import { documentArchitecture, documentRule, founderRuleNames } from '../variation/settings.ts';
import type { AssayResult } from './assays.ts';
import { blocksOf, blocksWith, heldOutTasks, type PlannedRun, plannedRuns } from './blocks.ts';
import type { ReadStudy } from './document.ts';
import { kindOf } from './kinds/table.ts';

/** What there is to do. */
export interface StudyCounts {
  readonly blocks: number;
  readonly runs: number;
  readonly births: number;
  /** Trainings for fitness, where none is used again. */
  readonly trainings: number;
  /** Cost units that these may spend at most. */
  readonly costUnits: number;
  /** Trainings of assays at most: populations that are alike share theirs. */
  readonly assayTrainings: number;
}

/** Counts for the blocks that count. */
export async function studyCounts(study: ReadStudy, folders: Folders): Promise<StudyCounts> {
  const { document, base } = study;
  const blocks = blocksOf(document, false);
  // Runs of a condition differ from block to block in their draws alone.
  const planned = await plannedRuns(study, blocks[0]!, folders);
  const runs = planned.flatMap((run) => blocksWith(document, [run.condition], blocks).map(() => run));
  const sum = (of: (run: PlannedRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const trainings = ({ document: { evaluation, evolution, ...rest } }: PlannedRun) => {
    const rates = trialsOf(evaluation.learningRates).length;
    return trainedGenomes(evolution) * tasksOf(rest).length * evaluation.replicates * rates;
  };
  const own = tasksOf(base).length;
  const sizes = {
    ...{ own, judged: heldOutTasks(study, blocks[0]!).length || own },
    ...{ population: base.evolution.population, births: base.evolution.births },
  };
  return {
    ...{ blocks: blocks.length, runs: runs.length },
    births: sum((run) => run.document.evolution.births),
    trainings: sum(trainings),
    costUnits: sum((run) => trainings(run) * evaluationSettings(run.document).budget.costUnits!),
    assayTrainings: Object.values(document.assays).reduce(
      (total, assay) =>
        total + blocksWith(document, assay.conditions, blocks).length * kindOf(assay).trainings(assay, sizes),
      0,
    ),
  };
}

/** Of cooperative births each but the founders is trained with the best and some random partners; at most, as nobody has a partner before one lives. */
const trainedGenomes = ({ condition, births, population }: PlannedRun['document']['evolution']): number =>
  condition === 'cooperative'
    ? Math.min(births, population) + Math.max(0, births - population) * (1 + randomPartners)
    : births;

/** How long trainings take here. */
export interface MeasuredTime {
  /** Trained for the measurement. */
  readonly sample: number;
  readonly workers: number;
  /** Wall time of one training, with all workers busy. */
  readonly secondsPerTraining: number;
}

/** Founders of the first block under the rules of the conditions, so many for each condition. */
const sampleOfCondition = 12;

/** Trains a sample as the runs of the study will. The rest of a run takes little beside it. */
export async function measureStudy(
  study: ReadStudy,
  folders: Folders,
  workers = availableParallelism(),
): Promise<MeasuredTime> {
  const runs = await plannedRuns(study, blocksOf(study.document, false)[0]!, folders);
  const evaluator = openPool({ workers });
  try {
    const jobs: (() => Promise<unknown>)[] = [];
    for (const { document, seed } of runs) {
      const setup = await setUpRun(document, seed, undefined, folders);
      const workbench = evaluator.register(workbenchOf(setup));
      const { budget } = evaluationSettings(document);
      for (const [i, genome] of sampleOf(document).entries())
        for (const task of setup.tasks.keys())
          jobs.push(() =>
            evaluator.train({
              ...{ workbench, run: 'plan' },
              cell: {
                ...{ genome, task, budget, split: 'search', learningRate: 0 },
                seed: trainingSeeds.assay('plan', seed, 'sample', i),
              },
            }),
          );
    }
    // The first trainings find threads and our own code cold.
    await Promise.all(jobs.slice(0, 2 * workers).map((job) => job()));
    const start = performance.now();
    await Promise.all(jobs.map((job) => job()));
    const seconds = (performance.now() - start) / 1000;
    return { sample: jobs.length, workers, secondsPerTraining: seconds / jobs.length };
  } finally {
    await evaluator.close();
  }
}

function sampleOf(document: PlannedRun['document']): Genome[] {
  const rules = founderRuleNames(document.founders);
  return document.founders.architectures.slice(0, sampleOfCondition).map((architecture, i) => ({
    architecture: documentArchitecture(architecture),
    rule: documentRule(rules[i % rules.length] ?? 'sgd'),
  }));
}

/** How likely the primary endpoint is to be shown, if an effect has this size. */
export interface PlannedPower extends Power {
  readonly effect: number;
}

/** Power of the primary test with the blocks of the study, for effects with the spread over blocks that its pilot had. */
export interface PowerPlan {
  readonly pilotBlocks: number;
  readonly mean: number;
  readonly sd: number;
  readonly powers: readonly PlannedPower[];
}

const simulations = 500;

/** Null where the pilot has fewer than three blocks with a number. */
export function powerPlan({ document }: ReadStudy, pilot: readonly AssayResult[]): PowerPlan | null {
  const { primary, name, seed } = document;
  if (primary === undefined) return null;
  const { conditions } = document.assays[primary.assay]!;
  const blocks = blocksWith(document, conditions, blocksOf(document, false)).length;
  const found = pilot.find((each) => each.name === primary.assay)?.blocks ?? [];
  const values = found.flatMap(({ measures }) => measures?.[primary.measure] ?? []);
  const spread = variance(values);
  if (values.length < 3 || spread === null) return null;
  const sd = Math.sqrt(spread);
  const random = stream(streamNames.verdict(`${name}-${seed}`, primary.assay, 'power'));
  const experiment = (effect: number) => (own: Random) =>
    signFlipTest(
      Array.from({ length: blocks }, () => effect + sd * own.normal()),
      own,
      { side: 'greater', draws: 999, enumerated: 4096 },
    ).p;
  const effects = [primary.smallest, 2 * primary.smallest, 4 * primary.smallest];
  return {
    ...{ pilotBlocks: values.length, mean: mean(values), sd },
    powers: effects.map((effect) => ({
      effect,
      ...simulatedPower(experiment(effect), random, { simulations, alpha: primary.alpha }),
    })),
  };
}
