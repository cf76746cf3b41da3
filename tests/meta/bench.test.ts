/** The bench script answers questions about itself at once, and never runs everything because a word was misspelt. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benches } from '../../bench/benches.ts';
import { packageRoot } from '../../src/genome/known.ts';

const script = join(packageRoot(), 'dist', 'bench', 'main.js');
const run = (...words: string[]) =>
  spawnSync(process.execPath, [script, ...words], { encoding: 'utf8', timeout: 60_000 });

// Needs `npm run build`, which `npm test` does first.
describe.skipIf(!existsSync(script))('npm run bench --', () => {
  it.each(['--help', '-h'])('%s prints help and runs nothing', (flag) => {
    const { status, stdout } = run(flag);
    expect(status).toBe(0);
    for (const name of ['--keep', '--json', '--list', ...Object.keys(benches)])
      expect(stdout).toContain(name);
    expect(stdout).not.toMatch(/cores, Node/);
  });

  it.each([['--kep'], ['lineage-scal'], ['toString']])('%s is refused', (word) => {
    const { status, stderr } = run(word);
    expect(status).toBe(2);
    expect(stderr).toContain(word);
  });
});
