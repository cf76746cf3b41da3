/** streetlight search DOCUMENT: launch a run. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../../notation/user-error.ts';
import { launch } from '../../search/run.ts';
import { setUpRun } from '../../search/setup.ts';
import { type Override, readDocument } from '../../search-space/document.ts';
import {
  collectOverride,
  databaseOption,
  debugOption,
  jsonOption,
  positiveInteger,
  seedText,
  workerCount,
} from '../options.ts';
import type { Output } from '../output.ts';
import { runSession, type SessionOptions } from './run-session.ts';

interface Options extends SessionOptions {
  readonly seed: string;
  readonly births?: number;
  readonly engine?: string;
  readonly set: readonly Override[];
}

export function registerSearch(program: Command, output: Output): void {
  program
    .command('search <document>')
    .description('launch a search run from a YAML document')
    .option('--seed <text>', 'names every random stream of the run', seedText, '1')
    .option('--births <n>', 'births in the run (evolution.births)', positiveInteger)
    .option('--workers <n>', 'worker threads; the lineage does not depend on it', workerCount)
    .option('--engine <name>', 'auto, wasm, reference or tensorflow')
    .option('--set <path=value>', 'replace a value of the document; may be repeated', collectOverride, [])
    .addOption(debugOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async (file: string, options: Options) => {
      const shortcuts: Override[] = [
        ...(options.births === undefined
          ? []
          : [{ path: 'evolution.births', value: String(options.births), option: '--births' }]),
        ...(options.engine === undefined
          ? []
          : [{ path: 'engine', value: options.engine, option: '--engine' }]),
      ];
      const read = readDocument(documentFile(file), file, [...shortcuts, ...options.set]);
      if (!read.ok) throw new UserError(read.issues);
      const setup = await setUpRun(read.value.document, options.seed, read.value.locate);
      await runSession(output, { ...options, mode: 'write' }, (run) => launch(setup, run));
    });
}

function documentFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError({
      code: 'file-unreadable',
      path: file,
      message:
        (error as NodeJS.ErrnoException).code === 'ENOENT'
          ? 'there is no such document'
          : (error as Error).message,
      hint: 'documents that come with streetlight are in search-spaces/',
    });
  }
}
