/** The column that is to be predicted, as classes, as two labels or as numbers. */
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { log } from '../numerics/elementary.ts';
import { canonicalDecimal } from './decimal.ts';
import { variance } from './generate.ts';
import { listed } from './quoted.ts';
import type { Examples, Target } from './task.ts';

/** What a column of a file is predicted as. */
export type TargetKind = 'classification' | 'binary' | 'regression';

const maxClasses = 1000;
/** So many classes may have numbers for names, or only a row or two each, without looking like numbers to predict. */
const fewClasses = 20;
/** Issues of one kind that are listed. */
const maxListed = 20;

/** The labels of a file as they stand there, row by row, and the line that each is in. */
export interface LabelColumn {
  readonly path: string;
  readonly labels: readonly string[];
  readonly lines: ArrayLike<number>;
}

/** Labels as numbers: class indices from 0, or what is to be predicted. */
export interface Labels {
  readonly values: Float64Array;
  /** Of the test file. */
  readonly held: Float64Array | null;
  readonly target: Target;
  readonly notes: readonly Issue[];
}

/** One class: how it is written, and where it is first. */
interface Class {
  readonly name: string;
  readonly spellings: Set<string>;
  readonly line: number;
  count: number;
}

/**
 * Labels of a file and, where there is one, of its test file. Classes are those of the file, numbered in the order of their names, so that row order does not
 * matter; numbers that are equal are one class, however they are written. Numbers to predict must have been checked to be numbers.
 * Issues: labels that are missing, that the file has too few or too many of, that look like numbers to predict, or that only the test file has.
 */
export function encodeLabels(kind: TargetKind, own: LabelColumn, held: LabelColumn | null): Result<Labels> {
  if (kind === 'regression')
    return ok({
      values: Float64Array.from(own.labels, Number),
      held: held === null ? null : Float64Array.from(held.labels, Number),
      target: { kind, outputs: 1 },
      notes: [],
    });
  const classes = classesOf(own);
  const issues = [
    ...missingIssues(own, classes),
    ...(held === null ? [] : missingIssues(held, classesOf(held))),
    ...countIssues(kind, own, classes),
  ];
  if (issues.length > 0) return fail(issues);
  const indices = new Map(sortedKeys(classes).map((key, i) => [key, i]));
  const unknown = held === null ? [] : unknownIssues(held, own.path, classes);
  if (unknown.length > 0) return fail(unknown);
  const numbered = ({ labels }: LabelColumn) => {
    const known = new Map<string, number>();
    return Float64Array.from(labels, (label) => {
      const index = known.get(label) ?? indices.get(keyOf(label))!;
      known.set(label, index);
      return index;
    });
  };
  return ok({
    values: numbered(own),
    held: held === null ? null : numbered(held),
    target: kind === 'binary' ? { kind } : { kind, classes: classes.size },
    notes: labelNotes(own, classes),
  });
}

/** One text for what is one label. */
const keyOf = (label: string): string => canonicalDecimal(label) ?? `=${label}`;

const isNumber = (key: string) => !key.startsWith('=');

/** Classes by key, in the order in which they come. */
function classesOf({ labels, lines }: LabelColumn): Map<string, Class> {
  const classes = new Map<string, Class>();
  const known = new Map<string, Class>();
  labels.forEach((label, row) => {
    let found = known.get(label);
    if (found === undefined) {
      const key = keyOf(label);
      found = classes.get(key) ?? { name: label, spellings: new Set(), line: lines[row]!, count: 0 };
      found.spellings.add(label);
      classes.set(key, found);
      known.set(label, found);
    }
    found.count += 1;
  });
  return classes;
}

/** By size where all are numbers, else by name: one order for one set of labels. */
function sortedKeys(classes: ReadonlyMap<string, Class>): string[] {
  const keys = [...classes.keys()];
  const name = (key: string) => [...classes.get(key)!.spellings].sort()[0]!;
  const named = keys.map((key) => ({ key, name: name(key) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (keys.every(isNumber)) named.sort((a, b) => Number(a.name) - Number(b.name));
  return named.map(({ key }) => key);
}

/** What programs write for a value that is not there; the words after these are that, or a class. */
const missing = /^(nan|<na>|#n\/a|\?)$/i;
const perhapsMissing = /^(na|n\/a|null|none|missing|unknown)$/i;

/** Labels that stand for no label: of the words that may be a class, those among numbers. */
function missingIssues({ path, labels, lines }: LabelColumn, classes: ReadonlyMap<string, Class>): Issue[] {
  const others = [...classes].filter(([, { name }]) => !missing.test(name) && !perhapsMissing.test(name));
  const areNumbers = others.length > 0 && others.every(([key]) => isNumber(key));
  const isMissing = (label: string) => missing.test(label) || (areNumbers && perhapsMissing.test(label));
  if (![...classes.values()].some(({ name }) => isMissing(name))) return [];
  const rows = [...labels.keys()].filter((row) => isMissing(labels[row]!));
  return rows.slice(0, maxListed).map((row, i) => ({
    code: 'target-missing',
    path,
    line: lines[row]!,
    message: `the label is \`${labels[row]}\`, which stands for none${
      i === maxListed - 1 && rows.length > maxListed ? `; so in ${rows.length - maxListed} more lines` : ''
    }`,
    hint: 'leave rows without a label out',
  }));
}

function countIssues(
  kind: 'classification' | 'binary',
  { path, labels }: LabelColumn,
  classes: ReadonlyMap<string, Class>,
): Issue[] {
  const { size } = classes;
  const names = [...classes.values()].map(({ name }) => name);
  const most = kind === 'binary' ? 2 : maxClasses;
  const rows = labels.length;
  const areFractions =
    [...classes.keys()].every(isNumber) && names.some((name) => !Number.isInteger(Number(name)));
  const isThin = 2 * size > rows;
  const isContinuous = areFractions && (size > fewClasses || (size > 5 && isThin));
  if (kind === 'classification' && (isContinuous || (size > fewClasses && isThin)))
    return [
      {
        code: areFractions ? 'target-continuous' : 'target-distinct',
        path,
        message: areFractions
          ? `the target has ${size} different values in ${rows} rows, with fractions (${listed(names.slice(0, 3))}): that looks like a number to predict`
          : `the target has ${size} different values in ${rows} rows (${listed(names.slice(0, 3))}): with less than two rows each, nothing can be learned of a class`,
        hint: areFractions
          ? 'write kind: regression; if they are classes, give them names'
          : 'name another column as target; for a number to predict write kind: regression',
      },
    ];
  if (size >= 2 && size <= most) return [];
  return [
    {
      code: 'target-classes',
      path,
      message: `the target has ${size} different value${size === 1 ? '' : 's'} (${listed(names)}); ${kind} needs ${kind === 'binary' ? 'exactly 2' : `2 to ${maxClasses}`}`,
      hint:
        size < 2
          ? 'there is nothing to tell apart: is this the right column?'
          : 'for a number to predict write kind: regression',
    },
  ];
}

/** Labels that only the test file has: nothing can have been learned of them. */
function unknownIssues(held: LabelColumn, path: string, classes: ReadonlyMap<string, Class>): Issue[] {
  const known = [...classes.values()].map(({ name }) => name);
  const strangers = [...classesOf(held)].filter(([key]) => !classes.has(key));
  return strangers.slice(0, maxListed).map(([, { name, line, count }]) => ({
    code: 'target-unknown-label',
    path: held.path,
    line,
    message: `the label \`${name}\` (${count} row${count === 1 ? '' : 's'}) does not occur in ${path}`,
    hint: didYouMean(name, known) ?? `labels there are ${listed(known)}`,
  }));
}

/** What may well be meant, and is told. */
function labelNotes({ path }: LabelColumn, classes: ReadonlyMap<string, Class>): Issue[] {
  const all = [...classes.values()];
  const note = (code: string, line: number, message: string, hint: string): Issue => ({
    ...{ code, path, line, message, hint },
  });
  const byCase = new Map<string, Class[]>();
  for (const each of all) {
    const key = each.name.toLowerCase().replaceAll(/[\s_-]+/g, ' ');
    byCase.set(key, [...(byCase.get(key) ?? []), each]);
  }
  const areNumbers = all.length > fewClasses && [...classes.keys()].every(isNumber);
  return [
    ...(areNumbers
      ? [
          note(
            'target-numbers',
            all[0]!.line,
            `the target has ${all.length} different numbers, and each is a class of its own`,
            'for a number to predict write kind: regression',
          ),
        ]
      : []),
    ...all
      .filter(({ spellings }) => spellings.size > 1)
      .map(({ spellings, line }) =>
        note('target-spellings', line, `${listed([...spellings])} are one class`, 'write a number one way'),
      ),
    ...[...byCase.values()]
      .filter((group) => group.length > 1)
      .map((group) =>
        note(
          'target-alike',
          Math.max(...group.map(({ line }) => line)),
          `${listed(group.map(({ name }) => name))} are classes of their own`,
          'they differ in capitals or blanks only: if they are one, write them one way',
        ),
      ),
    ...all
      .filter(({ name }) => perhapsMissing.test(name))
      .map(({ name, line, count }) =>
        note(
          'target-word',
          line,
          `\`${name}\` is a class, with ${count} row${count === 1 ? '' : 's'}`,
          'leave these rows out if it stands for a label that is missing',
        ),
      ),
    ...all
      .filter(({ count }) => count === 1)
      .slice(0, 3)
      .map(({ name, line }) =>
        note(
          'target-single',
          line,
          `the class \`${name}\` has one row`,
          'it cannot be trained on and measured both; is it a slip of the pen?',
        ),
      ),
  ].slice(0, maxListed);
}

/** Loss of the predictor that has learned nothing: ln K, or the variance of the training targets. In the target's loss. */
export function untrainedLossOf(target: Target, train: Examples): number {
  if (target.kind === 'classification') return log(target.classes);
  return target.kind === 'binary' ? log(2) : variance(train.targets);
}
