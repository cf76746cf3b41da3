import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../notation/user-error.ts';
import { launch } from '../../search/run.ts';
import { setUpRun } from '../../search/setup.ts';
import { type Override, readDocument } from '../../search-space/document.ts';
import { documentNamed } from '../document-named.ts';
import {
  collectOverride,
  databaseOption,
  debugOption,
  jsonOption,
  positiveInteger,
  seedText,
  workerCount,
} from '../options.ts';
import type { Call } from '../output.ts';
import { noteTasks } from '../task-notes.ts';
import { runSession, type SessionOptions } from './run-session.ts';

interface Options extends SessionOptions {
  readonly seed: string;
  readonly births?: number;
  readonly engine?: string;
  readonly set: readonly Override[];
}

/** streetlight search DOCUMENT: launch a run. */
export function registerSearch(program: Command, output: Call): void {
  program
    .command('search')
    .argument(
      '<document>',
      'a YAML file, or the name of a document that comes with streetlight, such as smoke',
    )
    .description('launch a search run from a document')
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
      const { path, text } = documentNamed('search-spaces', file);
      const read = readDocument(text, path, [...shortcuts, ...options.set]);
      if (!read.ok) throw new UserError(read.issues);
      const setup = await setUpRun(read.value.document, options.seed, read.value.locate, {
        launch: process.cwd(),
        document: dirname(resolve(path)),
      });
      noteTasks(output, setup.tasks);
      await runSession(output, { ...options, mode: 'write' }, (run) => launch(setup, run));
    });
}
