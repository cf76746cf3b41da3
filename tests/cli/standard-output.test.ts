/** `-` as a path: standard output where one text is written, refused where there is none or several, and never the name of a file. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-dash-'));
const db = join(folder, 'lineage.db');
const log = join(folder, 'log.jsonl');

beforeAll(async () => {
  const lineage = openLineage(db, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const each of toldRun(60)) journal.append(each, 'h');
  journal.close('births');
  lineage.close();
  await streetlight('export', '--what', 'events', '--db', db, '--out', log);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  expect(existsSync('-')).toBe(false);
});

describe('export --out -', () => {
  it.each(['events', 'phylogeny', 'survival'])('prints %s as without it', async (what) => {
    const printed = await streetlight('export', '--what', what, '--db', db, '--out', '-');
    expect(printed).toEqual(await streetlight('export', '--what', what, '--db', db));
    expect(printed.code).toBe(0);
    expect(printed.printed).not.toBe('');
  });
});

it.each([
  ['export', '--what', 'muller', '--of', 'rule', '--db', db, '--out', '-'],
  ['schema', '--out', '-'],
  ['backup', '-', '--db', db],
  ['import', log, '--db', '-'],
  ['search', 'smoke', '--db', '-'],
  ['resume', '--db', '-'],
  ['runs', '--db', '-'],
])('%s %s %s %s is refused with words', async (...line) => {
  const { code, printed, noted } = await streetlight(...line);
  expect({ code, printed }).toEqual({ code: 2, printed: '' });
  expect(noted).toMatch(/`-` stands for standard|consists of \d+ files/);
});
