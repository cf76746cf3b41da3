/** Whether a training converges linearly: whether the logarithm of its loss falls along a straight line in what it costs, down to where arithmetic ends. */
import { log10 } from '../numerics/elementary.ts';
import { correlation } from './correlation.ts';
import { slopeOf } from './slope.ts';

/** A loss, and what it had cost to come there. */
export interface LossPoint {
  readonly costUnits: number;
  readonly loss: number;
}

/** What the end of a curve of losses shows. */
export interface LinearRate {
  /** Points of the last two thirds, which the line is through. */
  readonly points: number;
  /** Change of log10 of the loss for one cost unit; null for fewer than three points. 0 for a failure. */
  readonly slope: number | null;
  /** Of that line; null without one, where the loss does not change, and for a failure. */
  readonly rSquared: number | null;
  /** The loss where the curve ends, or where arithmetic does, over that of the untrained predictor. 1 for a failure. */
  readonly reached: number;
  /** Whether the training failed before arithmetic ended. */
  readonly isFailure: boolean;
  /** R^2 above 0.98, falling, and that loss below 1e-10 of the untrained one. Null without a line, as where arithmetic ends before the third point: too fast to tell. */
  readonly isLinear: boolean | null;
}

/** Below this share of the untrained loss arithmetic decides what is left. */
const arithmetic = 1e-12;

/** A failed training is as good as none: it goes nowhere, and is never left out. */
const failure: LinearRate = {
  ...{ points: 0, slope: 0, rSquared: null, reached: 1 },
  ...{ isFailure: true, isLinear: false },
};

/**
 * The least a loss can be is taken as 0, so that a network which cannot learn its examples by heart levels off and is not linear. The line ends before the first point where arithmetic ends: that and what follows would bend it.
 * `curve`: ascending in cost; points of one cost are one step and count once. `hasFailed`: the training ended after them by failing, which counts unless arithmetic ended before.
 * @throws RangeError for no points unless it failed, costs that do not ascend, or losses that are no numbers from 0 on.
 */
export function linearRate(curve: readonly LossPoint[], untrained: number, hasFailed: boolean): LinearRate {
  if (curve.length === 0 && !hasFailed) throw new RangeError('a curve needs points');
  curve.forEach(({ costUnits, loss }, i) => {
    if (!(loss >= 0) || !Number.isFinite(loss))
      throw new RangeError(`a loss is a number from 0 on, not ${loss}`);
    if (i > 0 && !(costUnits >= curve[i - 1]!.costUnits)) throw new RangeError('costs must ascend');
  });
  const end = curve.findIndex(({ loss }) => loss <= arithmetic * untrained);
  if (hasFailed && end === -1) return failure;
  const counted = (end === -1 ? curve : curve.slice(0, end)).filter(
    ({ costUnits }, i) => costUnits !== curve[i - 1]?.costUnits,
  );
  const last = curve.at(end)!;
  const tail = counted.filter(({ costUnits }) => 3 * costUnits >= counted.at(-1)!.costUnits);
  const costs = tail.map(({ costUnits }) => costUnits);
  const logs = tail.map(({ loss }) => log10(loss));
  const slope = tail.length < 3 ? null : (slopeOf(costs, logs)?.value ?? null);
  const r = slope === null ? null : correlation(costs, logs);
  const rSquared = r === null ? null : r * r;
  const reached = last.loss / untrained;
  return {
    ...{ points: tail.length, slope, rSquared, reached, isFailure: false },
    isLinear: slope === null ? null : slope < 0 && rSquared !== null && rSquared > 0.98 && reached < 1e-10,
  };
}
