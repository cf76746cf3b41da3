/** A CSV file as a task: numeric columns in, one column out. */
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { bytesOf } from './bytes.ts';
import type { TableOptions } from './csv-header.ts';
import { readCsv, type Table } from './csv-table.ts';
import type { FileHead, Rows, Shares } from './deal.ts';
import { fileTask } from './file-task.ts';
import { encodeLabels } from './labels.ts';
import { listed } from './quoted.ts';
import { standardise } from './standardise.ts';
import type { Task } from './task.ts';

/** Options of the task `csv`: see its schema. */
export interface CsvOptions extends Shares, TableOptions {
  readonly path: string;
  readonly test?: string | undefined;
  readonly head: FileHead;
}

/**
 * Features get the training split's mean 0 and deviation 1. A test file, where given, has the same columns and is `final`.
 * Issues: all that `readCsv`, `encodeLabels` and `fileTask` refuse.
 */
export async function openCsv(options: CsvOptions): Promise<Result<Task>> {
  const { path, test } = options;
  const [own, held] = await Promise.all([
    readCsv(bytesOf(path), path, options),
    test === undefined ? null : readCsv(bytesOf(test), test, options),
  ]);
  if (!own.ok || (held !== null && !held.ok))
    return fail([...(own.ok ? [] : own.issues), ...(held === null || held.ok ? [] : held.issues)]);
  const { columns, features } = own.value;
  if (held !== null) {
    const problem = columnIssue(columns, held.value.columns, path, test!);
    if (problem !== null) return fail([problem]);
  }
  const encoded = encodeLabels(
    options.kind,
    { path, labels: own.value.targets, lines: own.value.lines },
    held === null ? null : { path: test!, labels: held.value.targets, lines: held.value.lines },
  );
  if (!encoded.ok) return encoded;
  const { values, held: heldValues, target, notes } = encoded.value;
  const task = fileTask({
    name: 'csv',
    ...{ path, test, options, target },
    own: rowsOfTable(own.value, values),
    held: held === null ? null : rowsOfTable(held.value, heldValues!),
    input: [1, 1, features.length],
    notes: [...own.value.notes, ...(held?.value.notes ?? []), ...notes],
  });
  return task.ok ? standardised(task.value, features, path) : task;
}

function columnIssue(
  columns: readonly string[],
  held: readonly string[],
  path: string,
  test: string,
): Issue | null {
  if (held.length === columns.length && held.every((name, i) => name === columns[i])) return null;
  const missing = columns.filter((name) => !held.includes(name));
  const isOrder = missing.length === 0 && held.length === columns.length;
  return {
    code: 'csv-columns',
    path: test,
    line: 1,
    message: isOrder
      ? `the columns are in another order than in ${path}`
      : `the columns are not those of ${path}${missing.length === 0 ? '' : `: there is no ${listed(missing)}`}`,
    hint: `those are ${listed(columns)}`,
  };
}

/** The columns that are left out are named; ones whose held-out values no engine can compute with are refused. */
function standardised(
  task: Task & { readonly notes: readonly Issue[] },
  features: readonly string[],
  path: string,
): Result<Task> {
  const { splits, constant, beyond } = standardise(task.splits, features.length);
  const names = (which: readonly number[]) => listed(which.map((j) => features[j]!));
  if (beyond.length > 0)
    return fail([
      {
        code: 'csv-beyond',
        path,
        message: `${names(beyond)}: some held-out rows lie more than 1e38 deviations from those that are trained on`,
        hint: 'are units mixed in this column?',
      },
    ]);
  if (constant.length === 0) return ok({ ...task, splits });
  const all = constant.length === features.length;
  const left: Issue = {
    code: 'csv-constant',
    path,
    message: `${names(constant)}: one value in all rows that are trained on, so left out (0 everywhere)`,
    hint: all
      ? 'no other column is left: there is nothing to predict from'
      : 'nothing can be learned of a constant: delete the column, or give more rows',
  };
  return ok({ ...task, splits, notes: [...task.notes, left] });
}

const rowsOfTable = ({ inputs, features }: Table, targets: Float64Array): Rows => ({
  count: targets.length,
  width: { inputs: features.length, targets: 1 },
  copy(row, input, target) {
    const from = row * features.length;
    for (let j = 0; j < features.length; j++) input[j] = inputs[from + j]!;
    target[0] = targets[row]!;
  },
});
