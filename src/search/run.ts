/** Launch and resume: the composition root. The only place that knows tasks, pool, controller and database at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EvaluationPool, openPool } from '../dispatch/pool.ts';
import type { Engine } from '../engines/engine.ts';
import { evaluationSeed } from '../evaluation/evaluate.ts';
import { breed, tell } from '../evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import { packageRoot } from '../genome/known.ts';
import { createRun, openJournal, recordResume } from '../lineage/journal.ts';
import type { Lineage } from '../lineage/open.ts';
import { findRun, type RunRow, runSummary } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { documentText, parseDocument, type SearchDocument } from '../search-space/document.ts';
import { type Breeder, drive } from './drive.ts';
import type { Progress } from './progress.ts';
import { type Restored, restore } from './restore.ts';
import { documentHash, type RunSetup, setUpRun } from './setup.ts';

export interface RunOptions {
  readonly lineage: Lineage;
  readonly workers?: number | undefined;
  /** Check what the compiler promises, on every genome. */
  readonly debug?: boolean | undefined;
  readonly progress: Progress;
  shouldStop(): boolean;
}

export interface RunResult {
  readonly run: number;
  readonly told: number;
  readonly births: number;
  readonly eventHash: string;
  readonly workersLost: number;
  /** Wall time in workers, and of the whole loop. */
  readonly evaluationMs: number;
  readonly wallMs: number;
}

/** Starts a new run in the lineage database. */
export async function launch(
  document: SearchDocument,
  seed: string,
  options: RunOptions,
): Promise<RunResult> {
  const setup = await setUpRun(document, seed);
  const { taskDigest, engine } = setup;
  const versions = currentVersions(engine);
  const run = createRun(
    options.lineage,
    {
      document: documentText(document),
      documentHash: documentHash(document),
      seed,
      numericClass: engine.numericClass,
      taskDigest,
      versions,
    },
    { startedAt: new Date().toISOString(), versions },
  );
  return proceed(setup, run, { told: 0, population: [], waiting: [], eventHash: initialEventHash }, options);
}

/** Goes on with an interrupted run, exactly as it would have gone on. */
export async function resume(run: number, options: RunOptions): Promise<RunResult> {
  const row = findRun(options.lineage, run);
  if (row === null)
    throw new UserError({
      code: 'no-such-run',
      path: options.lineage.path,
      message: `there is no run ${run}`,
      hint: '`streetlight runs` lists them',
    });
  if (row.endReason !== null)
    throw new UserError({
      code: 'run-finished',
      message: `run ${run} has all its ${row.lastTold + 1} births`,
      hint: `\`streetlight show ${run}\` tells what it found`,
    });
  const setup = await setUpStoredRun(row);
  recordResume(options.lineage, run, {
    startedAt: new Date().toISOString(),
    versions: currentVersions(setup.engine),
  });
  return proceed(setup, run, restore(options.lineage, row, setup.controller), options);
}

/** The setup of a stored run, refused where task or engine are no longer those it began with. */
export async function setUpStoredRun(row: RunRow): Promise<RunSetup> {
  const document = parseDocument(row.document, `document of run ${row.run}`);
  if (!document.ok) throw new UserError(document.issues);
  const setup = await setUpRun(document.value, row.seed);
  if (setup.taskDigest !== row.taskDigest) {
    throw new UserError({
      code: 'task-changed',
      message: `the data of task ${setup.task.name} are not those that run ${row.run} began with`,
      hint: 'put the original files back, or launch a new run',
    });
  }
  if (setup.engine.numericClass !== row.numericClass) {
    throw new UserError({
      code: 'engine-changed',
      message: `run ${row.run} began on ${row.numericClass} and this version computes here as ${setup.engine.numericClass}`,
      hint: 'resume with the version and on the kind of machine that launched it, or launch a new run',
    });
  }
  return setup;
}

async function proceed(
  setup: RunSetup,
  run: number,
  from: Restored,
  { lineage, workers, debug, progress, shouldStop }: RunOptions,
): Promise<RunResult> {
  const { evolution } = setup.document;
  const pool = openPool(
    {
      engine: setup.engine.name,
      task: setup.task,
      settings: { ...setup.evaluation, verify: debug ?? false },
    },
    workers === undefined ? {} : { workers },
  );
  const start = performance.now();
  const journal = openJournal(lineage, run);
  let { eventHash } = from;
  let evaluationMs = 0;
  let best: number | null = runSummary(lineage, run).best?.fitness ?? null;
  const report = (told: number) => ({
    births: told,
    total: evolution.births,
    birthsPerSecond: (1000 * (told - from.told)) / (performance.now() - start),
    bestFitness: best,
  });
  try {
    progress.start(report(from.told));
    const told = await drive({
      breeder: breederFrom(setup, from),
      births: evolution.births,
      inFlight: evolution.inFlight,
      told: from.told,
      waiting: from.waiting,
      evaluate: (birth) =>
        pool.evaluate({
          genome: birth.genome,
          seed: evaluationSeed(setup.seed, birth.birthIndex, setup.task),
        }),
      record(event, reply) {
        eventHash = nextEventHash(eventHash, event);
        journal.append(event, eventHash);
        evaluationMs += reply.wallMs;
        if (event.outcome.status !== 'failed' && (best === null || event.outcome.fitness > best))
          best = event.outcome.fitness;
        progress.update(report(event.birth.birthIndex + 1));
      },
      shouldStop,
    });
    journal.close(told === evolution.births ? 'births' : undefined);
    return {
      run,
      told,
      births: evolution.births,
      eventHash,
      workersLost: pool.lost(),
      evaluationMs,
      wallMs: performance.now() - start,
    };
  } finally {
    progress.stop();
    await closeQuietly(pool);
  }
}

function breederFrom({ controller }: RunSetup, from: Restored): Breeder {
  let { population } = from;
  return {
    breed: (birthIndex) => breed(controller, birthIndex, population),
    tell(birth, outcome) {
      const told = tell(population, birth, outcome, controller.evolution.population);
      population = told.population;
      return told.deaths;
    },
  };
}

/** The run's own result or error matters more than how its threads end. */
async function closeQuietly(pool: EvaluationPool): Promise<void> {
  await pool.close().catch(() => {});
}

function currentVersions({ machine }: Engine): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return { streetlight: version, node: process.versions.node, v8: process.versions.v8, ...machine };
}
