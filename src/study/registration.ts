/** A study is registered before its runs: what was to be done and how it was to be read, so that a verdict can say whether that is what was done. */
import { flattened } from '../analysis/conditions.ts';
import type { Lineage } from '../lineage/open.ts';
import { type Registration, register, registrationsOf } from '../lineage/registrations.ts';
import { listRuns, type RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import type { Folders } from '../search/task-files.ts';
import { blocksOf, plannedRuns, taskDigests } from './blocks.ts';
import type { ReadStudy } from './document.ts';
import { otherSearches, type StudyRun } from './runs.ts';

/** Of how verdicts are made: measures, tests, the table of outcomes. It grows when any of them does something else. */
export const analysisVersion = 3;

/** What is registered, as plain data. */
interface Registered {
  readonly analysis: number;
  /** The study with every default filled in. */
  readonly document: unknown;
  /** Digests of the data of each block, by its name; not in what version 1 of the analysis registered. */
  readonly data?: Readonly<Record<string, readonly string[]>>;
  /** What each run of the plan is a function of. */
  readonly runs: readonly {
    readonly block: string;
    readonly condition: string;
    readonly documentHash: string;
    readonly seed: string;
  }[];
}

/** The study as a registration keeps it. */
export async function registeredText(study: ReadStudy, folders: Folders): Promise<string> {
  const runs: Registered['runs'][number][] = [];
  const data: Record<string, readonly string[]> = {};
  for (const block of blocksOf(study.document, false)) {
    data[block.name] = await taskDigests(study, block, folders);
    for (const { condition, documentHash, seed } of await plannedRuns(study, block, folders))
      runs.push({ block: block.name, condition, documentHash, seed });
  }
  const registered: Registered = { analysis: analysisVersion, document: study.document, data, runs };
  return JSON.stringify(registered);
}

/**
 * Registers a study. One that is registered as it stands is not registered again.
 * @throws UserError where runs of it were launched already, or nothing is primary.
 */
export async function registerStudy(
  study: ReadStudy,
  { lineage, folders }: { readonly lineage: Lineage; readonly folders: Folders },
  audit: Pick<Registration, 'versions' | 'registeredAt'>,
): Promise<Registration & { readonly isNew: boolean }> {
  const { name, primary } = study.document;
  if (primary === undefined)
    throw new UserError({
      code: 'no-primary',
      message: `study ${name} has no primary endpoint, and that is what a registration is for`,
      hint: 'say in `primary` what the study stands or falls with',
    });
  const content = await registeredText(study, folders);
  const newest = registrationsOf(lineage, name).at(-1);
  if (newest?.content === content) return { ...newest, isNew: false };
  const launched = listRuns(lineage).flatMap(({ run, document, seed }) =>
    isOfStudy(name, document, seed) ? [run] : [],
  );
  if (launched.length > 0)
    throw new UserError({
      code: 'too-late',
      path: lineage.path,
      message: `${launched.length} runs of study ${name} are in this file already (run ${launched[0]} is the first), and a registration comes before them`,
      hint: 'register the study in a new file (--db), before its runs',
    });
  return { ...register(lineage, { study: name, content, ...audit }), isNew: true };
}

/** Whether a run is one of a study of this name, as it is or as it was, and counts: it is none of a pilot. */
function isOfStudy(study: string, document: string, seed: string): boolean {
  const { name } = JSON.parse(document) as { readonly name: string };
  return name.startsWith(`${study}/`) && !/-pilot-\d+(-|$)/.test(seed);
}

/** In what a study that was carried out is not the one that was registered. */
export interface Deviation {
  /** Where it is: a key of the study, a run. */
  readonly at: string;
  readonly what: string;
}

/** Whether it is of the study itself, and not of how far or by what it was carried out. */
export const isOfPlan = ({ at }: Deviation): boolean => !/^run \d+$/.test(at) && at !== carriedOut;

/** What is known of a study's registration. */
export interface RegistrationReport {
  /** Null where the study was not registered. */
  readonly hash: string | null;
  readonly registeredAt: string | null;
  /** How often a study of this name was registered in the file; all but the last were replaced. */
  readonly times: number;
  readonly deviations: readonly Deviation[];
  /** Registered, and carried out and analysed as registered. */
  readonly isConfirmatory: boolean;
}

/** Compares a study, as it is analysed, with its last registration. */
export async function registrationReport(
  study: ReadStudy,
  runs: readonly StudyRun[],
  { lineage, folders }: { readonly lineage: Lineage; readonly folders: Folders },
): Promise<RegistrationReport> {
  const registrations = registrationsOf(lineage, study.document.name);
  const newest = registrations.at(-1);
  const others = otherSearches(runs, lineage).map(
    ({ run, block, condition, differsIn }): Deviation => ({
      at: `run ${run}`,
      what: `left out: it is ${condition} of ${block} as another search, which differs in ${differsIn.join(', ')}`,
    }),
  );
  if (newest === undefined)
    return { hash: null, registeredAt: null, times: 0, deviations: others, isConfirmatory: false };
  const content = await registeredText(study, folders);
  const [then, now] = [newest.content, content].map((text) => JSON.parse(text) as Registered);
  const deviations = [
    ...changes(then!, now!),
    ...others,
    ...runs.flatMap(({ row }) => (row === null ? [] : runDeviations(row, newest))),
    ...openRuns(runs),
    ...classDeviations(runs),
  ];
  return {
    ...{ hash: newest.hash, registeredAt: newest.registeredAt, times: registrations.length, deviations },
    isConfirmatory: deviations.length === 0,
  };
}

function changes(then: Registered, now: Registered): Deviation[] {
  const [before, after] = [flattened(then.document, ''), flattened(now.document, '')];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const ofDocument = keys.flatMap((key): Deviation[] => {
    const [registered, found] = [before[key], after[key]];
    if (registered === found) return [];
    return [{ at: key, what: `registered as ${registered ?? 'nothing'}, analysed as ${found ?? 'nothing'}` }];
  });
  const otherData =
    then.data === undefined
      ? []
      : Object.entries(now.data ?? {}).filter(
          ([block, digests]) =>
            then.data![block] !== undefined && JSON.stringify(then.data![block]) !== JSON.stringify(digests),
        );
  const key = ({ block, condition }: Registered['runs'][number]) => `${condition} of ${block}`;
  const runs = new Map(then.runs.map((run) => [key(run), run]));
  const others = now.runs.filter((run) => {
    const registered = runs.get(key(run));
    return registered !== undefined && registered.documentHash !== run.documentHash;
  });
  return [
    ...ofDocument,
    ...(ofDocument.length > 0 || otherData.length === 0
      ? []
      : [
          {
            at: 'data',
            what: `the tasks of ${otherData.length} blocks, ${otherData[0]![0]} among them, have other data than were registered`,
          },
        ]),
    ...(ofDocument.length > 0 || others.length === 0
      ? []
      : [
          {
            at: 'runs',
            what: `${others.length} of ${now.runs.length} runs come out as other searches than were registered, of the same study: another version, or other data`,
          },
        ]),
    ...(then.analysis === now.analysis
      ? []
      : [
          {
            at: 'analysis',
            what: `registered for version ${then.analysis} of the analysis, analysed by ${now.analysis}`,
          },
        ]),
  ];
}

function runDeviations(
  { run, extensions, createdAt }: RunRow,
  { lastRun, registeredAt }: Registration,
): Deviation[] {
  // A run that was imported came into the file after the registration, and was launched before it.
  const isEarlier = run <= lastRun || Date.parse(createdAt) < Date.parse(registeredAt);
  return [
    ...(isEarlier ? [{ at: `run ${run}`, what: 'launched before the study was registered' }] : []),
    ...(extensions.length === 0
      ? []
      : [{ at: `run ${run}`, what: `extended to ${extensions.at(-1)} births` }]),
  ];
}

/** Where deviations are that concern no part of the plan. */
const carriedOut = 'runs in the file';

/** A study is not what was registered before all of it is there: who stops when the numbers please has chosen them. */
function openRuns(runs: readonly StudyRun[]): Deviation[] {
  const open = runs.filter(({ row }) => row?.endReason == null).length;
  return open === 0 ? [] : [{ at: carriedOut, what: `${open} of ${runs.length} are not over` }];
}

function classDeviations(runs: readonly StudyRun[]): Deviation[] {
  const rows = runs.flatMap(({ row }) => (row === null ? [] : [row]));
  const several = (what: string, of: (row: RunRow) => string): Deviation[] => {
    const found = [...new Set(rows.map(of))];
    return found.length < 2 ? [] : [{ at: carriedOut, what: `${what}: ${found.join(', ')}` }];
  };
  return [
    ...several('computed on several numeric classes', ({ numericClass }) => numericClass),
    ...several('bred by several programs', ({ closed }) => closed?.class.slice(0, 12) ?? 'unknown'),
  ];
}
