/** What holds for every format: where it goes, what is refused, and that a reader may leave. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../src/cli/commands/export-formats.ts';
import { createRun } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun } from '../lineage/support.ts';
import { builtProgram, streetlight } from '../support/program.ts';
import { dump, madeUpDatabase } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-export-'));
const db = join(folder, 'lineage.db');
beforeAll(() => madeUpDatabase(db, 1, 300));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a format needs to be told. */
const asked = (what: string) =>
  ({ newick: ['--of', 'rule'], nexus: ['--of', 'rule'], muller: ['--of', 'rule'] })[what] ?? [];

describe('export', () => {
  it.each(formatNames)('%s goes to a file or a folder, whole, and replaces nothing unasked', async (what) => {
    const place = join(folder, what);
    const line = ['export', '--what', what, ...asked(what), '--db', db, '--out', join(place, 'deep', 'out')];
    const first = await streetlight(...line);
    expect(first).toMatchObject({ code: 0, printed: '' });
    expect(first.noted).toContain(join(place, 'deep', 'out'));
    const files = () => readdirSync(place, { recursive: true, encoding: 'utf8' }).toSorted();
    const before = files();
    expect(before.some((name) => name.endsWith('.part'))).toBe(false);
    const refused = await streetlight(...line);
    expect(refused.code).toBe(2);
    expect(refused.noted).toContain('is there already');
    expect((await streetlight(...line, '--force')).code).toBe(0);
    expect(files()).toEqual(before);
  });

  it('writes to standard output the same as to a file, and refuses several files there', async () => {
    for (const what of formatNames) {
      const printed = await streetlight('export', '--what', what, ...asked(what), '--db', db);
      if (['muller', 'tskit'].includes(what)) {
        expect(printed).toMatchObject({ code: 2, printed: '' });
        expect(printed.noted).toMatch(/consists of \d files: .*\n.*--out/);
        continue;
      }
      const path = join(folder, `${what}.out`);
      await streetlight('export', '--what', what, ...asked(what), '--db', db, '--out', path);
      expect(printed.printed).toBe(
        readFileSync(what === 'survival' ? join(path, 'survival.csv') : path, 'utf8'),
      );
    }
  });

  it('refuses options that say nothing about a format', async () => {
    const { code, noted } = await streetlight(
      'export',
      '--what',
      'events',
      '--tau',
      '5',
      '--of',
      'rule',
      '--db',
      db,
    );
    expect(code).toBe(2);
    expect(noted).toContain('--tau says nothing about events');
    expect(noted).toContain('--of says nothing about events');
  });

  it('a folder in place of a file is refused', async () => {
    const { code, noted } = await streetlight(
      'export',
      '--what',
      'events',
      '--db',
      db,
      '--out',
      folder,
      '--force',
    );
    expect(code).toBe(2);
    expect(noted).toContain('this is a folder');
    writeFileSync(join(folder, 'file'), '');
    const below = await streetlight(
      'export',
      '--what',
      'survival',
      '--db',
      db,
      '--out',
      join(folder, 'file'),
    );
    expect(below.code).toBe(2);
  });

  it('has something to say of a run without births', async () => {
    const empty = join(folder, 'empty.db');
    const lineage = openLineage(empty, 'write');
    createRun(lineage, newRun, { ...audit, versions: newRun.versions });
    lineage.close();
    for (const what of formatNames) {
      const line = [
        'export',
        '--what',
        what,
        ...asked(what),
        '--db',
        empty,
        '--out',
        join(folder, 'empty', what),
      ];
      const { code, noted } = await streetlight(...line);
      const isRefused = ['survival', 'newick', 'nexus'].includes(what);
      expect([what, code]).toEqual([what, isRefused ? 2 : 0]);
      if (isRefused) expect(noted).toMatch(/no birth has been told|nobody of run 1 is alive/);
    }
    const copy = join(folder, 'empty-copy.db');
    expect((await streetlight('import', join(folder, 'empty/events'), '--db', copy)).code).toBe(0);
    expect(dump(copy)).toEqual(dump(empty));
    expect((await streetlight('verify', '--db', copy)).code).toBe(0);
  });

  it('ends quietly when the reader leaves', () => {
    const { stdout, stderr, status } = spawnSync(
      'bash',
      [
        '-c',
        `set -o pipefail; "${process.execPath}" "${builtProgram}" export --what events --db "${db}" | head -n 1`,
      ],
      { encoding: 'utf8' },
    );
    expect(stdout).toMatch(/^\{"format".*\n$/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});
