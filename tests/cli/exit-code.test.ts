/** Each call of the program ends with its own code, whatever calls before it came to. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-exit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A run whose event hash is not that of its births. */
function unsoundDatabase(): string {
  const db = join(folder, 'unsound.db');
  const lineage = openLineage(db, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const each of toldRun(5)) journal.append(each, 'not the hash');
  journal.close('births');
  lineage.close();
  return db;
}

describe('main', () => {
  it('ends with the code of this call and no other', async () => {
    const db = unsoundDatabase();
    const before = process.exitCode;
    expect((await streetlight('verify', '--db', db)).code).toBe(1);
    expect((await streetlight('runs', '--db', db)).code).toBe(0);
    expect((await streetlight('runs', '--db', join(folder, 'missing.db'))).code).toBe(2);
    expect((await streetlight('query', '--list')).code).toBe(0);
    expect((await streetlight('verify', '--db', db)).code).toBe(1);
    expect(process.exitCode).toBe(before);
  });

  it('does not take what the process is to end with for its own', async () => {
    const before = process.exitCode;
    process.exitCode = 1;
    const { code } = await streetlight('query', '--list');
    process.exitCode = before;
    expect(code).toBe(0);
  });

  it('prints help and complaints to the output that it was given', async () => {
    const help = await streetlight('verify', '--help');
    expect(help.code).toBe(0);
    expect(help.printed).toMatch(/^Usage: streetlight verify/);
    const mistake = await streetlight('verify', '--replay', 'none');
    expect(mistake.code).toBe(2);
    expect(mistake.noted).toMatch(/whole number from 1 on/);
  });

  it('is the only place that sets the exit code of the process', () => {
    const files = readdirSync(join(packageRoot(), 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /process\.(exitCode|exit)\b/.test(readFileSync(join(packageRoot(), 'src', name), 'utf8')),
      );
    expect(files).toEqual([join('cli', 'main.ts')]);
  });
});
