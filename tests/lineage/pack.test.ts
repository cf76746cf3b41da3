import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/lineage/migrate.ts';
import { birthIndexOf, definePackFunctions, individualId, runOf } from '../../src/lineage/pack.ts';

const root = resolve(import.meta.dirname, '../..');
const runs = [1, 2, 4096, 8191];
const births = [0, 1, 127, 2 ** 31, 2 ** 32 + 5, 2 ** 40 - 1];
const pairs = runs.flatMap((run) => births.map((birth) => [run, birth] as const));

function database() {
  const db = new Sqlite(':memory:');
  definePackFunctions(db);
  return db;
}

describe('ids of individuals', () => {
  it('are run * 2^40 + birth, exactly, and give both back', () => {
    for (const [run, birth] of pairs) {
      const id = individualId(run, birth);
      expect(BigInt(id)).toBe(BigInt(run) * 2n ** 40n + BigInt(birth));
      expect([runOf(id), birthIndexOf(id)]).toEqual([run, birth]);
    }
    expect(new Set(pairs.map(([run, birth]) => individualId(run, birth))).size).toBe(pairs.length);
  });

  it('are the same in SQL, as integers that divide as such', () => {
    const db = database();
    const ask = db
      .prepare<[number, number], [bigint, bigint, bigint, string, bigint]>(
        `WITH it (id) AS (SELECT individual_id(?, ?))
         SELECT id, run_of(id), birth_of(id), typeof(id) || typeof(run_of(id)) || typeof(birth_of(id)), birth_of(id) / 10 FROM it`,
      )
      .raw()
      .safeIntegers();
    for (const [run, birth] of pairs)
      expect(ask.get(run, birth)).toEqual([
        BigInt(individualId(run, birth)),
        BigInt(run),
        BigInt(birth),
        'integerintegerinteger',
        BigInt(Math.floor(birth / 10)),
      ]);
    expect(
      db
        .prepare('SELECT individual_id(NULL, 1), individual_id(1, NULL), run_of(NULL), birth_of(NULL)')
        .raw()
        .get(),
    ).toEqual([null, null, null, null]);
  });

  it('are taken apart by the views of the file as by the functions', () => {
    const db = database();
    migrate(db);
    db.pragma('foreign_keys = OFF');
    for (const run of runs)
      db.prepare(`INSERT INTO run (id, document, document_hash, seed, numeric_class, task_digest, versions, created_at)
                  VALUES (?, '{}', '', '', '', '', '{}', '')`).run(run);
    for (const [run, birth] of pairs)
      db.prepare(
        'INSERT INTO individual VALUES (?, 1, 1, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, NULL)',
      ).run(individualId(run, birth));
    const differing = db
      .prepare(
        'SELECT count(*) AS rows, sum(run <> run_of(individual) OR birth <> birth_of(individual)) AS wrong FROM life',
      )
      .get();
    expect(differing).toEqual({ rows: pairs.length, wrong: 0 });
  });

  it('are packed in one place: no program and no question does it by hand', () => {
    const files = ['src', 'db/queries', 'workers', 'bench'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    );
    const byHand = files
      .filter((file) => /\.(ts|sql)$/.test(file) && file !== join('src', 'lineage', 'pack.ts'))
      .filter((file) =>
        /1099511627775|1099511627776|(<<|>>) *40\b|2 \*\* 40/.test(readFileSync(join(root, file), 'utf8')),
      );
    expect(byHand).toEqual([]);
  });
});
