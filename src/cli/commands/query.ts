import { type Command, Option } from 'commander';
import { openAnswer, query } from '../../analysis/query.ts';
import { isNamedQuery, namedQueries } from '../../lineage/query.ts';
import { queryLines } from '../../report/query.ts';
import { databaseOption, positiveInteger, withLineage } from '../options.ts';
import { type Call, type Format, type Output, printAnswer, printRows } from '../output.ts';
import { optionsOf } from '../param-options.ts';
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
  const command = program
    .command('query')
    .argument('[question]', 'the name of a question, or one SELECT')
    .description(query.summary)
    .option('--list', 'name the questions in db/queries');
  for (const option of optionsOf(query.params)) command.addOption(option);
  command
    .option('--seconds <n>', 'how long a question in SQL may take', positiveInteger, 600)
    .addOption(
      new Option('--format <name>', 'how to print').choices(['table', 'csv', 'json']).default('table'),
    )
    .option('--json', 'the same as --format json')
    .addOption(databaseOption())
    .action((question: string | undefined, options: Options) => {
      const format = options.json === true ? 'json' : options.format;
      if (options.list === true || question === undefined) {
        list(output, format);
        return;
      }
      return isNamedQuery(question) || isQueryProcess()
        ? answer(output, question, options, format)
        : askElsewhere(output, question, options, format);
    });
}

function list(output: Output, format: Format): void {
  const queries = namedQueries().map(({ name, title, parameters }) => ({
    name,
    question: title,
    parameters,
  }));
  if (format === 'json') printAnswer(output, 'queries', { queries });
  else
    printRows(
      output,
      format,
      ['name', 'question'],
      queries.map(({ name, question }) => [name, question]),
    );
}

/** Row by row: an answer of a million rows is never held. */
const answer = (
  output: Output,
  question: string,
  { db, run, window }: Options,
  format: Format,
): Promise<void> =>
  withLineage(db, async (lineage) => {
    const params = query.params.parse({ question, window, ...(run === undefined ? {} : { run }) });
    await printLines(output, queryLines(format, openAnswer(lineage, params)));
  });

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
