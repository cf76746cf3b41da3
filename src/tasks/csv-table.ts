/** A table of numbers and one column to predict, read from CSV. Streamed; every bad cell is reported with its line, up to a limit. */
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, readIssue } from './bytes.ts';
import { headerOf, type TableOptions } from './csv-header.ts';
import { type CsvProblem, type CsvRow, csvRows } from './csv-rows.ts';
import { canonicalDecimal, decimalValue } from './decimal.ts';
import { createGrowing, maxRows } from './growing.ts';
import { shortened } from './quoted.ts';

/** What a file holds, in the order of its rows. */
export interface Table {
  readonly columns: readonly string[];
  /** The columns but the target, in order. */
  readonly features: readonly string[];
  /** Rows x features, row-major. */
  readonly inputs: Float64Array;
  /** As they are written, one for each row. */
  readonly targets: readonly string[];
  /** The line of each row. */
  readonly lines: Float64Array;
  readonly notes: readonly Issue[];
}

const maxIssues = 20;

/** Issues: a header that cannot be one, rows of another length, cells that are no finite numbers, labels that are missing, text that is none. `path` names the file in them. */
export async function readCsv(bytes: Bytes, path: string, options: TableOptions): Promise<Result<Table>> {
  const issues: Issue[] = [];
  const table = tableReader(path, options, issues);
  try {
    for await (const batch of csvRows(bytes, { separator: ',', innerQuotes: 'refuse' })) {
      for (const row of batch) {
        if ('problem' in row) issues.push(problemIssue(row, path));
        else if (table.take(row) === 'stop') return fail(issues);
        if (issues.length >= maxIssues) return fail(issues);
      }
    }
  } catch (error) {
    return fail([...issues, readIssue(error, path)]);
  }
  return table.end();
}

const problemIssue = ({ line, problem, hint }: CsvProblem, path: string): Issue => ({
  ...{ code: 'csv-malformed', path, line, message: problem, hint },
});

function tableReader(path: string, options: TableOptions, issues: Issue[]) {
  const inputs = createGrowing();
  const lines = createGrowing();
  const targets: string[] = [];
  const comments: CsvRow[] = [];
  let columns: readonly string[] = [];
  let targetAt = -1;
  let emptyRows = 0;

  const report = (line: number, code: string, message: string, hint: string) =>
    void issues.push({ code: `csv-${code}`, path, line, message, hint });

  /** A row of numbers may well equal names that are numbers. */
  const isHeaderAgain = (cells: readonly string[]) =>
    options.header !== false &&
    cells.every((cell, i) => cell === columns[i]) &&
    cells.some((cell) => canonicalDecimal(cell) === null);

  const takeRow = ({ line, cells }: CsvRow): void => {
    if (cells.every((cell) => cell === '')) {
      emptyRows += 1;
      return;
    }
    if (isHeaderAgain(cells)) {
      report(
        line,
        'header-again',
        'the header stands here once more',
        'are two files in one? Delete this line',
      );
      return;
    }
    if (cells.length !== columns.length) {
      report(
        line,
        'malformed',
        `${cells.length} cell${cells.length === 1 ? '' : 's'}, where ${options.header === false ? 'the first line has' : 'the header names'} ${columns.length}`,
        raggedHint(cells, columns.length),
      );
      return;
    }
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      if (i !== targetAt || options.kind === 'regression') {
        const value = decimalValue(cell);
        if (Number.isNaN(value))
          report(
            line,
            'not-a-number',
            `\`${shortened(cell)}\` in column \`${columns[i]}\` is not a finite number`,
            numberHint(cell),
          );
        if (i !== targetAt) inputs.push(value);
      }
    }
    const label = cells[targetAt]!;
    if (label === '' && options.kind !== 'regression')
      report(
        line,
        'no-label',
        `the label is missing: column \`${columns[targetAt]}\` is empty`,
        'leave rows without a label out',
      );
    targets.push(label);
    lines.push(line);
  };

  /** The first row that is no comment, as names. */
  const takeHeader = (row: CsvRow): 'go' | 'stop' => {
    // A line of names may begin with #, as numpy writes it: then it has a name for every cell below, and these are no names.
    const named = comments.at(-1);
    const isCommented =
      named !== undefined &&
      named.cells.length > 1 &&
      named.cells.length === row.cells.length &&
      row.cells.some((cell) => canonicalDecimal(cell) !== null);
    const names = isCommented
      ? comments.pop()!.cells.map((name, i) => (i === 0 ? name.replace(/^#\s*/, '') : name))
      : row.cells;
    const found = headerOf(isCommented ? named.line : row.line, names, path, options);
    if (!found.ok) {
      issues.push(...found.issues);
      return 'stop';
    }
    ({ columns, targetAt } = found.value);
    if (isCommented || options.header === false) takeRow(row);
    return 'go';
  };

  return {
    take(row: CsvRow): 'go' | 'stop' {
      if (columns.length > 0) takeRow(row);
      else if (row.cells[0]!.startsWith('#')) comments.push(row);
      else return takeHeader(row);
      if (targets.length <= maxRows) return 'go';
      issues.push({ code: 'csv-too-long', path, message: `the file has more than ${maxRows} rows` });
      return 'stop';
    },
    end(): Result<Table> {
      if (issues.length > 0) return fail(issues);
      if (targets.length === 0)
        return fail([
          {
            code: 'csv-empty',
            path,
            message: columns.length === 0 ? 'the file is empty' : 'the file has no rows below its header',
          },
        ]);
      const data = headerIsData(columns, targetAt, targets, path, options);
      if (data !== null) return fail([data]);
      const notes: Issue[] = [];
      if (comments.length > 0)
        notes.push({
          code: 'csv-comment',
          path,
          line: comments[0]!.line,
          message: `${comments.length === 1 ? 'a line' : `${comments.length} lines`} above the header, beginning with #, passed over`,
        });
      if (emptyRows > 0)
        notes.push({
          code: 'csv-empty-rows',
          path,
          message: `${emptyRows} row${emptyRows === 1 ? '' : 's'} in which every cell is empty, passed over`,
        });
      const features = columns.filter((_, i) => i !== targetAt);
      return ok({ columns, features, inputs: inputs.values(), targets, lines: lines.values(), notes });
    },
  };
}

/** The first line is a row where its features are numbers and its label is one that occurs below. */
function headerIsData(
  columns: readonly string[],
  targetAt: number,
  targets: readonly string[],
  path: string,
  { header, kind }: TableOptions,
): Issue | null {
  if (header !== undefined || kind === 'regression') return null;
  const areNumbers = columns.every((name, i) => i === targetAt || canonicalDecimal(name) !== null);
  return areNumbers && targets.includes(columns[targetAt]!)
    ? {
        code: 'csv-no-header',
        path,
        line: 1,
        message: `the first line is no header but a row: its cells are numbers, and \`${shortened(columns[targetAt]!)}\` is a label that occurs below`,
        hint: 'put a line of names above it, or write header: false (--set task.header=false)',
      }
    : null;
}

function raggedHint(cells: readonly string[], width: number): string {
  if (cells[0]!.startsWith('#')) return 'comments are read above the header only: delete this line';
  if (cells.length === width + 1 && cells.at(-1) === '') return 'the line ends in a comma too many';
  if (
    cells.length > width &&
    cells.some((cell, i) => /^\d{1,3}$/.test(cells[i - 1] ?? '') && /^\d{3}$/.test(cell))
  )
    return 'commas separate cells: are there commas within numbers, as in 1,234?';
  return cells.length > width
    ? 'commas separate cells: put text that holds one in quotes'
    : 'is the line cut short?';
}

/** The likely reason why a cell is no number. */
function numberHint(cell: string): string {
  if (cell === '') return 'fill gaps first, or leave the row out';
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(cell)) return 'write numbers without thousands separators';
  if (/^[+-]?[\d.]*,\d+$/.test(cell)) return 'write decimals with a point and not with a comma';
  if (/^[+-]?\d{1,3}([ '\u00a0\u202f]\d{3})+([.,]\d*)?$/.test(cell))
    return 'write numbers without thousands separators';
  if (/^[+-]?(nan|<na>|na|n\/a|null|none|\?|-)$/i.test(cell)) return 'fill gaps first, or leave the row out';
  if (/^[+-]?inf(inity)?$/i.test(cell))
    return 'infinite values cannot be learned from: leave the row out, or cap them';
  if (canonicalDecimal(cell) !== null)
    return 'it is too large, or too close to 0, for a number of 64 bits: choose other units';
  if (/^(true|false|yes|no)$/i.test(cell)) return 'write 1 and 0';
  if (/^\u2212/.test(cell)) return "its minus sign is a typographer's: write -";
  if (/^[+-]?0[xXbBoO]/.test(cell)) return 'write decimals';
  return 'numbers are wanted here; encode categories first';
}
