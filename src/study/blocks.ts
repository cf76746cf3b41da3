/** Blocks of a study: what all conditions of one share (draws of tasks, founders, streams), and the runs that it consists of. */
import { shapesOn } from '../compiler/compile.ts';
import type { Architecture } from '../genome/architecture/architecture.ts';
import { canonicalArchitecture } from '../genome/architecture/canonical.ts';
import { architectureText } from '../genome/identity.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { documentHash } from '../search/setup.ts';
import { type Folders, locatedTask, withFolders } from '../search/task-files.ts';
import { type SearchDocument, tasksOf } from '../search-space/document.ts';
import { type TaskSpec, taskSchemas } from '../search-space/task-schema.ts';
import { openTask, shareOnce } from '../tasks/open.ts';
import type { Task } from '../tasks/task.ts';
import { sampleFounder } from '../variation/founder.ts';
import { variationSettings } from '../variation/settings.ts';
import type { ReadStudy } from './document.ts';
import type { StudyDocument } from './schema.ts';

/** One repetition of all conditions. */
export interface Block {
  /** Names it among the blocks of the study, and its streams. */
  readonly name: string;
  readonly isPilot: boolean;
  /** From 1 on, among blocks of its sort. */
  readonly number: number;
  /** Of the study. */
  readonly seed: number;
}

/** A run that a study consists of: a function of document and seed, by which it is found in a database. */
export interface PlannedRun {
  readonly block: Block;
  readonly condition: string;
  readonly document: SearchDocument;
  readonly documentHash: string;
  readonly seed: string;
}

/** The blocks that count, or those for looking around. */
export const blocksOf = ({ name, seed, blocks, pilot }: StudyDocument, isPilot: boolean): Block[] =>
  Array.from({ length: isPilot ? pilot : blocks }, (_, i) => ({
    name: `${name}-${seed}-${isPilot ? 'pilot-' : ''}${i + 1}`,
    isPilot,
    number: i + 1,
    seed,
  }));

/** Whether a block has a run of a condition: conditions may be in fewer blocks than there are. */
export const takesPart = (
  { conditions }: StudyDocument,
  condition: string,
  { isPilot, number }: Pick<Block, 'isPilot' | 'number'>,
): boolean => isPilot || number <= (conditions[condition]?.blocks ?? Number.POSITIVE_INFINITY);

/** The blocks in which all of some conditions are: those of an assay. */
export const blocksWith = <Of extends Pick<Block, 'isPilot' | 'number'>>(
  document: StudyDocument,
  conditions: readonly string[],
  blocks: readonly Of[],
): Of[] => blocks.filter((block) => conditions.every((condition) => takesPart(document, condition, block)));

/** Draws of one block, and how many seeds have draws of their own: numbers of draws end at a million. */
const [drawsOfBlock, seedsApart] = [22, 45];

/**
 * Draws of a block: `k` = 0 is what its runs train on, others are for assays. No two blocks of a study share one, and neither do studies whose seeds are fewer than 45 apart;
 * beyond that founders and streams differ, and data come again.
 */
export const drawOf = ({ isPilot, number, seed }: Block, k: number): number =>
  (isPilot ? 900_000 : 0) + 1000 * number + drawsOfBlock * ((seed + seedsApart - 1) % seedsApart) + k;

/** Whether a task has other draws than the one that a document names. */
export const hasDraws = ({ name }: Pick<TaskSpec, 'name'>): boolean =>
  'draw' in taskSchemas[name].shape || 'seed' in taskSchemas[name].shape;

/** A task as another draw of it; one that is read from files is as it is. */
export function drawnTask(spec: TaskSpec, draw: number): TaskSpec {
  const { shape } = taskSchemas[spec.name];
  if ('draw' in shape) return { ...spec, draw } as TaskSpec;
  return 'seed' in shape ? ({ ...spec, seed: draw } as TaskSpec) : spec;
}

/** Tasks that a block's assays judge on: other draws of its own and those that no run sees. None where the study has none. */
export function heldOutTasks({ document: { heldOut }, base }: ReadStudy, block: Block): readonly TaskSpec[] {
  const draws = Array.from({ length: heldOut.draws }, (_, i) => i + 1);
  return [
    ...draws.flatMap((k) => tasksOf(base).map((spec) => drawnTask(spec, drawOf(block, k)))),
    ...heldOut.tasks.map((spec) => drawnTask(spec, drawOf(block, heldOut.draws + 1))),
  ];
}

/** The tasks that all runs of a block train on. */
const ownTasks = (base: SearchDocument, block: Block): TaskSpec[] =>
  tasksOf(base).map((spec) => drawnTask(spec, drawOf(block, 0)));

/** The runs of a block, in the order of the conditions. @throws UserError where a task cannot be opened, or no founder fits it. */
export async function plannedRuns(study: ReadStudy, block: Block, folders: Folders): Promise<PlannedRun[]> {
  const { document, base, searches } = study;
  const architectures = await foundersOf(study, block, folders);
  const own = Object.entries(searches).filter(([condition]) => takesPart(document, condition, block));
  return own.map(([condition, search]) => {
    const { task: _task, tasks: _tasks, ...rest } = search;
    const planned: SearchDocument = {
      ...rest,
      name: `${document.name}/${condition}`,
      tasks: ownTasks(base, block),
      founders: { ...search.founders, architectures, mutations: [0, 0] },
    };
    const isShared = document.conditions[condition]!.seeds === 'shared';
    return {
      ...{ block, condition, document: planned, documentHash: documentHash(planned) },
      seed: isShared ? block.name : `${block.name}-${condition}`,
    };
  });
}

/** Founders drawn anew for one that does not fit a task, before the tasks are said not to fit. */
const tries = 100;

/** The architectures of a block's founders, grown as the base of the study says: the same in all conditions, whatever these let evolve. */
async function foundersOf({ base }: ReadStudy, block: Block, folders: Folders): Promise<string[]> {
  const tasks = await openedTasks(ownTasks(base, block), folders);
  const settings = variationSettings(base, tasks[0]!.signature.input);
  const fits = (architecture: Architecture) =>
    tasks.every(({ signature }) => shapesOn(architecture, signature).ok);
  return Array.from({ length: base.evolution.population }, (_, i) => {
    const random = stream(streamNames.studyFounder(block.name, i));
    for (let attempt = 0; attempt < tries; attempt++) {
      const { genome } = sampleFounder(settings, base.founders.mutations, ['architecture'], random);
      if (fits(genome.architecture)) return architectureText(canonicalArchitecture(genome.architecture));
    }
    throw new UserError({
      code: 'founder-misfit',
      message: `of ${tries} founders none fits all tasks of block ${block.name}`,
      hint: 'let founders.architectures of `base` be such as fit every task',
    });
  });
}

/** Digests of the data of a block: of the tasks that its runs train on, and of those that assays judge on. @throws UserError where one cannot be opened. */
export async function taskDigests(study: ReadStudy, block: Block, folders: Folders): Promise<string[]> {
  const specs = [...ownTasks(study.base, block), ...heldOutTasks(study, block)];
  return (await openedTasks(specs, folders)).map((task) => shareOnce(task).digest);
}

async function openedTasks(specs: readonly TaskSpec[], folders: Folders): Promise<Task[]> {
  const opened = await Promise.all(specs.map((spec) => openTask(locatedTask(spec, folders))));
  const issues = opened.flatMap((task, i) =>
    task.ok ? [] : task.issues.map((issue) => withFolders(issue, specs[i]!, folders)),
  );
  if (issues.length > 0) throw new UserError(issues);
  return opened.flatMap((task) => (task.ok ? [task.value] : []));
}
