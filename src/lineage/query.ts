/** Questions to the database: named ones from db/queries, and any SELECT of the user's. Nothing here can write. */
import type { RunResult, Statement } from 'better-sqlite3';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { packagedPath } from '../search-space/packaged.ts';
import type { Lineage } from './open.ts';
import { type SqlFile, sqlFiles } from './sql-files.ts';

export interface NamedQuery {
  readonly name: string;
  readonly title: string;
  /** Without the colon: such as `run`. */
  readonly parameters: readonly string[];
  readonly sql: string;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
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

/**
 * Runs a named question or one SELECT of the user's.
 * @throws UserError for bad SQL (`query-error`), anything that is not one reading statement (`query-writes`) and missing parameters.
 */
export function runQuery(lineage: Lineage, question: string, parameters: Parameters = {}): QueryResult {
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
  try {
    const columns = distinct(statement.columns().map(({ name }) => name));
    const bound = statement.raw();
    const rows = (Object.keys(parameters).length > 0 ? bound.all(parameters) : bound.all()) as unknown[][];
    return { columns, rows };
  } catch (error) {
    throw refused('query-error', error);
  }
}

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

function refused(code: string, error: unknown): UserError {
  const hint = `the tables are described in ${packagedPath('db', 'README.md')}`;
  return new UserError({ code, message: error instanceof Error ? error.message : String(error), hint });
}
