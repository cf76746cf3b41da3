/** The column that is to be predicted, as classes, as two labels or as numbers. */
import { fail, ok, type Result } from '../notation/issue.ts';
import { log } from '../numerics/elementary.ts';
import { variance } from './generate.ts';
import type { Examples, Target } from './task.ts';

/** Permanent. */
export const targetKinds = ['classification', 'binary', 'regression'] as const;
export type TargetKind = (typeof targetKinds)[number];

const maxClasses = 1000;

export interface Labels {
  readonly values: Float64Array;
  readonly target: Target;
}

/** Classes in the order of their names, numbers by size, so that row order does not matter. Numbers must have been checked. */
export function encodeLabels(kind: TargetKind, labels: readonly string[], path: string): Result<Labels> {
  if (kind === 'regression')
    return ok({ values: Float64Array.from(labels, Number), target: { kind, outputs: 1 } });
  const names = [...new Set(labels)].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0));
  const most = kind === 'binary' ? 2 : maxClasses;
  if (names.length < 2 || names.length > most)
    return fail([
      {
        code: 'target-classes',
        path,
        message: `the target has ${names.length} different values; ${kind} needs ${kind === 'binary' ? 'exactly 2' : `2 to ${maxClasses}`}`,
        hint: 'for a number to predict write kind: regression',
      },
    ]);
  const indices = new Map(names.map((name, i) => [name, i]));
  return ok({
    values: Float64Array.from(labels, (label) => indices.get(label)!),
    target: kind === 'binary' ? { kind } : { kind, classes: names.length },
  });
}

/** Loss of the predictor that has learned nothing. */
export function untrainedLossOf(target: Target, train: Examples): number {
  if (target.kind === 'classification') return log(target.classes);
  return target.kind === 'binary' ? log(2) : variance(train.targets);
}
