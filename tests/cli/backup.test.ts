/** streetlight backup: one instant of a database, also while it is written to; checked, and never in place of something. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { backUp } from '../../src/lineage/backup.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { dump, madeUpDatabase } from '../interchange/support.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

let folder: string;
let db: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
  [db, out] = [join(folder, 'a.db'), join(folder, 'b.db')];
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () => readdirSync(folder).sort();

describe('backup', () => {
  it('copies every row, at rest, and says so', async () => {
    madeUpDatabase(db, 2, 120);
    const { code, printed } = await streetlight('backup', out, '--db', db);
    expect({ code, printed }).toMatchObject({ code: 0 });
    expect(printed).toContain('is a sound copy');
    expect(printed).toContain('2 runs, 240 births');
    expect(files()).toEqual(['a.db', 'b.db']);
    expect(dump(out)).toEqual(dump(db));
    expect(readFileSync(out)[18]).toBe(1);
    rmSync(out);
    const asJson = await streetlight('backup', out, '--db', db, '--json');
    expect(JSON.parse(asJson.printed)).toMatchObject({ path: out, runs: 2, births: 240 });
  });

  it('copies what is told so far while a run writes, log and all', async () => {
    const lineage = openLineage(db, 'write');
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    let hash = initialEventHash;
    for (const told of toldRun(70)) {
      hash = nextEventHash(hash, told);
      journal.append(told, hash);
    }
    expect((await streetlight('backup', out, '--db', db)).code).toBe(0);
    const copy = openLineage(out, 'read');
    expect(findRun(copy, 1)!.lastTold).toBe(63);
    copy.close();
    journal.close();
    lineage.close();
    expect(files()).toEqual(['a.db', 'b.db']);
  });

  it('replaces nothing', async () => {
    madeUpDatabase(db, 1, 30);
    writeFileSync(out, 'mine');
    const { code, noted } = await streetlight('backup', out, '--db', db);
    expect(code).toBe(2);
    expect(noted).toContain('there is a file already');
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await streetlight('backup', db, '--db', db)).code).toBe(2);
    rmSync(out);
    writeFileSync(`${out}-wal`, 'of another');
    expect((await streetlight('backup', out, '--db', db)).noted).toContain('left over');
    expect(files()).toEqual(['a.db', 'b.db-wal']);
  });

  it('makes no copy of what is damaged', async () => {
    madeUpDatabase(db, 1, 30);
    const other = new Sqlite(db);
    other.exec("UPDATE run SET seed = '99'");
    other.close();
    const { code, noted } = await streetlight('backup', out, '--db', db);
    expect(code).toBe(2);
    expect(noted).toMatch(/damaged.*no copy was made/);
    expect(files()).toEqual(['a.db']);
  });

  it('leaves nothing where it is stopped', async () => {
    madeUpDatabase(db, 1, 30);
    const lineage = openLineage(db, 'read');
    const hash = { initial: initialEventHash, next: nextEventHash };
    const steps: number[] = [];
    const watch = { progress: (done: number) => void steps.push(done), shouldStop: () => true };
    expect(await backUp(lineage, out, hash, watch)).toBeNull();
    expect(steps).toEqual([0]);
    lineage.close();
    expect(existsSync(out)).toBe(false);
    expect(files()).toEqual(['a.db']);
  });
});
