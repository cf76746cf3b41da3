/** The column that is to be predicted, as classes, as two labels or as numbers. */
import { fail, ok, type Result } from '../notation/issue.ts';
import { log } from '../numerics/elementary.ts';
import { variance } from './generate.ts';
import type { Examples, Target } from './task.ts';

export type TargetKind = 'classification' | 'binary' | 'regression';

const maxClasses = 1000;

export interface Labels {
  readonly values: Float64Array;
  readonly target: Target;
}

/** Classes are numbered in the order of their names, so that row order does not matter. Numbers must have been checked. */
export function encodeLabels(kind: TargetKind, labels: readonly string[], path: string): Result<Labels> {
  if (kind === 'regression')
    return ok({ values: Float64Array.from(labels, Number), target: { kind, outputs: 1 } });
  const names = sortedNames(labels);
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

/** By size where all are numbers, else by name: one order for one set of names. */
function sortedNames(labels: readonly string[]): string[] {
  const names = [...new Set(labels)].sort();
  return names.every((name) => name !== '' && Number.isFinite(Number(name)))
    ? names.sort((a, b) => Number(a) - Number(b))
    : names;
}

/** Loss of the predictor that has learned nothing. */
export function untrainedLossOf(target: Target, train: Examples): number {
  if (target.kind === 'classification') return log(target.classes);
  return target.kind === 'binary' ? log(2) : variance(train.targets);
}
