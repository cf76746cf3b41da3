/** Each mutation of `known.ts`, made in a copy of the sources and put to the test that must notice it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/genome/known.ts';
import { renderTable } from '../../src/report/table.ts';
import { type KnownMutation, knownMutations } from './known.ts';

const root = packageRoot();
const copied = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'src',
  'tests',
  'db',
  'search-spaces',
  'studies',
  'workers',
];
/** Not written to by tests: what is installed, and the compiled worker. */
const linked = ['node_modules', 'dist'];

/** A copy of the project in a folder of its own, so that an interruption leaves no mutation behind in the sources. */
function openSandbox() {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-mutation-'));
  for (const each of copied) cpSync(join(root, each), join(folder, each), { recursive: true });
  for (const each of linked) symlinkSync(join(root, each), join(folder, each));
  return {
    read: (file: string) => readFileSync(join(folder, file), 'utf8'),
    write: (file: string, text: string) => writeFileSync(join(folder, file), text),
    /** True where every test of the files passes. */
    passes(files: readonly string[]): boolean {
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const { status, error } = spawnSync(process.execPath, [vitest, 'run', ...files], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (error !== undefined) throw error;
      return status === 0;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

type Sandbox = ReturnType<typeof openSandbox>;
type Verdict = 'noticed' | 'SURVIVED' | 'NOT FOUND';

function tryMutation(sandbox: Sandbox, { file, from, to, test }: KnownMutation): Verdict {
  const text = sandbox.read(file);
  if (text.split(from).length !== 2) return 'NOT FOUND';
  sandbox.write(
    file,
    text.replace(from, () => to),
  );
  const passed = sandbox.passes([test]);
  sandbox.write(file, text);
  return passed ? 'SURVIVED' : 'noticed';
}

/** Makes each known mutation and says what noticed it; the exit status, 0 where every one is noticed. */
export function tryKnown(): number {
  const sandbox = openSandbox();
  try {
    const tests = [...new Set(knownMutations.map(({ test }) => test))];
    process.stderr.write(`unchanged: ${tests.length} test files ...\n`);
    if (!sandbox.passes(tests)) {
      process.stderr.write(
        'they fail without any mutation: mend that first (npx vitest run tests/identity)\n',
      );
      return 1;
    }
    const rows = knownMutations.map((mutation) => {
      process.stderr.write(`${mutation.name} ...\n`);
      return { mutation, verdict: tryMutation(sandbox, mutation) };
    });
    const cells = rows.map(({ mutation: { name, file, test }, verdict }) => [name, file, test, verdict]);
    process.stdout.write(`${renderTable(['mutation', 'file', 'test', 'verdict'], cells)}\n`);
    const noticed = rows.filter(({ verdict }) => verdict === 'noticed').length;
    process.stdout.write(`${noticed} of ${rows.length} noticed.\n`);
    return noticed === rows.length ? 0 : 1;
  } finally {
    sandbox.close();
  }
}
