/** LIBSVM (svmlight) files: lines of a label and `index:value` pairs with ascending indices from 1; what is not named is 0. Text after # is a comment. */
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, bytesOf, linesOf, readIssue } from './bytes.ts';
import { dealRows, type FileHead, headOf, type Rows, type Shares } from './deal.ts';
import { createGrowing, type Growing, maxRows } from './growing.ts';
import { encodeLabels, type Labels, type TargetKind, untrainedLossOf } from './labels.ts';
import type { Task } from './task.ts';

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
  readonly starts: Float64Array;
  readonly indices: Float64Array;
  readonly values: Float64Array;
  readonly features: number;
  readonly characters: number;
}

export async function readLibsvm(bytes: Bytes, path: string): Promise<Result<Sparse>> {
  const issues: Issue[] = [];
  const labels: string[] = [];
  const [starts, indices, values] = [createGrowing(), createGrowing(), createGrowing()];
  starts.push(0);
  let [features, characters, line] = [0, 0, 0];
  try {
    for await (const text of linesOf(bytes, longestLine)) {
      line += 1;
      characters += text.length + 1;
      const [label, ...pairs] = text
        .split('#', 1)[0]!
        .split(/\s+/)
        .filter((word) => word !== '');
      if (label === undefined) continue;
      const report: Report = (code, message, hint) =>
        void issues.push({ code, path, line, message, ...(hint === undefined ? {} : { hint }) });
      if (!Number.isFinite(Number(label)))
        report('libsvm-label', `the label \`${shortened(label)}\` is not a finite number`);
      features = Math.max(features, readPairs(pairs, indices, values, report));
      labels.push(String(Number(label)));
      starts.push(indices.length);
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
    starts: starts.values(),
    indices: indices.values(),
    values: values.values(),
    features,
    characters,
  });
}

type Report = (code: string, message: string, hint?: string) => void;

/** Appends the entries of one row and gives its last index. Reporting ends at the first bad pair: what follows it is rarely another mistake. */
function readPairs(pairs: readonly string[], indices: Growing, values: Growing, report: Report): number {
  let before = 0;
  for (const pair of pairs) {
    const colon = pair.indexOf(':');
    const [index, value] = [Number(pair.slice(0, colon)), Number(pair.slice(colon + 1))];
    if (
      colon < 1 ||
      colon === pair.length - 1 ||
      !Number.isInteger(index) ||
      index < 1 ||
      !Number.isFinite(value)
    ) {
      report(
        'libsvm-pair',
        `\`${shortened(pair)}\` is not index:value`,
        'indices are whole numbers from 1, values finite numbers',
      );
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

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

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

/** Features are taken as they are. A test file, where given, is `final`. */
export async function openLibsvm(options: LibsvmOptions): Promise<Result<Task>> {
  const { path, test } = options;
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
  const labels = encodeLabels(options.kind, [...own.value.labels, ...(held?.value.labels ?? [])], path);
  if (!labels.ok) return labels;
  const { values, target }: Labels = labels.value;
  const count = own.value.labels.length;
  const dealt = dealRows(
    path,
    rowsOfSparse(own.value, values.subarray(0, count), features),
    held === null ? null : rowsOfSparse(held.value, values.subarray(count), features),
    options,
  );
  if (!dealt.ok) return dealt;
  return ok({
    name: 'libsvm',
    signature: { input: [1, 1, features], target, ...headOf(options.head) },
    splits: dealt.value,
    untrainedLoss: untrainedLossOf(target, dealt.value.train),
  });
}
