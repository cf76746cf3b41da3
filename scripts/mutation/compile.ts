/** Compiles the changed sources and the tests in StrykerJS's copy of the project, each file beside its source, and has their loops counted. The current directory is the copy. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { countLoops } from './loops.ts';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'scripts/mutation/tsconfig.json'], {
  stdio: 'inherit',
});
if (status !== 0) throw new Error('The changed sources do not compile.');
for (const folder of ['src', 'workers', 'tests']) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    // What has no TypeScript beside it is not ours, but somebody's example.
    if (!name.endsWith('.js') || !existsSync(path.replace(/\.js$/, '.ts'))) continue;
    writeFileSync(path, countLoops(readFileSync(path, 'utf8')));
  }
}
