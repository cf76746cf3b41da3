import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../genome/known.ts';
import { UserError } from '../../notation/user-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonOption } from '../options.ts';
import type { Call } from '../output.ts';

/** streetlight bench: the benches of a clone. */
export function registerBench(program: Command, call: Call): void {
  program
    .command('bench')
    .argument('[names...]', 'benches to run; default all')
    .option('--keep', 'write the raw numbers under bench/runs/')
    .addOption(jsonOption())
    .option('--list', 'say which benches there are and what each asks')
    .description('measure this machine (in a clone; peers need `npm ci --prefix bench` first)')
    .action((names: string[], options: { keep?: boolean; json?: boolean; list?: boolean }) => {
      const script = join(packageRoot(), 'dist', 'bench', 'main.js');
      if (!existsSync(script))
        throw new UserError({
          code: 'no-bench',
          message: 'the benches are not part of an installation',
          hint: 'clone the repository and type npm run bench',
        });
      const { status } = spawnSync(
        process.execPath,
        [
          script,
          ...names,
          ...(options.keep === true ? ['--keep'] : []),
          ...(options.json === true ? ['--json'] : []),
          ...(options.list === true ? ['--list'] : []),
        ],
        { stdio: 'inherit' },
      );
      call.endWith(status ?? exitCodes.failed);
    });
}
