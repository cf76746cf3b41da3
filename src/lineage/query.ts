/** Questions to the database: named ones from db/queries, and any SELECT of the user's. Nothing here can write. */
import type { RunResult, Statement } from 'better-sqlite3';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { packagedPath } from '../search-space/packaged.ts';
import type { Lineage } from './open.ts';
import { codeOf } from './refusal.ts';
import { type SqlFile, sqlFiles } from './sql-files.ts';

/** A question of db/queries. */
export interface NamedQuery {
  readonly name: string;
  readonly title: string;
  /** Without the colon: such as `run`. */
  readonly parameters: readonly string[];
  readonly sql: string;
}

/** A value of SQLite. Whole numbers are numbers as far as those are exact, and bigints beyond 2^53. */
export type QueryValue = null | number | bigint | string | Uint8Array;

/** A whole answer. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
}

/** An answer row by row, as SQLite finds it: nothing is held. The rows can be walked once. */
export interface OpenQuery {
  readonly columns: readonly string[];
  /** @throws UserError (`query-error`) where SQLite fails on the way. */
  readonly rows: Iterable<readonly QueryValue[]>;
}

/** The questions in db/queries. A file starts with `-- title: ...`; its parameters are those its SQL names. */
export function namedQueries(): readonly NamedQuery[] {
  return sqlFiles('queries').map(namedQuery);
}

function namedQuery({ name, text }: SqlFile): NamedQuery {
  const title = /^-- title: (.*)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`db/queries/${name}.sql has no title`);
  const code = text.replaceAll(/--.*$/gm, '').replaceAll(/'[^']*'/g, '');
  const parameters = [...new Set([...code.matchAll(/:([a-z]\w*)/g)].map((match) => match[1]!))];
  return { name, title, parameters, sql: text };
}

type Parameters = Readonly<Record<string, number | string | null>>;

/** All rows of a question at once; see `openQuery`. */
export function runQuery(lineage: Lineage, question: string, parameters: Parameters = {}): QueryResult {
  const { columns, rows } = openQuery(lineage, question, parameters);
  return { columns, rows: [...rows] };
}

/** True for the name of a question in db/queries: it ends by itself, which SQL of the user's need not. */
export const isNamedQuery = (question: string): boolean =>
  namedQueries().some(({ name }) => name === question.trim());

/**
 * Asks a named question or one SELECT of the user's.
 * @throws UserError for bad SQL (`query-error`), anything that is not one reading statement (`query-writes`), unknown names and missing parameters.
 */
export function openQuery(lineage: Lineage, question: string, parameters: Parameters = {}): OpenQuery {
  const named = namedQueries().find(({ name }) => name === question.trim());
  const missing = (named?.parameters ?? []).filter((name) => !(name in parameters));
  if (missing.length > 0) {
    throw new UserError(
      missing.map((name) => ({
        code: 'query-parameter',
        message: `the question ${question} needs :${name}`,
      })),
    );
  }
  if (named === undefined && /^[\w-]+$/.test(question.trim())) throw unknownQuestion(question.trim());
  const statement = prepared(lineage, named?.sql ?? question);
  const columns = distinct(statement.columns().map(({ name }) => name));
  return { columns, rows: rowsOf(statement, parameters) };
}

function* rowsOf(statement: Statement, parameters: Parameters): Generator<readonly QueryValue[]> {
  const bound = statement.raw().safeIntegers();
  try {
    const rows = Object.keys(parameters).length > 0 ? bound.iterate(parameters) : bound.iterate();
    for (const row of rows as IterableIterator<QueryValue[]>) yield row.map(exact);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refused('query-error', error);
  }
}

const exact = (value: QueryValue): QueryValue =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;

function unknownQuestion(name: string): UserError {
  const names = namedQueries().map((query) => query.name);
  return new UserError({
    code: 'unknown-question',
    message: `there is no question \`${name}\``,
    hint: didYouMean(name, names) ?? `questions are ${names.join(', ')}; or write one SELECT`,
  });
}

function prepared({ db }: Lineage, sql: string): Statement {
  let statement: Statement<unknown[], RunResult>;
  try {
    statement = db.prepare(sql);
  } catch (error) {
    throw refused('query-error', error);
  }
  if (statement.reader && statement.readonly && !/^\s*pragma\b/i.test(sql)) return statement;
  const message = 'this is not a SELECT: questions may read the lineage database and never change it';
  throw new UserError({ code: 'query-writes', message, hint: 'start with SELECT or WITH' });
}

/** Columns of one name get a number, so that none is lost where names are keys. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}:${times}`;
  });
}

/** What the question is to blame for. Damage of the file is not: it is told as everywhere. */
function refused(code: string, error: unknown): unknown {
  if (!/^SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE)|^$/.test(codeOf(error))) return error;
  const hint = `the tables are described in ${packagedPath('db', 'README.md')}`;
  return new UserError({ code, message: error instanceof Error ? error.message : String(error), hint });
}
