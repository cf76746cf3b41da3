/** Curves of the training loss of architectures under one rule on full batches, as cells: the same training again under every budget. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { trainingSeeds } from '../random/stream-names.ts';
import type { LossPoint } from '../statistics/linear-rate.ts';
import { problemSplits } from '../tasks/generate.ts';
import { shareOnce } from '../tasks/open.ts';
import type { CellRequest, CellTrainer, Trained } from './train-cells.ts';

/** An architecture under a rule on one task, from one seed. */
export interface CurvePlace {
  /** Names the streams. */
  readonly block: string;
  /** Where the architecture evolved. */
  readonly own: WorkbenchContent;
  readonly architecture: number;
  readonly rule: number;
  readonly task: number;
  readonly seed: number;
}

/** A curve, and why it ended early where it did. */
export interface LossCurve {
  readonly points: readonly LossPoint[];
  readonly failed: string | null;
}

/** One task in full batches, measured on the examples that train, for so many cost units. Limits leave room for the batch. */
export function fullBatch(own: WorkbenchContent, task: number, costUnits: number): WorkbenchContent {
  const { settings, tasks, ...rest } = own;
  const { train } = tasks[task]!.task.splits;
  const times = Math.max(1, train.count / settings.budget.batchSize);
  const { limits } = settings;
  return {
    ...rest,
    tasks: [shareOnce({ ...tasks[task]!.task, splits: problemSplits(train) })],
    settings: {
      ...settings,
      // No step costs less than one unit, so that steps never end a training, and rules that know how many there are see the same number at every budget.
      budget: { steps: mostUnits, batchSize: train.count, order: 'sequential', costUnits },
      limits: { ...limits, stepFlops: times * limits.stepFlops, bytes: times * limits.bytes },
    },
  };
}

/** The largest budget. */
export const mostUnits = 1_000_000;

/** Budgets at equal distances, the last of them `units`. */
export const budgetsOf = (units: number, points: number): readonly number[] =>
  Array.from({ length: points }, (_, i) => Math.round((units * (i + 1)) / points));

/** In the order of the places. A budget stops a training and changes nothing before that, so that all points are of one training. @throws Interrupted, with what was trained stored. */
export async function lossCurves(
  assay: string,
  trainer: CellTrainer,
  places: readonly CurvePlace[],
  budgets: readonly number[],
): Promise<{ readonly curves: readonly LossCurve[]; readonly trained: readonly Trained[] }> {
  const requests = places.flatMap(({ block, own, architecture, rule, task, seed }) =>
    budgets.map(
      (costUnits): CellRequest => ({
        workbench: fullBatch(own, task, costUnits),
        key: {
          ...{ architecture, rule, task: 0, learningRate: 0, split: 'search' },
          seed: trainingSeeds.assay(assay, block, 'curve', seed),
        },
      }),
    ),
  );
  const trained = await trainer.train('curves', requests);
  const curves = places.map((_, p) => curveOf(trained.slice(p * budgets.length, (p + 1) * budgets.length)));
  return { curves, trained };
}

function curveOf(cells: readonly Trained[]): LossCurve {
  const end = cells.findIndex(({ loss }) => loss === null);
  const whole = end === -1 ? cells : cells.slice(0, end);
  return {
    points: whole.map(({ costUnits, loss }) => ({ costUnits, loss: loss! })),
    failed: cells[end]?.reason ?? null,
  };
}
