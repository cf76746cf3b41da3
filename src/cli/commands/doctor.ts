/** streetlight doctor: what this machine offers, and whether it works. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import Sqlite from 'better-sqlite3';
import type { Command } from 'commander';
import { workerFile } from '../../dispatch/worker-url.ts';
import { engineNames, engines } from '../../engines/registry.ts';
import { renderTable } from '../../report/table.ts';
import { selfTest } from '../../search/self-test.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonOption } from '../options.ts';
import { type Output, printJson } from '../output.ts';

export function registerDoctor(program: Command, output: Output): void {
  program
    .command('doctor')
    .description('check what a run needs: Node, database, workers, engines')
    .addOption(jsonOption())
    .action((options: { json?: boolean }) => {
      const checks = [
        check('node', () => `${process.versions.node}, V8 ${process.versions.v8}`),
        check(
          'machine',
          () =>
            `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
        ),
        check(
          'database',
          () => `SQLite ${new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get()}`,
        ),
        check('worker', workerFile),
        ...engineNames.map((name) =>
          check(
            `engine ${name}`,
            () =>
              `${engines[name].numericClass}; gradients agree with the reference to ${selfTest(name).toExponential(1)}`,
          ),
        ),
      ];
      if (options.json === true) printJson(output, checks);
      else
        output.print(
          renderTable(
            ['check', 'ok', 'detail'],
            checks.map(({ name, ok, detail }) => [name, ok ? 'yes' : 'NO', detail]),
          ),
        );
      if (checks.some(({ ok }) => !ok)) process.exitCode = exitCodes.failed;
    });
}

function check(
  name: string,
  probe: () => string,
): { readonly name: string; readonly ok: boolean; readonly detail: string } {
  try {
    return { name, ok: true, detail: probe() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
