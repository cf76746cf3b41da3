/** An option that would change nothing in its line is refused, and not ignored. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-idle-options-'));
const db = join(folder, 'lineage.db');

beforeAll(() => {
  const lineage = openLineage(db, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const each of toldRun(60)) journal.append(each, 'h');
  journal.close('births');
  lineage.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['hazard --trait depth --every 10', '--every says how often residents are looked at'],
  ['selection --quantile 0.05', '--quantile says which common ancestors are young enough'],
  ['survivorship --ties breslow', '--ties says how groups are compared'],
  ['survivorship --rho 1 --strata run', '--strata says how groups are compared'],
  ['survivorship --csv --tau 10', "'--tau <births>' cannot be used with option '--csv'"],
  ['survivorship --csv --by depth --ties breslow', "'--ties <method>' cannot be used with option '--csv'"],
  ['diversity --csv --of rule', "'--of <tree>' cannot be used with option '--csv'"],
  ['diversity --csv --nodes individuals', "'--nodes <kind>' cannot be used with option '--csv'"],
])('refuses %s', async (line, words) => {
  const { code, printed, noted } = await streetlight(...line.split(' '), '--db', db);
  expect(code).toBe(2);
  expect(printed).toBe('');
  expect(noted).toContain(words);
});
