/** The assays of a study on its runs: numbers for each block, from trainings outside of selection or from the record itself. */
import type { AskContext } from '../analysis/question.ts';
import { runSource, statisticNamed } from '../analysis/run-statistics.ts';
import { type HomeBlock, homeAdvantageBlocks } from '../assays/home-advantage-blocks.ts';
import { type PanelHome, panelPopulations } from '../assays/panel-cells.ts';
import { panelOf } from '../assays/panel-rules.ts';
import { populationOf } from '../assays/populations.ts';
import { failures, grouped, type Stages, stagesOf } from '../assays/scores.ts';
import {
  type CellRequest,
  type CellTrainer,
  openTrainer,
  storedCells,
  type Trained,
} from '../assays/train-cells.ts';
import { workbenchesOf, workbenchOn } from '../assays/workbench.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { ruleBlock } from '../lineage/blocks.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Folders } from '../search/task-files.ts';
import { documentRule } from '../variation/settings.ts';
import { type Block, heldOutTasks } from './blocks.ts';
import type { ReadStudy, StudyAssay } from './document.ts';
import { homeMeasures, type Measures, panelMeasuresOf } from './measures.ts';
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

type OfKind<Kind extends StudyAssay['kind']> = Extract<StudyAssay, { readonly kind: Kind }>;

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
  const blocks = [...new Map(runs.map(({ planned: { block } }) => [block.name, block])).values()];
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
  options: AssaysOptions,
): Promise<Values> {
  if (assay.kind === 'contrast') return contrasts(assay, blocks, options.lineage);
  if (blocks.length === 0) return { values: [], cells: { trainings: 0, failed: {} } };
  const stages = stagesOf(assay.kind, trainer, assay.cap);
  const measures =
    assay.kind === 'panel'
      ? await panels(study, assay, blocks, stages, options)
      : await homeAdvantages(study, assay, blocks, stages, options);
  return {
    values: blocks.map(({ block, rows }, i) => {
      const result = { block: block.name, runs: rows.map(({ run }) => run) };
      return Object.keys(measures[i]!).length > 0
        ? { ...result, measures: measures[i]!, missing: null }
        : { ...result, measures: null, missing: 'nobody lives, or no rule gets anywhere' };
    }),
    cells: { trainings: stages.all.length, failed: failures(stages.all) },
  };
}

/** Where nobody lives, or no rule gets anywhere on any subject, there is no measure. */
async function panels(
  study: ReadStudy,
  assay: OfKind<'panel'>,
  blocks: readonly Complete[],
  stages: Stages,
  { lineage, folders }: AssaysOptions,
): Promise<Measures[]> {
  const benches = await workbenchesOf(blocks.map(({ rows }) => rows));
  const homes: PanelHome[] = [];
  for (const [i, { block, rows }] of blocks.entries()) {
    const own = benches[i]!;
    const judged = await judgedOn(study, block, rows[0]!, own, folders);
    for (const row of rows)
      homes.push({ block: block.name, population: populationOf(lineage, row), own, judged });
  }
  const panel = panelOf(lineage, assay.panel, assay.rule);
  const found = await panelPopulations(stages, panel, homes, assay);
  return grouped(
    found.map(({ means }) => means),
    blocks.map(({ rows }) => rows.length),
  ).map(panelMeasuresOf);
}

async function homeAdvantages(
  study: ReadStudy,
  { rules, top, seeds, tuningSeeds }: OfKind<'home-advantage'>,
  blocks: readonly Complete[],
  stages: Stages,
  { lineage, folders }: AssaysOptions,
): Promise<Measures[]> {
  const own = await workbenchesOf(blocks.map(({ rows }) => rows));
  const homes: HomeBlock[] = [];
  for (const [i, { block, rows }] of blocks.entries())
    homes.push({
      name: block.name,
      populations: [populationOf(lineage, rows[0]!), populationOf(lineage, rows[1]!)],
      own: own[i]!,
      judged: await judgedOn(study, block, rows[0]!, own[i]!, folders),
    });
  const [first, second] = rules.map((rule) => ruleBlock(lineage, documentRule(rule)));
  const answers = await homeAdvantageBlocks(stages, [first!, second!], homes, { top, seeds, tuningSeeds });
  return answers.map(homeMeasures);
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

/** The first condition less the second in a statistic of runs. */
function contrasts({ statistic }: OfKind<'contrast'>, blocks: readonly Complete[], lineage: Lineage): Values {
  const { of } = statisticNamed(statistic);
  const sources = blocks.flatMap(({ rows }) => rows.map((row) => runSource(lineage, row)));
  const { values } = of(sources, { architecture: '', rule: '' });
  return {
    cells: null,
    values: blocks.map(({ block, rows }, i) => {
      const [first, second] = [values[2 * i]!, values[2 * i + 1]!];
      const missing = [first, second].flatMap((each) => ('missing' in each ? [each.missing] : []))[0];
      const result = { block: block.name, runs: rows.map(({ run }) => run) };
      if (missing !== undefined || 'missing' in first || 'missing' in second)
        return { ...result, measures: null, missing: missing ?? null };
      const measures = { difference: first.value - second.value, first: first.value, second: second.value };
      return { ...result, measures, missing: null };
    }),
  };
}
