/** Errors of a native add-on as Node and its loader really throw them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addOnIssue } from '../../src/lineage/add-on.ts';

const require = createRequire(import.meta.url);

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
};

it('an add-on that was never built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-add-on-'));
  const bindings = createRequire(require.resolve('better-sqlite3'))('bindings') as (
    options: object,
  ) => unknown;
  const error = thrownBy(() => bindings({ bindings: 'better_sqlite3.node', module_root: folder }));
  rmSync(folder, { recursive: true });
  const issue = addOnIssue(error)!;
  expect(issue.message).toBe(
    `the SQLite add-on is not built for this Node (${process.version}, ${process.platform} ${process.arch})`,
  );
  expect(issue.hint).toContain('npm rebuild better-sqlite3');
});

it('an add-on that this Node cannot load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-add-on-'));
  const file = join(folder, 'other.node');
  writeFileSync(file, 'built for another machine');
  const error = thrownBy(() => require(file));
  rmSync(folder, { recursive: true });
  expect(addOnIssue(error)!.message).toContain('cannot be loaded');
  const abi = new Error(
    'The module was compiled against a different Node.js version using\nNODE_MODULE_VERSION 115.',
  );
  expect(addOnIssue(abi)).not.toBeNull();
});

it('other errors are not taken for it', () => {
  expect(addOnIssue(new Error('disk I/O error'))).toBeNull();
  expect(addOnIssue('text')).toBeNull();
});
