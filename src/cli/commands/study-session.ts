/** Carrying a study out: runs, then the trainings of its assays; and what the commands of a study share. */
import type { Lineage } from '../../lineage/open.ts';
import { commandOn } from '../../notation/shell.ts';
import { renderIssue, UserError } from '../../notation/user-error.ts';
import type { Folders } from '../../search/task-files.ts';
import { type AssayResult, type AssaysOptions, assayResults } from '../../study/assays.ts';
import { blocksOf, taskDigests } from '../../study/blocks.ts';
import type { ReadStudy } from '../../study/document.ts';
import { isOfPlan, registrationReport } from '../../study/registration.ts';
import { type OtherSearch, otherSearches, runBlocks, type StudyRun, studyRuns } from '../../study/runs.ts';
import { askContext } from '../ask-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { withLineage } from '../options.ts';
import { type Call, printAnswer } from '../output.ts';

/** Options of the commands of a study. */
export interface Options {
  readonly db: string;
  readonly json?: boolean;
  readonly workers?: number;
  readonly pilot?: boolean;
}

/** A study, what the person typed for it, and where its files are looked for. */
export interface Opened {
  readonly typed: string;
  /** The YAML. */
  readonly text: string;
  readonly study: ReadStudy;
  readonly folders: Folders;
}

/** The runs of its blocks, or of its pilot. */
export const runsOf = ({ study, folders }: Opened, lineage: Lineage, isPilot = false): Promise<StudyRun[]> =>
  studyRuns(study, blocksOf(study.document, isPilot), lineage, folders);

/** What its assays give. */
export const results = (
  { study, folders }: Opened,
  runs: readonly StudyRun[],
  lineage: Lineage,
  how: Pick<AssaysOptions, 'mayTrain' | 'workers' | 'watch'> & { readonly call?: Call },
): Promise<AssayResult[]> =>
  assayResults(study, runs, {
    ...{ lineage, folders, mayTrain: how.mayTrain, workers: how.workers, watch: how.watch },
    context: askContext(how.call ?? silent),
  });

/** For work that trains nothing. */
const silent = { isTerminal: false, colour: false, print: () => {}, note: () => {} };

/** Runs first, if `launches`, and then the trainings of assays. */
export async function carryOut(
  opened: Opened,
  options: Options,
  call: Call,
  launches: boolean,
): Promise<void> {
  const { study, folders } = opened;
  const { db, json, workers, pilot: isPilot = false } = options;
  const { name } = study.document;
  await withLineage(
    db,
    async (lineage) => {
      const before = await runsOf(opened, lineage, isPilot);
      if (before.length === 0)
        throw new UserError({
          code: 'no-pilot',
          message: `study ${name} has no pilot blocks`,
          hint: 'say how many in `pilot`',
        });
      // What assays judge on is opened before the first run: a missing file would be noticed after the last one.
      await taskDigests(study, before[0]!.planned.block, folders);
      if (launches) await refuseOther(opened, before, lineage);
      const context = askContext(call);
      const { isDone, troubles } = launches
        ? await runBlocks(before, { lineage, folders, workers, context })
        : { isDone: true, troubles: [] };
      for (const { block, condition, issues } of troubles)
        for (const issue of issues) call.note(`${condition} of ${block}: ${renderIssue(issue)}`);
      const runs = await runsOf(opened, lineage, isPilot);
      const over = runs.filter(({ row }) => row?.endReason != null).length;
      const isInterrupted = !isDone && troubles.length === 0;
      const assays = isInterrupted
        ? null
        : await results(opened, runs, lineage, { mayTrain: true, workers, call });
      if (json === true)
        printAnswer(call, 'study-run', {
          ...{ study: name, isPilot, runs: runs.length, over },
          troubles: troubles.map(({ issues, ...rest }) => ({
            ...rest,
            issues: issues.map(({ code, message }) => ({ code, message })),
          })),
          assays:
            assays?.map(({ name: assay, blocks }) => ({
              name: assay,
              blocks: blocks.length,
              missing: blocks.filter(({ measures }) => measures === null).length,
            })) ?? null,
        });
      else call.print(closingWords(opened, options, { runs: runs.length, over, isInterrupted }));
      if (troubles.length > 0) call.endWith(exitCodes.failed);
      if (isInterrupted) call.endWith(exitCodes.interrupted);
    },
    'write',
  );
}

function closingWords(
  { typed, study: { document } }: Opened,
  { db, pilot }: Options,
  { runs, over, isInterrupted }: { runs: number; over: number; isInterrupted: boolean },
): string {
  const said = `${over} of ${runs} runs of ${document.name} are over`;
  const which = pilot === true ? ' --pilot' : '';
  if (isInterrupted) return `\nStopped: ${said}. To go on:\n  ${commandOn(db, `study run ${typed}${which}`)}`;
  const next = pilot === true ? `study plan ${typed}` : `study verdict ${typed}`;
  return `\n${said}; what the assays need is trained. What to type next:\n  ${commandOn(db, next)}`;
}

/** A study that is not the one that was begun or registered in this file is not carried on in its name. */
async function refuseOther(
  { study, folders }: Opened,
  runs: readonly StudyRun[],
  lineage: Lineage,
): Promise<void> {
  const { name } = study.document;
  const others = otherSearches(runs, lineage);
  if (others.length > 0) {
    const [{ run, condition, block, differsIn }] = others as [OtherSearch];
    throw new UserError({
      code: 'study-changed',
      path: lineage.path,
      message: `run ${run} is ${condition} of ${block} as another search than study ${name} has there now: they differ in ${listed(differsIn)}${others.length === 1 ? '' : `; and so do ${others.length - 1} more runs of the study`}`,
      hint: 'put the study back as it was, with the version that began it; or carry the changed one out in another file (--db), or under another name',
    });
  }
  const { hash, deviations } = await registrationReport(study, runs, { lineage, folders });
  const changed = deviations.filter(isOfPlan);
  if (hash === null || changed.length === 0) return;
  throw new UserError({
    code: 'study-changed',
    path: lineage.path,
    message: `study ${name} is not the one that was registered in this file: ${listed(changed.map(({ at, what }) => `${at} (${what})`))}`,
    hint: 'put the study back as it was registered, or register the changed one under another name, or in another file',
  });
}

/** The first of many. */
const listed = (items: readonly string[]): string =>
  `${items.slice(0, 12).join('; ')}${items.length > 12 ? `; and ${items.length - 12} more` : ''}`;
