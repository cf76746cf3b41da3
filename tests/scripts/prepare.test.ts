/** Installing without development packages: what npm runs then, run. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/prepare.mjs', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streetlight-prepare-'));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(script, join(folder, 'scripts', 'prepare.mjs'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const prepare = (event?: string) => {
  const { npm_lifecycle_event: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', 'prepare.mjs')], {
    encoding: 'utf8',
    env: event === undefined ? env : { ...env, npm_lifecycle_event: event },
  });
  return { status, stderr };
};
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

it('without the compiler an install goes on, and says how to build', () => {
  put('tsconfig.build.json', '{}');
  const { status, stderr } = prepare('prepare');
  expect(status).toBe(0);
  expect(stderr).toContain('npm ci --include=dev');
  expect(prepare('setup:tensorflow').status).toBe(1);
});

it('what is built already needs no compiler', () => {
  put('dist/src/cli/main.js', '');
  expect(prepare('prepare')).toEqual({ status: 0, stderr: '' });
  expect(prepare()).toEqual({ status: 0, stderr: '' });
});

it('with the compiler it compiles, and passes on that it failed', () => {
  put('tsconfig.build.json', '{}');
  put('node_modules/typescript/package.json', '{"name":"typescript"}');
  put('node_modules/typescript/bin/tsc', 'process.exit(process.argv[2] === "-p" ? 3 : 4)');
  expect(prepare('prepare').status).toBe(3);
});

it('what it has compiled can be started', () => {
  put('tsconfig.build.json', '{}');
  put('node_modules/typescript/package.json', '{"name":"typescript"}');
  const made = join(folder, 'dist/src/cli/main.js');
  mkdirSync(dirname(made), { recursive: true });
  put('node_modules/typescript/bin/tsc', `require('fs').writeFileSync(${JSON.stringify(made)}, '')`);
  expect(prepare('prepare').status).toBe(0);
  expect(() => accessSync(made, constants.X_OK)).not.toThrow();
});
