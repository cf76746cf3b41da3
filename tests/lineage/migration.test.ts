/** A database of an earlier schema is brought up to date when it is opened, and tells the same births. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { applicationId, newestVersion } from '../../src/lineage/migrate.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { audit, newRun, toldRun } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const schema = (name: string) => readFileSync(join(packageRoot(), 'db/migrations', `${name}.sql`), 'utf8');

/** 120 births as an earlier version of the schema holds them. */
function oldFile(version: 1 | 2 = 1): string {
  const path = join(folder, 'new.db');
  const lineage = openLineage(path, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const told of toldRun(120)) journal.append(told, `h${told.birth.birthIndex}`);
  journal.close();
  lineage.close();
  const old = join(folder, 'old.db');
  const db = new Sqlite(old);
  db.exec(schema('001-lineage'));
  if (version === 2) db.exec(schema('002-evaluation'));
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${version}`);
  db.exec(`ATTACH '${path}' AS new`);
  for (const table of ['run', 'run_session', 'operator', 'locus', 'block', 'individual', 'mutation'])
    db.exec(`INSERT INTO main.${table} SELECT * FROM new.${table}`);
  db.exec('INSERT INTO main.death SELECT individual, event, ord, delay, other_cause FROM new.death');
  db.exec(
    'INSERT INTO main.evaluation SELECT individual, reason, fitness, loss, accuracy, steps, cost_units, parameters, curve FROM new.evaluation',
  );
  db.close();
  return old;
}

it.each([
  [1, 'read'],
  [1, 'write'],
  [2, 'read'],
  [2, 'derive'],
] as const)('of version %i when opened to %s', (version, mode) => {
  const lineage = openLineage(oldFile(version), mode);
  expect(lineage.db.pragma('user_version', { simple: true })).toBe(newestVersion());
  expect([...toldBirths(lineage, 1)]).toEqual([...toldRun(120)]);
  expect(lineage.db.prepare('SELECT count(*) FROM life').pluck().get()).toBe(120);
  lineage.close();
});

it('keeps what is append-only append-only', () => {
  const lineage = openLineage(oldFile(), 'write');
  expect(() => lineage.db.exec('DELETE FROM death')).toThrow(/append-only/);
  expect(() => lineage.db.exec("UPDATE death SET other_cause = 'failed'")).toThrow(/append-only/);
  lineage.close();
});
