import { type Command, Option } from 'commander';
import { isNamedQuery, namedQueries, openQuery, type QueryValue } from '../../lineage/query.ts';
import { listRuns } from '../../lineage/runs.ts';
import { type Cell, rowLines } from '../../report/table.ts';
import { databaseOption, positiveInteger, withLineage } from '../options.ts';
import { type Call, type Format, type Output, printRows } from '../output.ts';
import { answerWithin, isQueryProcess } from '../query-process.ts';
import { printLines } from '../write-files.ts';

interface Options {
  readonly db: string;
  readonly list?: boolean;
  readonly run?: number;
  readonly window: number;
  readonly seconds: number;
  readonly format: Format;
  readonly json?: boolean;
}

/** streetlight query: questions to the database, named or in SQL. */
export function registerQuery(program: Command, output: Call): void {
  program
    .command('query')
    .argument('[question]', 'the name of a question, or one SELECT')
    .description(
      'ask the lineage database, read-only: named questions or SQL (tables are described in db/README.md)',
    )
    .option('--list', 'name the questions in db/queries')
    .option('--run <n>', 'the run that a question is about; default the newest', positiveInteger)
    .option('--window <n>', 'births per row, where a question goes over time', positiveInteger, 100)
    .option('--seconds <n>', 'how long a question in SQL may take', positiveInteger, 600)
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
      return isNamedQuery(question) || isQueryProcess()
        ? answer(output, question, options, format)
        : askElsewhere(output, question, options, format);
    });
}

/** Row by row: an answer of a million rows is never held. */
const answer = (output: Output, question: string, options: Options, format: Format): Promise<void> =>
  withLineage(options.db, async (lineage) => {
    const run = options.run ?? listRuns(lineage).at(-1)?.run ?? 0;
    const { columns, rows } = openQuery(lineage, question, { run, window: options.window });
    await printLines(output, rowLines(format, columns, cells(rows)));
  });

function* cells(rows: Iterable<readonly QueryValue[]>): Generator<readonly Cell[]> {
  for (const row of rows) yield row.map(cellOf);
}

async function askElsewhere(
  output: Call,
  question: string,
  { db, run, window, seconds }: Options,
  format: Format,
): Promise<void> {
  const words = ['query', '--db', db, '--window', String(window), '--format', format];
  const ofRun = run === undefined ? [] : ['--run', String(run)];
  output.endWith(await answerWithin(seconds, [...words, ...ofRun, '--', question], output));
}

const cellOf = (value: QueryValue): Cell => (value instanceof Uint8Array ? `${value.length} bytes` : value);
