/**
 * The advantage that a rule has from the axes of the parameters: its loss where every weight is seen through random rotations less its loss where none is, in decades. Rules that commute with
 * rotations (gradient descent, momentum) have none; one that looks at single coordinates may have some, which no step size can fake (Maes et al. 2024).
 */
import { mean } from './moments.ts';

/** Scores of one rule on one architecture and task, one for each seed: decades of loss below an untrained predictor, at the rate that is best for the rule in these coordinates. */
export interface RotatedScores {
  readonly plain: readonly number[];
  /** From the same initial networks and batches, each seed with rotations of its own. */
  readonly rotated: readonly number[];
}

/** AAA of one rule: E_Q[l(rotated by Q)] - l(plain), which is the score less the rotated one. @throws RangeError where seeds are not in pairs. */
export function alignment({ plain, rotated }: RotatedScores): number {
  if (plain.length !== rotated.length) throw new RangeError('every seed needs both coordinates');
  return mean(plain) - mean(rotated);
}

/** One architecture on one task: of the rule, and of the one that commutes with rotations. Null where the rotated network cannot be trained here. */
export interface AlignmentCell {
  readonly rule: number | null;
  readonly null: number | null;
}

/** Means over the cells of a population. Null where no cell could be rotated. */
export interface AlignmentMeans {
  readonly cells: number;
  /** Cells that are in no mean. */
  readonly undefined: number;
  readonly alignment: number | null;
  /** Of the rule that commutes with rotations: noise. */
  readonly 'null alignment': number | null;
  /** The first less the second. */
  readonly 'excess alignment': number | null;
}

/** Names of the means, which endpoints of studies use: permanent. */
export const alignmentMeasures = [
  'alignment',
  'null alignment',
  'excess alignment',
] as const satisfies readonly (keyof AlignmentMeans)[];

/** Of one population. */
export function alignmentMeans(cells: readonly AlignmentCell[]): AlignmentMeans {
  const pairs = cells.flatMap(({ rule, null: none }) =>
    rule === null || none === null ? [] : [[rule, none]],
  );
  const over = (of: (pair: readonly number[]) => number) => (pairs.length === 0 ? null : mean(pairs.map(of)));
  return {
    ...{ cells: cells.length, undefined: cells.length - pairs.length },
    alignment: over(([rule]) => rule!),
    'null alignment': over(([, none]) => none!),
    'excess alignment': over(([rule, none]) => rule! - none!),
  };
}
