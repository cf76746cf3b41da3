/** The runs of a study in a database: found by what they are a function of, launched and resumed side by side, block after block. */
import { flattened } from '../analysis/conditions.ts';
import type { AskContext } from '../analysis/question.ts';
import { openPool } from '../dispatch/pool.ts';
import type { Lineage } from '../lineage/open.ts';
import { listRuns, plannedBirths, type RunRow } from '../lineage/runs.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { unknownBreeding } from '../search/closed-document.ts';
import { launch, type RunResult, resume, setUpStoredRun } from '../search/run.ts';
import { type RunSetup, setUpRun } from '../search/setup.ts';
import type { Folders } from '../search/task-files.ts';
import { type Block, type PlannedRun, plannedRuns } from './blocks.ts';
import type { ReadStudy } from './document.ts';

/** A run of the plan, and the row that it is; null before it was launched. */
export interface StudyRun {
  readonly planned: PlannedRun;
  readonly row: RunRow | null;
}

/**
 * The runs of blocks, in the order of the plan. A run is known by its document and seed, so that whoever launched it did what the study would have done; of several that are
 * the same the first that is over counts, else the first.
 */
export async function studyRuns(
  study: ReadStudy,
  blocks: readonly Block[],
  lineage: Lineage,
  folders: Folders,
): Promise<StudyRun[]> {
  const rows = new Map<string, RunRow>();
  for (const row of listRuns(lineage)) {
    const key = identity(row);
    const before = rows.get(key);
    if (before === undefined || (before.endReason === null && row.endReason !== null)) rows.set(key, row);
  }
  const all: StudyRun[] = [];
  for (const block of blocks)
    for (const planned of await plannedRuns(study, block, folders))
      all.push({ planned, row: rows.get(identity(planned)) ?? null });
  return all;
}

/** A run of the study's name, condition and seed that is another search than the study has there now. */
export interface OtherSearch {
  readonly run: number;
  readonly block: string;
  readonly condition: string;
  /** Places at which the documents differ, such as `evolution.births`. */
  readonly differsIn: readonly string[];
}

/** Runs that stand in the place of runs of the plan: of the study as it was before it was changed, or as another version grew its founders. */
export function otherSearches(runs: readonly StudyRun[], lineage: Lineage): OtherSearch[] {
  const places = new Map(runs.map(({ planned }) => [placeOf(planned.document.name, planned.seed), planned]));
  return listRuns(lineage).flatMap(({ run, document, documentHash, seed }): OtherSearch[] => {
    const stored = JSON.parse(document) as { readonly name: string };
    const planned = places.get(placeOf(stored.name, seed));
    if (planned === undefined || planned.documentHash === documentHash) return [];
    const [then, now] = [stored, planned.document].map((each) => flattened(each, ''));
    const keys = [...new Set([...Object.keys(then!), ...Object.keys(now!)])].sort();
    return [
      {
        ...{ run, block: planned.block.name, condition: planned.condition },
        differsIn: keys.filter((key) => then![key] !== now![key]),
      },
    ];
  });
}

const placeOf = (name: string, seed: string): string => `${name} ${seed}`;

const identity = ({ documentHash, seed }: { readonly documentHash: string; readonly seed: string }): string =>
  `${documentHash} ${seed}`;

/** Why a run could not go on; the others did. */
export interface Trouble {
  readonly block: string;
  readonly condition: string;
  readonly run: number | null;
  readonly issues: readonly Issue[];
}

/** How far a session of a study came. */
export interface RunsResult {
  /** Whether every run is over. */
  readonly isDone: boolean;
  readonly troubles: readonly Trouble[];
}

/** What a session of a study needs besides the study. */
export interface RunsOptions {
  readonly lineage: Lineage;
  readonly folders: Folders;
  /** Default one per core. The runs do not depend on it. */
  readonly workers?: number | undefined;
  readonly context: AskContext;
}

/** Launches what was not, goes on with what is not over. All runs of a block are under way at once, on one evaluator; blocks follow one another. */
export async function runBlocks(
  runs: readonly StudyRun[],
  { lineage, folders, workers, context }: RunsOptions,
): Promise<RunsResult> {
  const told = new Map<StudyRun, number>(runs.map((run) => [run, (run.row?.lastTold ?? -1) + 1]));
  const total = runs.reduce((sum, run) => sum + birthsOf(run), 0);
  const work = context.begin('births', total);
  const report = () =>
    work.update(
      [...told.values()].reduce((sum, births) => sum + births, 0),
      total,
    );
  const evaluator = openPool({ workers });
  const troubles: Trouble[] = [];
  let isDone = true;
  try {
    report();
    for (const block of byBlock(runs)) {
      if (work.shouldStop()) return { isDone: false, troubles };
      const sessions = await Promise.all(block.map((run) => sessionOf(run, folders)));
      const ended = await Promise.allSettled(
        sessions.map((session, i) => {
          if (session.kind !== 'ready') return null;
          const options = {
            ...{ lineage, evaluator, shouldStop: work.shouldStop },
            progress: {
              start: () => {},
              stop: () => {},
              update: ({ births }: { readonly births: number }) => {
                told.set(block[i]!, births);
                report();
              },
            },
          };
          return session.run === null
            ? launch(session.setup, options)
            : resume(session.setup, session.run, options);
        }),
      );
      block.forEach((run, i) => {
        const trouble = troubleOf(run, sessions[i]!, ended[i]!);
        if (trouble !== null) troubles.push(trouble);
        const result = ended[i]!;
        if (trouble !== null || isUnfinished(result)) isDone = false;
      });
    }
    return { isDone, troubles };
  } finally {
    work.end();
    await evaluator.close();
  }
}

const birthsOf = ({ planned, row }: StudyRun): number =>
  row === null ? planned.document.evolution.births : plannedBirths(row);

function byBlock(runs: readonly StudyRun[]): StudyRun[][] {
  const blocks = new Map<string, StudyRun[]>();
  for (const run of runs) {
    const { name } = run.planned.block;
    blocks.set(name, [...(blocks.get(name) ?? []), run]);
  }
  return [...blocks.values()];
}

type Session =
  | { readonly kind: 'over' }
  | { readonly kind: 'ready'; readonly run: number | null; readonly setup: RunSetup }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] };

/** What is to be done for a run; a refusal concerns it alone. */
async function sessionOf({ planned, row }: StudyRun, folders: Folders): Promise<Session> {
  if (row?.endReason != null) return { kind: 'over' };
  if (row !== null && row.closed === null)
    return { kind: 'refused', issues: unknownBreeding(row.run).issues };
  try {
    const setup =
      row === null
        ? await setUpRun(planned.document, planned.seed, undefined, folders)
        : await setUpStoredRun(row);
    return { kind: 'ready', run: row?.run ?? null, setup };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'refused', issues: error.issues };
  }
}

/** @throws what the run threw where it is no refusal: a disk that is full, a defect of ours. */
function troubleOf(
  { planned: { block, condition }, row }: StudyRun,
  session: Session,
  ended: PromiseSettledResult<RunResult | null>,
): Trouble | null {
  const trouble = (issues: readonly Issue[]): Trouble => ({
    ...{ block: block.name, condition, run: row?.run ?? null, issues },
  });
  if (session.kind === 'refused') return trouble(session.issues);
  if (ended.status === 'fulfilled') return null;
  if (!(ended.reason instanceof UserError)) throw ended.reason;
  return trouble(ended.reason.issues);
}

const isUnfinished = (ended: PromiseSettledResult<RunResult | null>): boolean =>
  ended.status === 'fulfilled' && ended.value !== null && ended.value.endReason === null;
