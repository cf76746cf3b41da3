/** The line of names above a table, and what it may not be. */
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { canonicalDecimal } from './decimal.ts';
import type { TargetKind } from './labels.ts';
import { listed, shortened } from './quoted.ts';

/** How a table is to be read. */
export interface TableOptions {
  /** The column to predict; default the last. */
  readonly target?: string | undefined;
  readonly kind: TargetKind;
  /** false: there is no line of names, and columns are called c1, c2 ...; true: the first line is one, whatever it looks like. */
  readonly header?: boolean | undefined;
}

/** The names of the columns, and which is to be predicted. */
export interface Header {
  readonly columns: readonly string[];
  /** Index of the column to predict. */
  readonly targetAt: number;
}

const separators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
  [' ', 'blanks'],
] as const;

/**
 * `names`: the cells of the first line. Issues: one column alone, and what seems to separate them instead of commas; numbers for names, unless
 * `header` says that they are names; names that are missing or there twice; a target that is not among them.
 */
export function headerOf(
  line: number,
  names: readonly string[],
  path: string,
  { target, header }: Pick<TableOptions, 'target' | 'header'>,
): Result<Header> {
  const columns = header === false ? names.map((_, i) => `c${i + 1}`) : names;
  const refuse = (code: string, message: string, hint: string): Issue => ({
    ...{ code: `csv-${code}`, path, line, message, hint },
  });
  if (columns.length < 2) return fail([singleIssue(names[0]!, refuse)]);
  if (header === undefined && names.every((name) => canonicalDecimal(name) !== null))
    return fail([
      refuse(
        'no-header',
        `the first line holds numbers, ${listed(names)}, and no names: is it a row?`,
        'put a line of names above it, or write header: false (--set task.header=false); header: true takes numbers for names',
      ),
    ]);
  const issues: Issue[] = [];
  const unnamed = columns.flatMap((name, i) => (name === '' ? [i + 1] : []));
  if (unnamed.length > 0)
    issues.push(
      refuse(
        'unnamed',
        `column ${unnamed.slice(0, 10).join(', ')} of ${columns.length} has no name`,
        unnamed[0] === 1
          ? 'is it the number of the row, as pandas and R write it? Leave it out (index=False, row.names=FALSE), or name it'
          : 'name it; a comma at the end of the line makes a column too many',
      ),
    );
  const seen = new Set<string>();
  const twice = new Set(columns.filter((name) => name !== '' && (seen.has(name) || !seen.add(name))));
  if (twice.size > 0 && header === undefined && [...twice].every((name) => canonicalDecimal(name) !== null))
    issues.push(
      refuse(
        'no-header',
        `the first line holds a number more than once, ${listed([...twice])}: is it a row, and no names?`,
        'put a line of names above it, or write header: false (--set task.header=false)',
      ),
    );
  else if (twice.size > 0)
    issues.push(
      refuse(
        'twice',
        `there is more than one column ${listed([...twice])}`,
        'give every column its own name',
      ),
    );
  const targetAt = target === undefined ? columns.length - 1 : columns.indexOf(target);
  if (targetAt < 0)
    issues.push(
      refuse(
        'no-column',
        `there is no column \`${target}\``,
        didYouMean(target!, columns) ?? `columns are ${listed(columns)}`,
      ),
    );
  return issues.length > 0 ? fail(issues) : ok({ columns, targetAt });
}

function singleIssue(name: string, refuse: (code: string, message: string, hint: string) => Issue): Issue {
  const other = separators.find(([separator]) => name.includes(separator));
  return other === undefined
    ? refuse(
        'no-features',
        'one column alone leaves nothing to predict from',
        'columns are separated by commas',
      )
    : refuse(
        'separator',
        `cells seem to be separated by ${other[1]}: \`${shortened(name)}\``,
        other[0] === ';'
          ? 'separate them by commas, and write decimals with a point: in a spreadsheet, save as CSV with English settings'
          : 'separate them by commas',
      );
}
