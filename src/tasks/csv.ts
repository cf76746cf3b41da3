/** A CSV file as a task: numeric columns in, one column out. Streamed; every bad row is reported with its line, up to a limit. */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, bytesOf, readIssue } from './bytes.ts';
import { dealRows, type FileHead, headOf, type Rows, type Shares } from './deal.ts';
import { standardise } from './generate.ts';
import { createGrowing, maxRows } from './growing.ts';
import { encodeLabels, type TargetKind, untrainedLossOf } from './labels.ts';
import type { Task } from './task.ts';

export interface CsvOptions extends Shares {
  readonly path: string;
  readonly test?: string | undefined;
  readonly target?: string | undefined;
  readonly kind: TargetKind;
  readonly head: FileHead;
}

const maxIssues = 20;

export interface Table {
  readonly columns: readonly string[];
  readonly inputs: Float64Array;
  readonly targets: readonly string[];
}

/** Features get the training split's mean 0 and deviation 1. A test file, where given, has the same columns and is `final`. */
export async function openCsv(options: CsvOptions): Promise<Result<Task>> {
  const { path, test } = options;
  const [own, held] = await Promise.all([
    readCsv(bytesOf(path), path, options),
    test === undefined ? null : readCsv(bytesOf(test), test, options),
  ]);
  if (!own.ok || (held !== null && !held.ok))
    return fail([...(own.ok ? [] : own.issues), ...(held === null || held.ok ? [] : held.issues)]);
  const { columns, targets } = own.value;
  if (held !== null && held.value.columns.join() !== columns.join())
    return fail([
      {
        code: 'csv-columns',
        path: test!,
        line: 1,
        message: 'the columns are not those of the training file',
        hint: `those are ${columns.slice(0, 20).join(', ')}`,
      },
    ]);
  const encoded = encodeLabels(options.kind, [...targets, ...(held?.value.targets ?? [])], path);
  if (!encoded.ok) return encoded;
  const { values, target } = encoded.value;
  const features = columns.length - 1;
  const dealt = dealRows(
    path,
    rowsOfTable(own.value, values.subarray(0, targets.length), features),
    held === null ? null : rowsOfTable(held.value, values.subarray(targets.length), features),
    options,
  );
  if (!dealt.ok) return dealt;
  const splits = standardise(dealt.value, features);
  return ok({
    name: 'csv',
    signature: { input: [1, 1, features], target, ...headOf(options.head) },
    splits,
    untrainedLoss: untrainedLossOf(target, splits.train),
  });
}

const rowsOfTable = ({ inputs }: Table, targets: Float64Array, features: number): Rows => ({
  count: targets.length,
  width: { inputs: features, targets: 1 },
  copy(row, input, target) {
    for (let j = 0; j < features; j++) input[j] = inputs[row * features + j]!;
    target[0] = targets[row]!;
  },
});

export async function readCsv(
  bytes: Bytes,
  path: string,
  { target, kind }: Pick<CsvOptions, 'target' | 'kind'>,
): Promise<Result<Table>> {
  const issues: Issue[] = [];
  const inputs = createGrowing();
  const targets: string[] = [];
  let columns: string[] = [];
  let targetColumn = -1;
  const parser = Readable.from(bytes, { objectMode: false })
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, trim: true, info: true, skip_empty_lines: true, max_record_size: 1 << 20 }));
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns.length === 0) {
        columns = record;
        targetColumn = target === undefined ? record.length - 1 : record.indexOf(target);
        const problem = headerIssue(record, target, targetColumn, path);
        if (problem !== null) return fail([problem]);
        continue;
      }
      for (const [i, cell] of record.entries()) {
        if (i !== targetColumn) inputs.push(numberIn(cell, columns[i]!, path, info.lines, issues));
        else {
          if (kind === 'regression') numberIn(cell, columns[i]!, path, info.lines, issues);
          targets.push(cell);
        }
      }
      if (issues.length >= maxIssues) return fail(issues);
      if (targets.length > maxRows)
        return fail([{ code: 'csv-too-long', path, message: `the file has more than ${maxRows} rows` }]);
    }
  } catch (error) {
    return fail([...issues, parseIssue(error as Error & { code?: string; lines?: number }, path)]);
  }
  if (issues.length > 0) return fail(issues);
  return targets.length === 0
    ? fail([{ code: 'csv-empty', path, message: 'the file has no rows below its header' }])
    : ok({ columns, inputs: inputs.values(), targets });
}

function headerIssue(
  header: readonly string[],
  target: string | undefined,
  targetColumn: number,
  path: string,
): Issue | null {
  if (targetColumn === -1) {
    const hint = didYouMean(target!, header) ?? `columns are ${header.slice(0, 20).join(', ')}`;
    return { code: 'csv-no-column', path, line: 1, message: `there is no column \`${target}\``, hint };
  }
  return header.length < 2
    ? {
        code: 'csv-no-features',
        path,
        line: 1,
        message: 'one column alone leaves nothing to predict from',
        hint: 'columns are separated by commas',
      }
    : null;
}

function numberIn(cell: string, column: string, path: string, line: number, issues: Issue[]): number {
  const value = cell === '' ? Number.NaN : Number(cell);
  if (!Number.isFinite(value))
    issues.push({
      code: 'csv-not-a-number',
      path,
      line,
      message: `\`${cell}\` in column \`${column}\` is not a finite number`,
      hint: 'numbers are wanted here; encode categories and fill gaps first',
    });
  return value;
}

function parseIssue(error: Error & { code?: string; lines?: number }, path: string): Issue {
  if (error.code === undefined || !error.code.startsWith('CSV_')) return readIssue(error, path);
  const line = error.lines === undefined ? {} : { line: error.lines };
  return { code: 'csv-malformed', path, ...line, message: error.message };
}
