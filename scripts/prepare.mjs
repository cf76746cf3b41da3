/** Compiles the program where its sources and the compiler are; where development packages were left out, says what is missing instead of failing the install. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const project = join(root, 'tsconfig.build.json');
const program = join(root, 'dist', 'src', 'cli', 'main.js');
const isBuilt = existsSync(program);

function compiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return null;
  }
}

const tsc = compiler();
if (existsSync(project) && tsc !== null) {
  process.exitCode =
    spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' }).status ?? 1;
  // npm makes it executable once, when npx first meets it; a file that is compiled anew is not.
  if (existsSync(program)) chmodSync(program, 0o755);
} else if (!isBuilt) {
  console.error(
    'streetlight is installed and not built: its compiler is among the development packages, which were left out.\n' +
      'Type `npm ci --include=dev` to build it; `npm prune --omit=dev` then leaves what is needed to run.',
  );
  // An install goes on without; whoever asked for the program itself must know.
  if (process.env.npm_lifecycle_event !== 'prepare') process.exitCode = 1;
}
