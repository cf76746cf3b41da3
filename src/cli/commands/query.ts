/** streetlight query: questions to the database, named or in SQL. */
import { type Command, Option } from 'commander';
import { namedQueries, runQuery } from '../../lineage/query.ts';
import { listRuns } from '../../lineage/runs.ts';
import type { Cell } from '../../report/table.ts';
import { databaseOption, positiveInteger, withLineage } from '../options.ts';
import { type Format, type Output, printRows } from '../output.ts';

interface Options {
  readonly db: string;
  readonly list?: boolean;
  readonly run?: number;
  readonly window: number;
  readonly format: Format;
  readonly json?: boolean;
}

export function registerQuery(program: Command, output: Output): void {
  program
    .command('query')
    .argument('[question]', 'the name of a question, or one SELECT')
    .description(
      'ask the lineage database, read-only: named questions or SQL (tables are described in db/README.md)',
    )
    .option('--list', 'name the questions in db/queries')
    .option('--run <n>', 'the run that a question is about; default the newest', positiveInteger)
    .option('--window <n>', 'births per row, where a question goes over time', positiveInteger, 100)
    .addOption(
      new Option('--format <name>', 'how to print').choices(['table', 'csv', 'json']).default('table'),
    )
    .option('--json', 'the same as --format json')
    .addOption(databaseOption())
    .action((question: string | undefined, options: Options) => {
      const format = options.json === true ? 'json' : options.format;
      if (options.list === true || question === undefined) {
        printRows(
          output,
          format,
          ['name', 'question'],
          namedQueries().map(({ name, title }) => [name, title]),
        );
        return;
      }
      return withLineage(options.db, (lineage) => {
        const run = options.run ?? listRuns(lineage).at(-1)?.run ?? 0;
        const { columns, rows } = runQuery(lineage, question, { run, window: options.window });
        printRows(
          output,
          format,
          columns,
          rows.map((row) => row.map(cellOf)),
        );
      });
    });
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string')
    return value;
  return value instanceof Uint8Array ? `${value.length} bytes` : String(value);
}
