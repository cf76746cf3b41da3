/** streetlight import FILE: an event log becomes a database again; of a phylogeny the statistics are told. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { isExtant } from '../../interchange/phylogeny-record.ts';
import {
  latest,
  phylogenyStatistics,
  statisticsConventions,
  statisticsLines,
} from '../../interchange/phylogeny-statistics.ts';
import { readAlife } from '../../interchange/read-alife.ts';
import { UserError } from '../../notation/user-error.ts';
import { databaseOption, jsonOption, positiveInteger } from '../options.ts';
import { type Output, printJson, printRows } from '../output.ts';
import { importEvents } from './import-events.ts';

interface Options {
  readonly db: string;
  readonly now?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function registerImport(program: Command, output: Output): void {
  program
    .command('import')
    .argument('<file>', 'an event log, or a phylogeny as CSV')
    .description(
      "read what `export` wrote: an event log makes its runs again in a lineage database; of a phylogeny in ALife's CSV, of this program or another, the statistics are told",
    )
    .option('--now <time>', 'when a phylogeny was looked at; default the latest time in it', positiveInteger)
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print statistics as CSV').conflicts('json'))
    .action((path: string, options: Options) => {
      if (beginsAsJson(path)) importEvents(output, path, options);
      else tell(output, path, options);
    });
}

function tell(output: Output, path: string, { now, json, csv }: Options): void {
  const read = readAlife(path);
  if (!read.ok) throw new UserError(read.issues);
  const statistics = phylogenyStatistics(read.value, now);
  if (csv === true) output.print(statisticsLines(statistics).join('\n'));
  else if (json === true) printJson(output, Object.fromEntries(statistics));
  else {
    const { id } = read.value;
    const living = id.reduce((count, _, i) => count + Number(isExtant(read.value, i)), 0);
    output.print(
      [
        `Phylogeny of ${path}: ${id.length} nodes, ${id.length - living} ended, ${living} living at ${now ?? latest(read.value)} (censored).`,
        ...statisticsConventions,
        '',
      ].join('\n'),
    );
    printRows(output, 'table', ['statistic', 'value'], statistics);
  }
}

/** Whether the first character that is no space is a brace, so that the file is meant as an event log. */
function beginsAsJson(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) throw unreadable(path, 'it is a folder');
    const file = openSync(path, 'r');
    const head = Buffer.alloc(64);
    const size = readSync(file, head, 0, head.length, 0);
    closeSync(file);
    return /^\uFEFF?\s*\{/.test(head.toString('utf8', 0, size));
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) throw unreadable(path, code);
    throw error;
  }
}

const unreadable = (path: string, why: string) =>
  new UserError({
    code: 'input-unreadable',
    path,
    message: `this file cannot be read (${why})`,
    hint: 'give the path of a file that `streetlight export` wrote',
  });
