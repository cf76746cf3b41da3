/** Fitness: one number per evaluated genome; higher is better. */
import type { Measurement } from '../engines/engine.ts';
import { log10 } from '../numerics/elementary.ts';

/** Names are stored with runs: permanent. */
export const fitnessNames = ['loss-decades', 'accuracy'] as const;

/** How fitness is made from a held-out measurement. Names stand in documents: permanent. */
export type FitnessName = (typeof fitnessNames)[number];

/** Losses below this count as this: float32 rounding is all that is left there. */
const lossFloor = 1e-12;

const fitnesses = {
  /** log10(untrained loss / loss): decades gained over the predictor that has learned nothing. */
  'loss-decades': (measured, untrainedLoss) => log10(untrainedLoss / Math.max(measured.loss, lossFloor)),
  /** Share of the search split predicted correctly; for classification only. */
  accuracy: (measured) => measured.accuracy ?? Number.NEGATIVE_INFINITY,
} as const satisfies Record<FitnessName, (measured: Measurement, untrainedLoss: number) => number>;

/** Higher is better. `untrainedLoss` is the loss of the untrained predictor on the task. */
export function fitnessOf(name: FitnessName, measured: Measurement, untrainedLoss: number): number {
  return fitnesses[name](measured, untrainedLoss);
}
