/** Questions of any size: rows as they are found, numbers whole, and an end to what has none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { openQuery } from '../../src/lineage/query.ts';
import { rowLines } from '../../src/report/table.ts';

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
    expect((await asked('--json', sql)).printed).toBe(
      '[\n  {"a": 9007199254740993, "b": -9223372036854775808, "c": 9007199254740991, "d": 0.5}\n]',
    );
    expect((await asked('--format', 'csv', sql)).printed.split('\n')[1]).toBe(
      '9007199254740993,-9223372036854775808,9007199254740991,0.5',
    );
    expect((await asked(sql)).printed).toContain('-9223372036854775808');
  });

  it('without rows, and a mistake in SQL, come through from where they are made', async () => {
    expect(await asked('--json', 'SELECT 1 AS one WHERE 0')).toEqual({ code: 0, printed: '[\n]', noted: '' });
    const { code, noted } = await asked('SELECT missing FROM nowhere');
    expect(code).toBe(2);
    expect(noted).toContain('no such table: nowhere');
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

  it('of JSON or CSV is read back whole', () => {
    const json = JSON.parse([...rowLines('json', ['name', 'n'], rows(3))].join('\n')) as unknown;
    expect(json).toEqual([
      { name: 'r0', n: 0 },
      { name: 'r1', n: 1 },
      { name: 'a much longer text', n: 2 },
    ]);
    expect([...rowLines('csv', ['a,b'], [['x"y']])]).toEqual(['"a,b"', '"x""y"']);
  });
});
