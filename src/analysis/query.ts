/** Named questions in SQL, and SQL of whoever asks. */
import { z } from 'zod';
import type { Lineage } from '../lineage/open.ts';
import { openQuery, type QueryValue } from '../lineage/query.ts';
import { listRuns } from '../lineage/runs.ts';
import { runNumber } from './answer-parts.ts';
import { positive } from './params.ts';
import { param, question } from './question.ts';

const queryParams = z.strictObject({
  question: param(z.string(), { summary: 'the name of a question, or one SELECT', isPositional: true }),
  run: param(positive().exactOptional(), {
    summary: 'the run that a question is about; default the newest',
    value: 'n',
  }),
  window: param(positive().default(100), {
    summary: 'births per row, where a question goes over time',
    value: 'n',
  }),
});

const cell = z.union([z.number(), z.bigint(), z.string(), z.null()]).meta({
  id: 'Cell',
  description:
    'a whole number has all its digits, beyond 2^53 too; bytes are told by their number, such as `3 bytes`; null for NULL and for what is no number',
});

const queryAnswer = z.strictObject({
  question: z.string(),
  run: runNumber.nullable().describe('what :run stood for; null in a database without runs'),
  window: z.int().min(1).describe('what :window stood for'),
  columns: z.array(z.string()).readonly().describe('in order; a name that is there already gets a number'),
  rows: z.array(z.record(z.string(), cell)).readonly().describe('values by column'),
});

export type QueryParams = z.output<typeof queryParams>;
export type QueryAnswer = z.output<typeof queryAnswer>;
/** A value as answers have it. */
export type QueryCell = z.output<typeof cell>;

/** An answer whose rows are still to be read, once: nothing of them is held. */
export interface OpenAnswer {
  readonly head: Omit<QueryAnswer, 'rows'>;
  readonly rows: Iterable<readonly QueryCell[]>;
}

/** @throws UserError as `openQuery`; where SQLite fails on the way, while the rows are read. */
export function openAnswer(lineage: Lineage, { question, run, window }: QueryParams): OpenAnswer {
  const about = run ?? listRuns(lineage).at(-1)?.run ?? null;
  const { columns, rows } = openQuery(lineage, question, { run: about ?? 0, window });
  return { head: { question, run: about, window, columns }, rows: cells(rows) };
}

function* cells(rows: Iterable<readonly QueryValue[]>): Generator<readonly QueryCell[]> {
  for (const row of rows) yield row.map(cellOf);
}

const cellOf = (value: QueryValue): QueryCell =>
  value instanceof Uint8Array ? `${value.length} bytes` : value;

/** JSON has no infinity. */
const jsonCell = (value: QueryCell): QueryCell =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value;

/**
 * A named question or one SELECT. Its answer is held whole, and SQL without an end has none: whoever passes SQL of others on does so in a process that can be ended,
 * as the command line does.
 */
export const query = question({
  name: 'query',
  version: 1,
  summary:
    'ask the lineage database, read-only: named questions or SQL (tables are described in db/README.md)',
  params: queryParams,
  answer: queryAnswer,
  ask(lineage, params) {
    const { head, rows } = openAnswer(lineage, params);
    const named = (row: readonly QueryCell[]) =>
      Object.fromEntries(head.columns.map((name, i) => [name, jsonCell(row[i]!)]));
    return { ...head, rows: Array.from(rows, named) };
  },
});
