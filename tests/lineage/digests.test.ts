/** Every column of every table is answered for: a value that is not what was written is a finding of `verify`. Tables and columns are read from the schema, so that a later one counts. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { openCells } from '../../src/lineage/cells.ts';
import { createRun, openJournal, recordResume } from '../../src/lineage/journal.ts';
import { migrate } from '../../src/lineage/migrate.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { register } from '../../src/lineage/registrations.ts';
import { recordDigest } from '../../src/lineage/seal.ts';
import { computeTraitValues, namedTrait } from '../../src/lineage/trait-store.ts';
import { verifyLineage } from '../../src/lineage/verify.ts';
import { audit, newRun, sha256, toldRun } from './support.ts';

const rollingHash = { initial: initialEventHash, next: nextEventHash };
const tasks = [
  { key: 'one', digest: sha256('one') },
  { key: 'two', digest: sha256('two') },
];
const closed = { class: sha256('class'), decides: '{}', content: '{}', folder: '/' };

/** A whole file: a finished run with details, times, two tasks and a resume, one that has not begun, traits, and cells. */
async function wholeFile(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'digests-'));
  const lineage = openLineage(join(folder, 'a.db'), 'write');
  const taskDigest = sha256(tasks.map(({ digest }) => digest).join('\n'));
  const run = createRun(lineage, { ...newRun, tasks, taskDigest, versions: { node: '20' }, closed }, audit);
  const journal = openJournal(lineage, run);
  let hash = initialEventHash;
  for (const told of toldRun(70, 20, true)) {
    hash = nextEventHash(hash, told);
    const { birthIndex } = told.birth;
    journal.append(told, hash, birthIndex % 2 === 0 ? { cpuMs: 7 + birthIndex, probeMs: 0.5 } : undefined);
  }
  journal.flush();
  recordResume(lineage, run, audit, 100);
  journal.close('births');
  createRun(lineage, { ...newRun, seed: '2', taskDigest: tasks[0]!.digest, tasks: tasks.slice(0, 1) }, audit);
  const blocks = lineage.db.prepare<[], number>('SELECT DISTINCT architecture FROM individual').pluck().all();
  const watch = { progress: () => {}, shouldStop: () => false };
  await computeTraitValues(lineage, namedTrait('architecture', 'units'), blocks, watch);
  const cell = {
    architecture: blocks[0]!,
    rule: 2,
    task: 0,
    seed: 's',
    learningRate: 1,
    split: 'final',
  } as const;
  const trained = {
    reason: null,
    loss: 0.5,
    accuracy: 0.75,
    steps: 9,
    costUnits: 27,
    parameters: 5,
  } as const;
  openCells(lineage, 'workbench').add([
    [cell, trained],
    [
      { ...cell, task: 1 },
      { ...trained, reason: 'diverged', loss: null, accuracy: null },
    ],
  ]);
  const registeredAt = '2026-01-01T00:00:00.000Z';
  for (const content of ['{}', '[]'])
    register(lineage, { study: 'study', content, versions: { node: '20' }, registeredAt });
  lineage.close();
  const bytes = readFileSync(join(folder, 'a.db'));
  rmSync(folder, { recursive: true });
  return bytes;
}

const file = await wholeFile();

const lineageOf = (db: Database): Lineage => ({
  path: 'a.db',
  file: '/nowhere/a.db',
  mode: 'read',
  db,
  isInPlace: () => true,
  close: () => db.close(),
});

const findings = (db: Database) => verifyLineage(lineageOf(db), rollingHash);

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const columns: readonly Column[] = (() => {
  const db = new Sqlite(':memory:');
  migrate(db);
  return db
    .prepare<[], Column>(
      `SELECT t.name AS "table", c.name AS "column", c.type FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
       WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND c.hidden = 0`,
    )
    .all();
})();

/** Another value that the type allows, in SQL; `@` is the column. */
const changes: Readonly<Record<string, string>> = {
  INTEGER: 'iif(@ IN (0, 1), 1 - @, @ + 100000)',
  REAL: '@ + 0.125',
  TEXT: "@ || 'x'",
  BLOB: "CAST(substr(@, 1, length(@) - 1) || x'a5' AS BLOB)",
  ANY: "iif(typeof(@) = 'text', @ || 'x', @ + 1)",
};

/** Changes one value behind the back of triggers, checks and keys, and leaves the schema as it was. */
function tamper(db: Database, sql: string): void {
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  const triggers = db
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  const { changes } = db.prepare(sql).run();
  for (const trigger of triggers) db.exec(trigger.sql);
  if (changes === 0) throw new Error(`nothing was changed by ${sql}`);
}

describe('a whole file', () => {
  it('has no finding', () => expect(findings(new Sqlite(Buffer.from(file)))).toEqual([]));

  it('has rows in every table', () => {
    const db = new Sqlite(Buffer.from(file));
    for (const table of new Set(columns.map((column) => column.table)))
      expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBeGreaterThan(0);
  });
});

const keyOf = (table: string) =>
  ({
    mutation: 'individual, ord',
    training: 'individual, ord',
    rung: 'individual, training, step',
    run_task: 'run, task',
    run_extension: 'run, births',
    trait_value: 'trait, block',
    cell: 'workbench, architecture, rule, task, seed, learning_rate, split',
  })[table] ?? 'rowid';

describe.each(columns)('$table.$column', ({ table, column, type }) => {
  const key = keyOf(table);
  const place = (order: string, where: string) =>
    `(${key}) = (SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${key} ${order} LIMIT 1)`;

  it.each(['ASC', 'DESC'])('of the first row (%s) that is changed is a finding', (order) => {
    const db = new Sqlite(Buffer.from(file));
    // Within a key the other of 0 and 1 may be taken.
    const isOfKey = key.split(', ').includes(column);
    const change = (isOfKey ? '@ + 100000' : changes[type]!).replaceAll('@', column);
    const where = `${column} IS NOT NULL AND ${change} IS NOT ${column}`;
    tamper(db, `UPDATE ${table} SET ${column} = ${change} WHERE ${place(order, where)}`);
    expect(findings(db)).not.toEqual([]);
  });
});

describe('a row', () => {
  const tables = [...new Set(columns.map(({ table }) => table))].filter(
    // Whoever drops values of traits, or cells, has them made again.
    (table) => !['trait', 'trait_value', 'workbench', 'cell'].includes(table),
  );
  it.each(tables)('of %s that is gone is a finding', (table) => {
    const db = new Sqlite(Buffer.from(file));
    const key = keyOf(table);
    tamper(db, `DELETE FROM ${table} WHERE (${key}) = (SELECT ${key} FROM ${table} ORDER BY ${key} LIMIT 1)`);
    expect(findings(db)).not.toEqual([]);
  });
});

describe('a part of the schema', () => {
  const objects = (() => {
    const db = new Sqlite(Buffer.from(file));
    return db
      .prepare<[], { type: string; name: string }>(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view', 'index') AND sql IS NOT NULL",
      )
      .all();
  })();
  it.each(objects)('($type $name) that is gone is a finding', ({ type, name }) => {
    const db = new Sqlite(Buffer.from(file));
    db.exec(`DROP ${type} ${name}`);
    expect(findings(db).map(({ check }) => check)).toContain('schema');
  });
  it('that someone else added is none, unless it acts on our tables', () => {
    const db = new Sqlite(Buffer.from(file));
    db.exec(
      'CREATE VIEW mine AS SELECT * FROM run; CREATE TABLE notes (x); CREATE INDEX fast ON death (event)',
    );
    expect(findings(db)).toEqual([]);
    db.exec('CREATE TRIGGER quiet BEFORE INSERT ON run BEGIN SELECT raise(IGNORE); END');
    expect(findings(db).map(({ detail }) => detail)).toEqual(["the trigger quiet is none of this program's"]);
  });
});

describe('a bit of the file', () => {
  /** All that is stored, as text; null where it cannot be read. */
  function dump(db: Database): string | null {
    try {
      return JSON.stringify([
        db.prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all(),
        ...[...new Set(columns.map(({ table }) => table))].map((table) => {
          const names = columns
            .filter((each) => each.table === table)
            .map(({ column }) => `quote(${column})`);
          return db
            .prepare(`SELECT ${names.join()} FROM ${table} ORDER BY ${keyOf(table)}`)
            .raw()
            .all();
        }),
      ]);
    } catch {
      return null;
    }
  }
  const whole = dump(new Sqlite(Buffer.from(file)));

  it('that is flipped is a finding wherever it changes what is stored', () => {
    expect(whole).not.toBeNull();
    let seen = 0;
    // A fixed step that is prime to the length visits all regions of the file.
    for (let n = 0, at = 4096; seen < 250; n++, at = (at + 7919 * 97) % file.length) {
      // Most bits are of something that is stored.
      expect(n).toBeLessThan(5000);
      const bytes = Buffer.from(file);
      bytes[at]! ^= 1 << (n % 8);
      let db: Database;
      try {
        db = new Sqlite(bytes);
      } catch {
        continue;
      }
      if (dump(db) === whole) continue;
      seen += 1;
      let found: readonly unknown[];
      try {
        found = findings(db);
      } catch (error) {
        found = [error];
      }
      expect(found, `bit ${n % 8} of byte ${at}`).not.toEqual([]);
      db.close();
    }
  });
});

describe('the digest of a record', () => {
  let db: Database;
  beforeAll(() => {
    db = new Sqlite(Buffer.from(file));
  });
  it('stays where a later schema adds columns and tables that say nothing of the run', () => {
    const before = recordDigest(db, 1);
    db.exec(
      'ALTER TABLE run ADD COLUMN later TEXT; CREATE TABLE of_runs (run INTEGER REFERENCES run (id), x)',
    );
    expect(recordDigest(db, 1)).toEqual(before);
    db.exec('INSERT INTO of_runs VALUES (2, 5)');
    expect(recordDigest(db, 1)).toEqual(before);
    db.exec('INSERT INTO of_runs VALUES (1, 5)');
    expect(recordDigest(db, 1)).not.toEqual(before);
  });
});
