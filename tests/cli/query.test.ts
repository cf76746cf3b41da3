/** Questions of any size: rows as they are found, numbers whole, and an end to what has none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAnswer, query } from '../../src/analysis/query.ts';
import { silentContext } from '../../src/analysis/question.ts';
import { main } from '../../src/cli/main.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { namedQueries, openQuery } from '../../src/lineage/query.ts';
import { answerJson } from '../../src/report/answer-json.ts';
import { jsonText } from '../../src/report/json.ts';
import { queryCsv, queryLines, queryText } from '../../src/report/query.ts';
import { renderCsv, rowLines } from '../../src/report/table.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-query-'));
const db = join(folder, 'empty.db');
beforeAll(() => openLineage(db, 'write').close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)';

async function asked(...args: readonly string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const output = {
    isTerminal: false,
    colour: false,
    print: (text: string) => void printed.push(text),
    note: (text: string) => void noted.push(text),
  };
  const code = await main(['query', '--db', db, ...args], output);
  return { code, printed: printed.join('\n'), noted: noted.join('\n') };
}

describe('an answer', () => {
  it('comes row by row: the first rows of an endless one are there', () => {
    const lineage = openLineage(db, 'read');
    const seen: unknown[] = [];
    for (const [x] of openQuery(lineage, `${endless} SELECT x FROM n`).rows) if (seen.push(x) === 3) break;
    lineage.close();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('that never comes is ended, and said so', async () => {
    const { code, noted } = await asked('--seconds', '1', `${endless} SELECT count(*) FROM n`);
    expect(code).toBe(2);
    expect(noted).toContain('no whole answer after 1 second');
    expect(noted).toContain('--seconds gives more time');
  });

  it('has whole numbers beyond 2^53 to the last digit, in every format', async () => {
    const sql = 'SELECT 9007199254740993 AS a, -9223372036854775808 AS b, 9007199254740991 AS c, 0.5 AS d';
    expect((await asked('--json', sql)).printed).toContain(
      '"rows": [\n    {"a": 9007199254740993, "b": -9223372036854775808, "c": 9007199254740991, "d": 0.5}\n  ]\n}',
    );
    expect((await asked('--format', 'csv', sql)).printed.split('\n')[1]).toBe(
      '9007199254740993,-9223372036854775808,9007199254740991,0.5',
    );
    expect((await asked(sql)).printed).toContain('-9223372036854775808');
  });

  it('without rows, and a mistake in SQL, come through from where they are made', async () => {
    const { printed, ...none } = await asked('--json', 'SELECT 1 AS one WHERE 0');
    expect(none).toEqual({ code: 0, noted: '' });
    expect(JSON.parse(printed)).toMatchObject({ run: null, window: 100, columns: ['one'], rows: [] });
    const { code, noted } = await asked('SELECT missing FROM nowhere');
    expect(code).toBe(2);
    expect(noted).toContain('no such table: nowhere');
  });
});

describe('what is streamed', () => {
  const told = join(folder, 'told.db');
  beforeAll(() => {
    const lineage = openLineage(told, 'write');
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    for (const each of toldRun(300)) journal.append(each, 'h');
    journal.close('births');
    lineage.close();
  });

  /** With every number as text, so that no digit is lost in reading. */
  const digits = (json: string): unknown =>
    JSON.parse(
      json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (found) =>
        found.startsWith('"') ? found : `"${found}"`,
      ),
    );

  const sql = [
    'SELECT 9007199254740993 AS a, -9223372036854775808 AS b, 0.5 AS c, NULL AS d',
    'SELECT x\'00ff\' AS bytes, \'a "quoted" line\' || char(10) AS text, 1 AS n, 2 AS n, 3 AS __proto__, 4 AS "1"',
    'SELECT i.id, e.fitness FROM individual i JOIN evaluation e ON e.individual = i.id',
    'SELECT 1 AS one WHERE 0',
  ];
  it.each([...namedQueries().map(({ name }) => name), ...sql])(
    'is the answer of the question, in every format: %s',
    async (text) => {
      const lineage = openLineage(told, 'read');
      const params = { question: text, run: 1, window: 50 };
      const answer = await query.ask(lineage, params, silentContext);
      const open = () => openAnswer(lineage, params);
      const streamed = [...queryLines('json', open())].join('\n');
      expect(digits(streamed)).toEqual(digits(answerJson(query, answer)));
      expect(query.answer.safeParse(answer).error).toBeUndefined();
      expect([...queryLines('csv', open())].join('\n')).toBe(
        renderCsv(queryCsv(answer).head, queryCsv(answer).rows).replaceAll('\r\n', '\n'),
      );
      expect([...queryLines('table', open())].join('\n')).toBe(queryText(answer));
      lineage.close();
      const { printed, code } = await asked('--json', '--run', '1', '--window', '50', '--db', told, text);
      expect(code).toBe(0);
      expect(printed).toBe(streamed);
    },
  );
});

it('JSON has null for what is no number', async () => {
  const { printed } = await asked('--json', 'SELECT 1e999 AS endless');
  expect(JSON.parse(printed).rows).toEqual([{ endless: null }]);
  const lineage = openLineage(db, 'read');
  const { rows } = await query.ask(
    lineage,
    { question: 'SELECT 1e999 AS endless', window: 1 },
    silentContext,
  );
  lineage.close();
  expect(rows).toEqual([{ endless: null }]);
});

describe('JSON', () => {
  it('is as JSON.stringify has it, and a bigint is a number', () => {
    const value = { a: [1, [], {}, [null, undefined, 'x"\n']], b: undefined, c: { d: Number.NaN, '': true } };
    expect(jsonText(value)).toBe(JSON.stringify(value, null, 2));
    expect(jsonText({ a: [9007199254740993n] })).toBe('{\n  "a": [\n    9007199254740993\n  ]\n}');
  });
});

describe('a long table', () => {
  function* rows(count: number) {
    for (let i = 0; i < count; i++) yield [i === count - 1 ? 'a much longer text' : `r${i}`, i] as const;
  }
  it('is laid out by its first rows, and no row is lost', () => {
    const lines = [...rowLines('table', ['name', 'n'], rows(2500))];
    expect(lines).toHaveLength(2501);
    expect(lines.slice(0, 3)).toEqual(['name    n', 'r0      0', 'r1      1']);
    expect(lines[1500]).toBe('r1499  1499');
    expect(lines[2500]).toBe('a much longer text  2499');
  });

  it('of CSV has its texts in quotes where they need it', () => {
    expect([...rowLines('csv', ['a,b'], [['x"y']])]).toEqual(['"a,b"', '"x""y"']);
  });
});
