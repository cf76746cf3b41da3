/** The assays of a study on its runs: numbers for each block, from trainings outside of selection or from the record itself. */
import type { AskContext } from '../analysis/question.ts';
import { failures, type Stages, stagesOf } from '../assays/scores.ts';
import {
  type CellRequest,
  type CellTrainer,
  openTrainer,
  storedCells,
  type Trained,
} from '../assays/train-cells.ts';
import { workbenchesOf, workbenchOn } from '../assays/workbench.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Folders } from '../search/task-files.ts';
import { type Block, blocksWith, heldOutTasks } from './blocks.ts';
import type { ReadStudy, StudyAssay } from './document.ts';
import type { Benches, Measures } from './kinds/kind.ts';
import { kindOf } from './kinds/table.ts';
import type { StudyRun } from './runs.ts';

/** What an assay gave. */
export interface AssayResult {
  readonly name: string;
  /** In the order of the blocks. */
  readonly blocks: readonly BlockResult[];
  /** Trainings that it rests on, those found in the file among them, and how many failed by reason; null where it trains nothing. */
  readonly cells: { readonly trainings: number; readonly failed: Readonly<Record<string, number>> } | null;
}

/** Of one block. */
export interface BlockResult {
  readonly block: string;
  /** The runs that it compares, in the order of the assay's conditions. */
  readonly runs: readonly number[];
  /** Null with `missing`, which says why. */
  readonly measures: Measures | null;
  readonly missing: string | null;
}

/** What assays need of a study that was carried out. */
export interface AssaysOptions {
  readonly lineage: Lineage;
  readonly folders: Folders;
  readonly context: AskContext;
  /** Default one per core. The numbers do not depend on it. */
  readonly workers?: number | undefined;
  /** Whether cells that are not in the file are trained; else they are refused. */
  readonly mayTrain: boolean;
  /** Told what was asked for in each stage of an assay, and what came of it. */
  readonly watch?: ((cells: WatchedCells) => void) | undefined;
}

/** The trainings of one stage of an assay, those found in the file among them. */
export interface WatchedCells {
  readonly assay: string;
  readonly stage: string;
  readonly requests: readonly CellRequest[];
  /** In the order of the requests. */
  readonly trained: readonly Trained[];
}

/** A block in which all runs of an assay are over. */
interface Complete {
  readonly block: Block;
  /** In the order of the assay's conditions. */
  readonly rows: readonly RunRow[];
}

/** All assays of the study. Blocks with a run that is not over are left out, and say so. @throws UserError where cells are missing that may not be trained; Interrupted. */
export async function assayResults(
  study: ReadStudy,
  runs: readonly StudyRun[],
  options: AssaysOptions,
): Promise<AssayResult[]> {
  const trainer = options.mayTrain
    ? openTrainer(options.lineage, options.context, options.workers)
    : storedCells(options.lineage);
  try {
    const results: AssayResult[] = [];
    for (const [name, assay] of Object.entries(study.document.assays))
      results.push(
        await assayResult(study, name, assay, runs, watchedTrainer(name, trainer, options), options),
      );
    return results;
  } finally {
    await trainer.close();
  }
}

const watchedTrainer = (assay: string, trainer: CellTrainer, { watch }: AssaysOptions): CellTrainer => ({
  ...trainer,
  async train(stage, requests) {
    const trained = await trainer.train(stage, requests);
    watch?.({ assay, stage, requests, trained });
    return trained;
  },
});

async function assayResult(
  study: ReadStudy,
  name: string,
  assay: StudyAssay,
  runs: readonly StudyRun[],
  trainer: CellTrainer,
  options: AssaysOptions,
): Promise<AssayResult> {
  const all = [...new Map(runs.map(({ planned: { block } }) => [block.name, block])).values()];
  const blocks = blocksWith(study.document, assay.conditions, all);
  const found = blocks.map((block): Complete | BlockResult => completeBlock(block, assay, runs));
  const complete = found.flatMap((each) => ('rows' in each ? [each] : []));
  const { values, cells } = await valuesOf(study, assay, complete, trainer, options);
  const results = new Map(complete.map(({ block }, i) => [block.name, values[i]!]));
  return {
    ...{ name, cells },
    blocks: found.map((each) => ('rows' in each ? results.get(each.block.name)! : each)),
  };
}

function completeBlock(
  block: Block,
  { conditions }: StudyAssay,
  runs: readonly StudyRun[],
): Complete | BlockResult {
  const own = conditions.map((condition) =>
    runs.find(({ planned }) => planned.block.name === block.name && planned.condition === condition),
  );
  const rows = own.flatMap((run) => (run?.row?.endReason == null ? [] : [run.row]));
  if (rows.length === conditions.length) return { block, rows };
  const open = conditions.filter((_, i) => own[i]?.row?.endReason == null);
  return {
    block: block.name,
    runs: own.flatMap((run) => (run?.row == null ? [] : [run.row.run])),
    ...{ measures: null, missing: `${open.join(' and ')}: not over` },
  };
}

interface Values {
  readonly values: readonly BlockResult[];
  readonly cells: AssayResult['cells'];
}

async function valuesOf(
  study: ReadStudy,
  assay: StudyAssay,
  blocks: readonly Complete[],
  trainer: CellTrainer,
  { lineage, folders }: AssaysOptions,
): Promise<Values> {
  const kind = kindOf(assay);
  const none = kind.isTrained ? { trainings: 0, failed: {} } : null;
  if (blocks.length === 0) return { values: [], cells: none };
  const opened: Stages[] = [];
  const found = await kind.measure(
    assay,
    blocks.map(({ block, rows }) => ({ name: block.name, rows })),
    {
      lineage,
      benches: () => benchesOf(study, blocks, folders),
      stages(cap) {
        const stages = stagesOf(assay.kind, trainer, cap);
        opened.push(stages);
        return stages;
      },
    },
  );
  const all = opened.flatMap((stages) => stages.all);
  return {
    values: blocks.map(({ block, rows }, i) => ({
      ...{ block: block.name, runs: rows.map(({ run }) => run) },
      ...found[i]!,
    })),
    cells: none && { trainings: all.length, failed: failures(all) },
  };
}

async function benchesOf(
  study: ReadStudy,
  blocks: readonly Complete[],
  folders: Folders,
): Promise<readonly Benches[]> {
  const own = await workbenchesOf(blocks.map(({ rows }) => rows));
  const benches: Benches[] = [];
  for (const [i, { block, rows }] of blocks.entries())
    benches.push({ own: own[i]!, judged: await judgedOn(study, block, rows[0]!, own[i]!, folders) });
  return benches;
}

/** Tasks that no run saw, trained on as the runs did; without such tasks the final split of the own. */
async function judgedOn(
  study: ReadStudy,
  block: Block,
  row: RunRow,
  own: WorkbenchContent,
  folders: Folders,
): Promise<WorkbenchContent> {
  const tasks = heldOutTasks(study, block);
  return tasks.length === 0 ? own : workbenchOn(row, tasks, folders);
}
