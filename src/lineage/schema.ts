/** The schema that this program makes, against the one that a file has. */
import Sqlite, { type Database } from 'better-sqlite3';
import { migrate } from './migrate.ts';

type Kind = 'table' | 'view' | 'index' | 'trigger';

interface SchemaRow {
  readonly type: Kind;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string;
}

/** Derived: they may be dropped at any time. */
const dispensable = new Set(['trait', 'trait_value']);

let made: ReadonlyMap<string, SchemaRow> | null = null;

function newest(): ReadonlyMap<string, SchemaRow> {
  if (made !== null) return made;
  const db = new Sqlite(':memory:');
  migrate(db);
  made = schemaOf(db);
  db.close();
  return made;
}

const schemaOf = (db: Database): Map<string, SchemaRow> =>
  new Map(
    db
      .prepare<[], SchemaRow>(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
      )
      .all()
      .map((row) => [row.name, row]),
  );

/** What is missing or not as this program makes it, and triggers of others on tables of ours. Tables, views and indexes that someone added are theirs. */
export function schemaFindings(db: Database, kinds: readonly Kind[]): string[] {
  const there = schemaOf(db);
  const changed = [...newest().values()].flatMap(({ type, name, sql }) => {
    if (!kinds.includes(type)) return [];
    const found = there.get(name);
    if (found === undefined && dispensable.has(name)) return [];
    if (found?.type === type && found.sql === sql) return [];
    return [`the ${type} ${name} ${found === undefined ? 'is missing' : 'is not as this program makes it'}`];
  });
  if (!kinds.includes('trigger')) return changed;
  const added = [...there.values()].filter(
    ({ type, name, tbl_name }) => type === 'trigger' && !newest().has(name) && newest().has(tbl_name),
  );
  return [...changed, ...added.map(({ name }) => `the trigger ${name} is none of this program's`)];
}
