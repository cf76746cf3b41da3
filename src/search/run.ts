/** Launch and resume: the composition root. The only place that knows tasks, pool, controller and database at once. */
import { readFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import type { EvaluationReply, Evaluator } from '../dispatch/evaluator.ts';
import { openPool } from '../dispatch/pool.ts';
import type { Engine } from '../engines/engine.ts';
import { breed, tell } from '../evolution/controller.ts';
import { nextEventHash } from '../evolution/event-hash.ts';
import { packageRoot } from '../genome/known.ts';
import { createRun, openJournal, recordResume } from '../lineage/journal.ts';
import type { Lineage } from '../lineage/open.ts';
import { findRun, type RunRow, runSummary } from '../lineage/runs.ts';
import { commandOn } from '../notation/shell.ts';
import { UserError } from '../notation/user-error.ts';
import { documentText } from '../search-space/document.ts';
import { mostBirths } from '../search-space/evolution-schema.ts';
import { locateByKey } from '../search-space/place.ts';
import { closeDocument, requireSameBreeding, storedDocument } from './closed-document.ts';
import { type Breeder, drive } from './drive.ts';
import type { Progress } from './progress.ts';
import { beginning, type Restored, restore } from './restore.ts';
import { documentHash, type RunSetup, requireSameTasks, setUpRun, workbenchOf } from './setup.ts';

/** What a session of a run has besides its setup: where it writes, who watches and who may stop it. */
export interface RunOptions {
  readonly lineage: Lineage;
  /** Threads of the evaluator that the run opens for itself; default one per core. */
  readonly workers?: number | undefined;
  /** Evaluates for this run beside others, and stays open after it. Without one the run opens its own and closes it. */
  readonly evaluator?: Evaluator | undefined;
  /** Check what the compiler promises, on every genome. */
  readonly debug?: boolean | undefined;
  readonly progress: Progress;
  /** Asked before each wait for a birth: true ends the session after the birth in hand. */
  shouldStop(): boolean;
  /** Ends the session at once: evaluations in hand are given up, and `resume` makes them again. */
  readonly stopNow?: AbortSignal | undefined;
}

/** All births are told, or the cost units are spent. Stored in databases: permanent. */
export type EndReason = 'births' | 'cost-units';

/** How a session of a run ended. */
export interface RunResult {
  readonly run: number;
  readonly told: number;
  readonly births: number;
  /** Why the run is over; null where it was interrupted. */
  readonly endReason: EndReason | null;
  readonly eventHash: string;
  readonly workersLost: number;
  /** Wall time and CPU time in workers, and wall time of the whole loop. */
  readonly evaluationMs: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Starts a new run in the lineage database. */
export async function launch(setup: RunSetup, options: RunOptions): Promise<RunResult> {
  const { document, seed, taskDigest, runTasks: tasks, engine } = setup;
  const versions = currentVersions(engine);
  const run = createRun(
    options.lineage,
    {
      document: documentText(document),
      documentHash: documentHash(document),
      seed,
      numericClass: engine.numericClass,
      taskDigest,
      tasks,
      closed: closeDocument(document, setup.folder),
      versions,
    },
    { startedAt: new Date().toISOString(), versions },
  );
  return proceed(setup, run, beginning, options);
}

/**
 * Goes on with an interrupted run, exactly as it would have gone on. `setup` is that of the stored run. With `births` the run is extended first: it goes on as if it had been
 * launched with so many.
 */
export async function resume(
  setup: RunSetup,
  run: number,
  options: RunOptions & { readonly births?: number | undefined },
): Promise<RunResult> {
  const { births } = options;
  const row = births === undefined ? unfinishedRun(options.lineage, run) : storedRun(options.lineage, run);
  requireSameBreeding(row);
  if (births !== undefined) requireExtendable(row, births);
  const audit = { startedAt: new Date().toISOString(), versions: currentVersions(setup.engine) };
  recordResume(options.lineage, run, audit, births);
  return proceed(setup, run, restore(options.lineage, row, setup.controller), options);
}

/** @throws UserError where there is none. */
function storedRun(lineage: Lineage, run: number): RunRow {
  const row = findRun(lineage, run);
  if (row === null)
    throw new UserError({
      code: 'no-such-run',
      path: lineage.path,
      message: `there is no run ${run}`,
      hint: `\`${commandOn(lineage.path, 'runs')}\` lists them`,
    });
  return row;
}

/** @throws UserError where the run is over, or there is none. */
function unfinishedRun(lineage: Lineage, run: number): RunRow {
  const row = storedRun(lineage, run);
  if (row.endReason !== null)
    throw new UserError({
      code: 'run-finished',
      message: `run ${run} is over after ${row.lastTold + 1} births (${row.endReason})`,
      hint: `\`${commandOn(lineage.path, `show ${run}`)}\` tells what it found`,
    });
  return row;
}

/** How many births a run is to have: those of its document, or of its last extension. */
export const birthsOf = (row: Pick<RunRow, 'run' | 'document' | 'extensions'>): number =>
  row.extensions.at(-1) ?? storedDocument(row).evolution.births;

/** @throws UserError where a run cannot be given so many births. */
export function requireExtendable(row: RunRow, births: number): void {
  const told = row.lastTold + 1;
  const planned = birthsOf(row);
  const refuse = (message: string, hint: string) => new UserError({ code: 'not-extendable', message, hint });
  if (row.endReason !== null && row.endReason !== 'births')
    throw refuse(
      `run ${row.run} is over after ${told} births for another reason (${row.endReason}), and more births do not change that`,
      'launch a new run with a higher bound',
    );
  if (births > mostBirths)
    throw refuse(
      `a run has at most ${mostBirths} births, and --births ${births} asks for more`,
      'launch several runs, each with a seed of its own',
    );
  if (births <= told)
    throw refuse(
      `run ${row.run} has ${told} births already, and --births ${births} asks for no more`,
      `--births is how many the run has in all: give more than ${told}`,
    );
  if (births <= planned)
    throw refuse(
      `run ${row.run} is to have ${planned} births as it is, and --births ${births} asks for no more`,
      `leave --births out to go on to ${planned}`,
    );
}

/**
 * The setup of a stored run, refused where it would not be the same search: another breeding, other data, another engine. `births` extends it.
 * @throws UserError with what is different.
 */
export async function setUpStoredRun(row: RunRow, births?: number): Promise<RunSetup> {
  requireSameBreeding(row);
  if (births !== undefined) requireExtendable(row, births);
  const launched = storedDocument(row);
  const extended = { ...launched.evolution, births: births ?? birthsOf(row) };
  const here = process.cwd();
  const folders = { launch: row.closed?.folder ?? here, other: here };
  const setup = await setUpRun({ ...launched, evolution: extended }, row.seed, locateByKey, folders);
  requireSameTasks(row, setup);
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
  { lineage, workers, evaluator, debug, progress, shouldStop, stopNow }: RunOptions,
): Promise<RunResult> {
  const { evolution } = setup.document;
  const door = evaluator ?? openPool({ workers });
  const workbench = door.register(workbenchOf(setup, debug));
  const label = `run ${run} in ${resolvePath(lineage.path)}`;
  const giveUp = () => door.cancel(label);
  stopNow?.addEventListener('abort', giveUp);
  const start = performance.now();
  const journal = openJournal(lineage, run);
  let { eventHash, costUnits } = from;
  const isTimed =
    setup.document.evaluation.hurdles !== undefined || setup.document.evaluation.cache !== undefined;
  const isSpent = () => evolution.costUnits !== undefined && costUnits >= evolution.costUnits;
  let evaluationMs = 0;
  let cpuMs = 0;
  let workersLost = 0;
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
      evaluate: ({ plan }) => door.evaluate({ workbench, run: label, runSeed: setup.seed, plan }),
      record(event, reply) {
        eventHash = nextEventHash(eventHash, event);
        journal.append(event, eventHash, isTimed ? timingOf(reply) : undefined);
        costUnits += event.outcome.costUnits;
        evaluationMs += reply.wallMs;
        cpuMs += reply.cpuMs ?? 0;
        workersLost += reply.workersLost ?? 0;
        if (event.outcome.status !== 'failed' && (best === null || event.outcome.fitness > best))
          best = event.outcome.fitness;
        progress.update(report(event.birth.birthIndex + 1));
      },
      shouldStop: () => isSpent() || shouldStop(),
    });
    const endReason = told === evolution.births ? 'births' : isSpent() ? 'cost-units' : null;
    journal.close(endReason ?? undefined);
    return {
      run,
      told,
      births: evolution.births,
      endReason,
      eventHash,
      workersLost,
      evaluationMs,
      cpuMs,
      wallMs: performance.now() - start,
    };
  } finally {
    progress.stop();
    stopNow?.removeEventListener('abort', giveUp);
    giveUp();
    if (evaluator === undefined) await closeQuietly(door);
  }
}

function breederFrom({ controller }: RunSetup, from: Restored): Breeder {
  let { state } = from;
  return {
    breed: (birthIndex) => breed(controller, birthIndex, state),
    tell(birth, outcome) {
      const told = tell(controller, state, birth, outcome);
      state = told.state;
      return told.deaths;
    },
  };
}

const timingOf = ({ cpuMs = 0, probeMs = 0 }: EvaluationReply) => ({ cpuMs, probeMs });

/** The run's own result or error matters more than how its threads end. */
async function closeQuietly(evaluator: Evaluator): Promise<void> {
  await evaluator.close().catch(() => {});
}

/** Of the program, Node and what trains: for audits. */
export function currentVersions({ machine }: Engine): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return { streetlight: version, node: process.versions.node, v8: process.versions.v8, ...machine };
}
