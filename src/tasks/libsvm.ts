/** LIBSVM (svmlight) files: lines of a label and `index:value` pairs with ascending indices from 1; what is not named is 0. Text after # is a comment. */
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, bytesOf, readIssue } from './bytes.ts';
import type { FileHead, Rows, Shares } from './deal.ts';
import { decimalValue } from './decimal.ts';
import { fileTask } from './file-task.ts';
import { createGrowing, type Growing, maxRows } from './growing.ts';
import { encodeLabels, type TargetKind } from './labels.ts';
import { shortened } from './quoted.ts';
import type { Task } from './task.ts';
import { linesOf } from './text-lines.ts';

/** Options of the task `libsvm`: see its schema. */
export interface LibsvmOptions extends Shares {
  readonly path: string;
  readonly test?: string | undefined;
  readonly kind: TargetKind;
  readonly head: FileHead;
}

const maxIssues = 20;
const longestLine = 1 << 22;
/** Absent features take room once they are written out: at most so many numbers, and so many for each character of the file. */
const freeNumbers = 1 << 20;
const numbersPerCharacter = 64;
const maxNumbers = 268_435_456;

/** Rows as the file has them: row i has the entries from `starts[i]` to `starts[i + 1]`. */
export interface Sparse {
  readonly labels: readonly string[];
  /** The line of each row. */
  readonly lines: Float64Array;
  readonly starts: Float64Array;
  readonly indices: Float64Array;
  readonly values: Float64Array;
  readonly features: number;
  readonly characters: number;
}

/** Issues: labels and pairs that are none, up to a limit, each with its line; too many rows; none; text that is none. */
export async function readLibsvm(bytes: Bytes, path: string): Promise<Result<Sparse>> {
  const issues: Issue[] = [];
  const labels: string[] = [];
  const [lines, starts, indices, values] = [
    createGrowing(),
    createGrowing(),
    createGrowing(),
    createGrowing(),
  ];
  starts.push(0);
  let [features, characters, line] = [0, 0, 0];
  const take = (text: string) => {
    const [label, ...pairs] = text
      .split('#', 1)[0]!
      .split(/\s+/)
      .filter((word) => word !== '');
    if (label === undefined) return;
    const report: Report = (code, message, hint) => void issues.push({ code, path, line, message, hint });
    if (Number.isNaN(decimalValue(label)))
      report(
        'libsvm-label',
        `the label \`${shortened(label)}\` is not a finite number`,
        label.includes(':') ? 'a line begins with its label, and this one with a pair' : labelHint(label),
      );
    features = Math.max(features, readPairs(pairs, indices, values, report));
    labels.push(label);
    lines.push(line);
    starts.push(indices.length);
  };
  try {
    for await (const batch of linesOf(bytes, longestLine))
      for (const text of batch) {
        line += 1;
        characters += text.length + 1;
        take(text);
        if (issues.length >= maxIssues) return fail(issues.slice(0, maxIssues));
        if (labels.length > maxRows)
          return fail([{ code: 'libsvm-too-long', path, message: `the file has more than ${maxRows} rows` }]);
      }
  } catch (error) {
    return fail([...issues, readIssue(error, path)]);
  }
  if (issues.length > 0) return fail(issues);
  if (labels.length === 0 || features === 0)
    return fail([{ code: 'libsvm-empty', path, message: 'the file has no rows with features' }]);
  return ok({
    labels,
    lines: lines.values(),
    starts: starts.values(),
    indices: indices.values(),
    values: values.values(),
    features,
    characters,
  });
}

const labelHint = (label: string) =>
  label.includes(',')
    ? 'one label for each row is read; is this a CSV file?'
    : 'labels are numbers; leave rows without one out';

type Report = (code: string, message: string, hint: string) => void;

/** Features are not standardised, and the engines compute in single precision. */
const largestValue = 3e38;

/** Appends the entries of one row and gives its last index. Reporting ends at the first bad pair: what follows it is rarely another mistake. */
function readPairs(pairs: readonly string[], indices: Growing, values: Growing, report: Report): number {
  let before = 0;
  for (const pair of pairs) {
    const colon = pair.indexOf(':');
    const [key, text] = [pair.slice(0, colon), pair.slice(colon + 1)];
    const [index, value] = [Number(key), decimalValue(text)];
    if (colon < 1 || !/^\d{1,15}$/.test(key) || index < 1 || !(Math.abs(value) <= largestValue)) {
      report('libsvm-pair', `\`${shortened(pair)}\` is not index:value`, pairHint(key, index));
      break;
    }
    if (index <= before) {
      report('libsvm-order', `index ${index} comes after ${before}`, 'indices ascend within a line');
      break;
    }
    indices.push(index - 1);
    values.push(value);
    before = index;
  }
  return before;
}

const pairHint = (key: string, index: number) =>
  key === 'qid'
    ? 'files for ranking, with qid, are not read'
    : index === 0 && key !== ''
      ? 'indices are whole numbers from 1: these seem to begin with 0'
      : 'indices are whole numbers from 1, values finite numbers below 3e38';

/** Whether the rows may be written out in full. */
export function denseIssue({ labels, characters }: Sparse, features: number, path: string): Issue | null {
  const numbers = labels.length * features;
  return numbers <= Math.min(maxNumbers, freeNumbers + numbersPerCharacter * characters)
    ? null
    : {
        code: 'libsvm-too-wide',
        path,
        message: `${labels.length} rows of ${features} features are ${numbers} numbers when written out`,
        hint: 'drop rare features, or number them from 1 without gaps',
      };
}

/** Rows written out in full, with a label each; `features` is their width. */
export function rowsOfSparse(
  { starts, indices, values }: Sparse,
  labels: Float64Array,
  features: number,
): Rows {
  return {
    count: labels.length,
    width: { inputs: features, targets: 1 },
    copy(row, input, target) {
      input.fill(0);
      for (let k = starts[row]!; k < starts[row + 1]!; k++) input[indices[k]!] = values[k]!;
      target[0] = labels[row]!;
    },
  };
}

/**
 * Features are taken as they are. A test file, where given, is `final`.
 * Issues: all that `readLibsvm`, `denseIssue`, `encodeLabels` and `fileTask` refuse.
 */
export async function openLibsvm(options: LibsvmOptions): Promise<Result<Task>> {
  const { path, test, kind } = options;
  const [own, held] = await Promise.all([
    readLibsvm(bytesOf(path), path),
    test === undefined ? null : readLibsvm(bytesOf(test), test),
  ]);
  if (!own.ok || (held !== null && !held.ok))
    return fail([...(own.ok ? [] : own.issues), ...(held === null || held.ok ? [] : held.issues)]);
  const features = Math.max(own.value.features, held?.value.features ?? 0);
  const wide = [
    denseIssue(own.value, features, path),
    held === null ? null : denseIssue(held.value, features, test!),
  ].filter((issue) => issue !== null);
  if (wide.length > 0) return fail(wide);
  const encoded = encodeLabels(
    kind,
    { ...own.value, path },
    held === null ? null : { ...held.value, path: test! },
  );
  if (!encoded.ok) return encoded;
  const { values, held: heldValues, target, notes } = encoded.value;
  return fileTask({
    name: 'libsvm',
    ...{ path, test, options, target },
    own: rowsOfSparse(own.value, values, features),
    held: held === null ? null : rowsOfSparse(held.value, heldValues!, features),
    input: [1, 1, features],
    notes: [...notes, ...untrainedFeatures(own.value.features, features, test)],
  });
}

/** Features that only the test file has are 0 in all that is trained on. */
const untrainedFeatures = (own: number, all: number, test: string | undefined): Issue[] =>
  own === all
    ? []
    : [
        {
          code: 'libsvm-untrained-features',
          path: test!,
          message: `indices ${own + 1} to ${all} do not occur in the training file: nothing is learned of them`,
        },
      ];
