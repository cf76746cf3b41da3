/** The file against itself: what SQLite is told to promise, and what `verify --replay` must find once the file was tampered with. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { silentProgress } from '../../src/report/progress.ts';
import { replaySample } from '../../src/search/replay.ts';
import { launch } from '../../src/search/run.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-identity-'));
const sound = join(folder, 'sound.db');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const births = 24;
const document = {
  name: 'identity',
  task: { name: 'mnist1d' },
  evaluation: { steps: 5, batchSize: 8 },
  evolution: { births, population: 8, tournament: 3, inFlight: 4, reassortment: 0.5 },
  founders: { architectures: ['linear'], rules: ['sgd', 'adam'] },
};

beforeAll(async () => {
  const parsed = parseDocument(JSON.stringify(document), 'identity');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const lineage = openLineage(sound, 'write');
  await launch(await setUpRun(parsed.value, 'i'), {
    lineage,
    workers: 1,
    progress: silentProgress,
    shouldStop: () => false,
  });
  lineage.close();
});

it('a file that is written keeps what it commits: a log ahead of it, synchronised at every commit, keys checked', () => {
  const lineage = openLineage(join(folder, 'fresh.db'), 'write');
  const pragma = (name: string) => lineage.db.pragma(name, { simple: true });
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('synchronous')).toBe(2);
  expect(pragma('foreign_keys')).toBe(1);
  lineage.close();
});

/** A copy of the file with one thing changed behind the program's back; gives the births that replaying all finds to differ. */
async function differing(sql: string | null, sample = births, rows = 1): Promise<readonly number[]> {
  const path = join(folder, 'tampered.db');
  copyFileSync(sound, path);
  if (sql !== null) {
    const db = new Sqlite(path);
    const triggers = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all() as string[];
    for (const name of triggers) db.exec(`DROP TRIGGER ${name}`);
    expect(db.prepare(sql).run().changes).toBe(rows);
    db.close();
  }
  const lineage = openLineage(path, 'read');
  const { births: replayed, differing } = await replaySample(lineage, findRun(lineage, 1)!, sample);
  lineage.close();
  rmSync(path);
  expect(replayed).toBe(Math.min(sample, births));
  return differing;
}

const scored = `(SELECT max(individual) FROM evaluation WHERE reason IS NULL)`;
const bred = `(SELECT max(individual) FROM mutation)`;
const birthOf = (expression: string) => {
  const db = new Sqlite(sound, { readonly: true });
  const id = db.prepare(`SELECT ${expression}`).pluck().get() as number;
  db.close();
  return id % 2 ** 40;
};

const count = (of: string) => {
  const db = new Sqlite(sound, { readonly: true });
  const found = db.prepare(`SELECT count(*) FROM ${of}`).pluck().get() as number;
  db.close();
  return found;
};

describe('replaying a sample', () => {
  const changed = 'UPDATE evaluation SET steps = steps + 1';

  it('looks at as many as were asked for, or at all there are, and at each once', async () => {
    const found = await differing(changed, 6, births);
    expect(new Set(found).size).toBe(6);
    expect(await differing(changed, 3 * births, births)).toHaveLength(births);
  });

  it('passes over what lost its workers, and over nothing else that failed', async () => {
    const lost = (reason: string) =>
      `UPDATE evaluation SET reason = '${reason}', fitness = NULL, loss = NULL, accuracy = NULL`;
    const all = count('evaluation');
    expect(await differing(lost('worker-lost'), births, all)).toEqual([]);
    expect(await differing(lost('unsupported'), births, all)).toHaveLength(births);
  });
});

describe('replaying all births', () => {
  it('finds nothing in a sound file', async () => expect(await differing(null)).toEqual([]));

  // The newest birth: nobody descends from it, so that only its own replay can tell.
  it.each([
    [
      'a fitness, by its last bits',
      `UPDATE evaluation SET fitness = fitness + 1e-12 WHERE individual = ${scored}`,
      scored,
    ],
    ['a loss', `UPDATE evaluation SET loss = loss * 1.0000000001 WHERE individual = ${scored}`, scored],
    ['steps done', `UPDATE evaluation SET steps = steps - 1 WHERE individual = ${scored}`, scored],
    [
      'what a mutation made',
      `UPDATE mutation SET after = after || '1' WHERE individual = ${bred} AND ord = 0`,
      bred,
    ],
    [
      'who stood in a tournament',
      `UPDATE individual SET contestants = CAST(contestants || x'01' AS BLOB) WHERE id = (SELECT max(id) FROM individual)`,
      '(SELECT max(id) FROM individual)',
    ],
  ])('finds %s that was changed', async (_, sql, individual) => {
    expect(await differing(sql)).toEqual([birthOf(individual)]);
  });
});
