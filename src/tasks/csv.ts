/** A CSV file as a task: numeric columns in, one column out. Streamed; every bad row is reported with its line, up to a limit. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { log } from '../numerics/elementary.ts';
import { dealRows, type Shares } from './deal.ts';
import type { Examples, Target, Task } from './task.ts';

export interface CsvOptions extends Shares {
  readonly path: string;
  readonly target?: string | undefined;
  readonly kind: 'classification' | 'regression';
}

const maxIssues = 20;
const maxClasses = 1000;

interface Rows {
  readonly columns: readonly string[];
  readonly inputs: number[];
  readonly targets: string[];
}

export async function openCsv(options: CsvOptions): Promise<Result<Task>> {
  const issues: Issue[] = [];
  const rows = await readRows(options, issues);
  if (rows === null || issues.length > 0) return fail(issues);
  const count = rows.targets.length;
  if (count === 0)
    return fail([
      { code: 'csv-empty', path: options.path, message: 'the file has no rows below its header' },
    ]);
  const encoded =
    options.kind === 'classification'
      ? encodeClasses(rows.targets, options.path)
      : encodeNumbers(rows.targets, options.path);
  if (!encoded.ok) return encoded;
  const dealt = dealRows(options.path, Float64Array.from(rows.inputs), encoded.value.targets, count, options);
  if (!dealt.ok) return dealt;
  const features = rows.columns.length - 1;
  const splits = standardise(dealt.value, features);
  const target = encoded.value.target;
  return ok({
    name: 'csv',
    signature: { input: [1, 1, features], target },
    splits,
    untrainedLoss: target.kind === 'classification' ? log(target.classes) : variance(splits.train.targets),
  });
}

async function readRows({ path, target }: CsvOptions, issues: Issue[]): Promise<Rows | null> {
  const inputs: number[] = [];
  const targets: string[] = [];
  let columns: string[] = [];
  let targetColumn = -1;
  const parser = createReadStream(path)
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
        if (problem !== null) {
          issues.push(problem);
          return null;
        }
        continue;
      }
      for (const [i, cell] of record.entries()) {
        if (i === targetColumn) targets.push(cell);
        else inputs.push(numberIn(cell, columns[i]!, path, info.lines, issues));
      }
      if (issues.length >= maxIssues) break;
    }
  } catch (error) {
    issues.push(readIssue(error as Error & { code?: string; lines?: number }, path));
    return null;
  }
  return { columns, inputs, targets };
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
      hint: 'features are numbers; encode categories and fill gaps first',
    });
  return value;
}

function readIssue(error: Error & { code?: string; lines?: number }, path: string): Issue {
  if (error.code === 'ENOENT') return { code: 'file-missing', path, message: 'there is no such file' };
  const line = error.lines === undefined ? {} : { line: error.lines };
  return { code: 'csv-malformed', path, ...line, message: error.message };
}

interface Encoded {
  readonly targets: Float64Array;
  readonly target: Target;
}

/** Classes in the order of their names, numbers by size, so that row order does not matter. */
function encodeClasses(values: readonly string[], path: string): Result<Encoded> {
  const names = [...new Set(values)].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  if (names.length < 2 || names.length > maxClasses) {
    return fail([
      {
        code: 'csv-classes',
        path,
        message: `the target has ${names.length} different values; classification needs 2 to ${maxClasses}`,
        hint: 'for a number to predict write kind: regression',
      },
    ]);
  }
  const indices = new Map(names.map((name, i) => [name, i]));
  return ok({
    targets: Float64Array.from(values, (value) => indices.get(value)!),
    target: { kind: 'classification', classes: names.length },
  });
}

function encodeNumbers(values: readonly string[], path: string): Result<Encoded> {
  const issues: Issue[] = [];
  const targets = Float64Array.from(values, (value, i) => numberIn(value, 'target', path, i + 2, issues));
  return issues.length > 0
    ? fail(issues.slice(0, maxIssues))
    : ok({ targets, target: { kind: 'regression', outputs: 1 } });
}

/** Features with the training split's mean 0 and deviation 1; a constant feature becomes 0. */
function standardise<S extends Readonly<Record<string, Examples>>>(
  splits: S & { readonly train: Examples },
  features: number,
): S {
  const { count, inputs } = splits.train;
  const means = new Float64Array(features);
  const deviations = new Float64Array(features);
  for (let i = 0; i < inputs.length; i++) means[i % features]! += inputs[i]! / count;
  for (let i = 0; i < inputs.length; i++)
    deviations[i % features]! +=
      ((inputs[i]! - means[i % features]!) * (inputs[i]! - means[i % features]!)) / count;
  const scales = deviations.map((v) => (v > 1e-24 ? 1 / Math.sqrt(v) : 0));
  const scaled = (examples: Examples): Examples => ({
    ...examples,
    inputs: examples.inputs.map((x, i) => (x - means[i % features]!) * scales[i % features]!),
  });
  return Object.fromEntries(
    Object.entries(splits).map(([name, examples]) => [name, scaled(examples)]),
  ) as unknown as S;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((a, x) => a + (x - mean) * (x - mean), 0) / values.length;
}
