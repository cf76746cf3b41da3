import { statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { beginningOf, reading } from '../../interchange/file-pieces.ts';
import { isExtant, type PhylogenyRecord } from '../../interchange/phylogeny-record.ts';
import {
  latest,
  phylogenyStatistics,
  statisticsConventions,
  statisticsLines,
} from '../../interchange/phylogeny-statistics.ts';
import { readAlife } from '../../interchange/read-alife.ts';
import { untoldLines, withoutUntold } from '../../interchange/untold-times.ts';
import { UserError } from '../../notation/user-error.ts';
import { databaseOption, jsonOption, positiveInteger } from '../options.ts';
import { type Output, printAnswer, printRows } from '../output.ts';
import { importEvents } from './import-events.ts';

interface Options {
  readonly db: string;
  readonly now?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** streetlight import FILE: an event log becomes a database again; of a phylogeny the statistics are told. */
export function registerImport(program: Command, output: Output): void {
  program
    .command('import')
    .argument('<file>', 'an event log, or a phylogeny as CSV; gzipped or not')
    .description(
      "read what `export` wrote: an event log makes its runs again in a lineage database; of a phylogeny in ALife's CSV, of this program or another, the statistics are told",
    )
    .option('--now <time>', 'when a phylogeny was looked at; default the latest time in it', positiveInteger)
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print statistics as CSV').conflicts('json'))
    .action((path: string, options: Options) => {
      if (reading(path, () => isEventLog(path))) importEvents(output, path, options);
      else tell(output, path, options);
    });
}

function tell(output: Output, path: string, { now, json, csv }: Options): void {
  const read = readAlife(path);
  if (!read.ok) throw new UserError(read.issues);
  const record = read.value;
  if (now !== undefined) refuseNow(record, now, path);
  const { statistics, withheld } = withoutUntold(record, phylogenyStatistics(record, now));
  const untold = untoldLines(record, withheld);
  const { id } = record;
  const living = id.reduce((count, _, i) => count + Number(isExtant(record, i)), 0);
  if (csv === true || json === true) {
    for (const line of untold) output.note(`note: ${path}: ${line}`);
    if (csv === true) output.print(statisticsLines(statistics).join('\n'));
    else
      printAnswer(output, 'phylogeny', {
        ...{ path, nodes: id.length, living },
        now: record.untold?.includes('origins') === true ? null : (now ?? latest(record)),
        untold: record.untold ?? [],
        withheld,
        conventions: statisticsConventions,
        statistics: Object.fromEntries(statistics),
      });
    return;
  }
  const at =
    record.untold === undefined
      ? `${id.length - living} ended, ${living} living at ${now ?? latest(record)} (censored)`
      : `${living} living`;
  output.print(
    [`Phylogeny of ${path}: ${id.length} nodes, ${at}.`, ...untold, ...statisticsConventions, ''].join('\n'),
  );
  printRows(
    output,
    'table',
    ['statistic', 'value'],
    statistics.filter(([name]) => !withheld.includes(name)),
  );
}

/** Before the last that is told, and without times, there is no `now` to look from. */
function refuseNow(record: PhylogenyRecord, now: number, path: string): void {
  const isTold = record.untold?.includes('origins') !== true;
  if (isTold && now >= latest(record)) return;
  throw new UserError({
    code: 'phylogeny-now',
    path,
    message: isTold
      ? `--now ${now} is before ${latest(record)}, the latest time in this file`
      : '--now says nothing where the file has no origin_time',
    hint: 'leave it out: it is the latest time in the file then',
  });
}

/** Whether the file is meant as an event log: by its name, or because the first character that is no space is a brace. A pipe can be read once only, and is no log. */
function isEventLog(path: string): boolean {
  if (!statSync(path).isFile()) return false;
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(path) || /^\uFEFF?\s*\{/.test(beginningOf(path));
}
