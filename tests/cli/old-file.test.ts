/** A database of 0.1.0, from before documents were closed (two runs, one interrupted; hurdles, cache, gate, two tasks): every question is answered, and nothing goes on with it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-old-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const packed = join(import.meta.dirname, '../fixtures/lineage-before-closed-documents.db.gz');
const db = join(folder, 'old.db');
beforeEach(() => writeFileSync(db, gunzipSync(readFileSync(packed))));

describe('a file of 0.1.0', () => {
  it.each([
    ['runs', 'interrupted'],
    ['show 1', 'c08449f8270a'],
    ['verify', 'is sound'],
    ['survivorship 1 --of rule', 'Births 48'],
    ['hazard 1 --of rule --trait states', ''],
    ['selection 1', ''],
    ['diversity 1', ''],
    ['association 1', ''],
    ['ancestors 1:35', ''],
    ['query families-over-time --run 1 --window 10', ''],
    ['query elites-reevaluated --run 1', ''],
    ['show 1 --coverage', ''],
  ] as const)('answers `%s`', async (line, words) => {
    const { code, printed, noted } = await streetlight(...line.split(' '), '--db', db);
    expect(noted).not.toContain('breeding');
    expect(printed).toContain(words);
    expect({ code, noted }).toMatchObject({ code: 0 });
    expect(printed.length).toBeGreaterThan(40);
  });

  it.each([['resume'], ['resume 2'], ['resume 1 --births 100']])(
    'is not gone on with by `%s`',
    async (line) => {
      const { code, noted } = await streetlight(...line.split(' '), '--db', db);
      expect(code).toBe(2);
      expect(noted).toContain('was begun by a version that did not store all that breeding depends on');
      expect(noted).toContain('launch a new run');
      expect((await streetlight('runs', '--json', '--db', db)).printed).toContain('c08449f8270a');
    },
  );

  it('makes the same file again from its event log', async () => {
    const [log, copy] = [join(folder, 'old.jsonl'), join(folder, 'copy.db')];
    await streetlight('export', '1', '2', '--what', 'events', '--db', db, '--out', log);
    expect((await streetlight('import', log, '--db', copy)).code).toBe(0);
    const shown = async (of: string) => (await streetlight('runs', '--json', '--db', of)).printed;
    expect(await shown(copy)).toBe(await shown(db));
  });
});
