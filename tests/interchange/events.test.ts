import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, search, streetlight } from '../support/program.ts';
import { dump, madeUpDatabase } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-events-'));
const [db, log] = [join(folder, 'lineage.db'), join(folder, 'events.jsonl')];
beforeAll(async () => {
  madeUpDatabase(db, 2, 150);
  await streetlight('export', '1', '2', '--what', 'events', '--db', db, '--out', log);
});
afterAll(() => rmSync(folder, { recursive: true }));

const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');
const imported = (path: string, into: string) => streetlight('import', path, '--db', into);

describe('an event log', () => {
  it('makes the database again, row for row, and sound', async () => {
    const copy = join(folder, 'copy.db');
    const { code, printed } = await imported(log, copy);
    expect(code).toBe(0);
    expect(printed).toContain('Run 1 of');
    expect(printed).toContain('Run 2 of');
    const [rows, copied] = [dump(db), dump(copy)];
    expect(copied).toEqual(rows);
    for (const name of [
      'training',
      'rung',
      'reevaluation',
      'behaviour',
      'reuse',
      'timing',
      'run_session',
      'run_task',
    ])
      expect(rows[name]!.length, name).toBeGreaterThan(0);
    expect((await streetlight('verify', '--db', copy)).printed).toContain('is sound');
    expect(readdirSync(folder).filter((name) => name.includes('.import'))).toEqual([]);
    const again = join(folder, 'again.jsonl');
    await streetlight('export', '1', '2', '--what', 'events', '--db', copy, '--out', again);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(log, 'utf8'));
  });

  it('may be zipped, and end in empty lines', async () => {
    const name = join(folder, 'packed.jsonl.gz');
    writeFileSync(name, gzipSync(`${readFileSync(log, 'utf8')}\n\r\n`));
    const copy = join(folder, 'unpacked.db');
    expect((await imported(name, copy)).code).toBe(0);
    expect(dump(copy)).toEqual(dump(db));
  });

  it('adds runs to a database, and none twice', async () => {
    const first = join(folder, 'first.jsonl');
    await streetlight('export', '1', '--what', 'events', '--db', db, '--out', first);
    const other = join(folder, 'other.db');
    madeUpDatabase(other, 1, 40);
    const before = dump(other);
    expect((await imported(first, other)).printed).toContain('Run 2 of');
    expect((await streetlight('verify', '--db', other)).printed).toContain('is sound');
    expect(dump(other)['individual']!.length).toBe(before['individual']!.length + 150);
    const twice = await imported(first, other);
    expect(twice.code).toBe(2);
    expect(twice.noted).toContain('is run 2 of');
  });

  it('of a search that was cut short goes on as the search would have', async () => {
    const whole = join(folder, 'whole.db');
    search(whole, 60, 'cut');
    const { printed } = await streetlight('export', '--what', 'events', '--db', whole);
    const lines = printed.trimEnd().split('\n');
    expect(lines.length).toBe(62);
    const { eventHash } = JSON.parse(lines[41]!) as { eventHash: string };
    const cut = join(folder, 'cut.jsonl');
    writeFileSync(
      cut,
      [...lines.slice(0, 42), JSON.stringify({ end: null, births: 41, eventHash })].join('\n'),
    );
    const resumed = join(folder, 'resumed.db');
    expect((await imported(cut, resumed)).printed).toContain('41 births, not finished');
    execFileSync(process.execPath, [builtProgram, 'resume', '--db', resumed], { stdio: 'ignore' });
    const births = (await streetlight('export', '--what', 'events', '--db', resumed)).printed
      .split('\n')
      .filter((line) => line.startsWith('{"birth"'));
    expect(births).toEqual(lines.filter((line) => line.startsWith('{"birth"')));
  });
});

describe('a log that is not sound', () => {
  const changed = (at: number, change: (line: string) => string) => (lines: string[]) => {
    const line = change(lines[at]!);
    expect(line).not.toBe(lines[at]);
    lines[at] = line;
  };
  it.each<[string, number, string, (lines: string[]) => void]>([
    [
      'cut short in a line',
      101,
      'not JSON',
      (lines) => lines.splice(100, Infinity, lines[100]!.slice(0, 200)),
    ],
    ['cut short after a line', 100, 'breaks off', (lines) => lines.splice(100)],
    ['without its last line', 304, 'breaks off', (lines) => lines.splice(304)],
    ['without a line', 50, 'birth 49 stands where birth 48 is due', (lines) => lines.splice(49, 1)],
    [
      'with a line twice',
      51,
      'birth 48 stands where birth 49 is due',
      (lines) => lines.splice(50, 0, lines[49]!),
    ],
    [
      'with another fitness',
      30,
      'event hash',
      changed(29, (line) => line.replace(/"fitness":0?\.?\d/, '"fitness":7')),
    ],
    [
      'with another parent',
      90,
      'event hash',
      changed(89, (line) => line.replace(/"parent":\d+/, '"parent":3')),
    ],
    [
      'with a rule that is none',
      12,
      'rule: ',
      changed(11, (line) => line.replace(/"rule":"u = /, '"rule":"u = nonsense ')),
    ],
    [
      'with a word for a number',
      12,
      'outcome',
      changed(11, (line) => line.replace(/"stepsDone":100/, '"stepsDone":"many"')),
    ],
    ['without a key', 12, 'deaths', changed(11, (line) => line.replace('"deaths"', '"Deaths"'))],
    [
      'of a newer program',
      1,
      'newer streetlight',
      changed(0, (line) => line.replace('"version":2', '"version":3')),
    ],
    ['with a word in place of a line', 7, 'not JSON', changed(6, () => 'word')],
    ['with a word in place of its first line', 1, 'not JSON', changed(0, () => 'word')],
    ['with JSON that is no event', 7, 'no event of streetlight', changed(6, () => '"word"')],
    [
      'with a word for a document',
      1,
      'run.document: this is not JSON',
      changed(0, (line) => {
        const event = JSON.parse(line) as { run: object };
        return JSON.stringify({ ...event, run: { ...event.run, document: 'word' } });
      }),
    ],
    ['with an empty line', 7, 'this line is empty', (lines) => lines.splice(6, 0, '')],
    ['that is cut into one line', 1, 'not JSON', (lines) => lines.splice(0, Infinity, lines.join(' '))],
    ['with an enormous line', 2, 'longer than', (lines) => lines.splice(1, 0, 'x'.repeat((1 << 25) + 1))],
    ['that is some other JSON', 1, 'no event of streetlight', changed(0, () => '{"level":30}')],
    ['with an end too early', 20, 'births', (lines) => lines.splice(19, 0, lines.at(-1)!)],
    [
      'with a run inside a run',
      20,
      'before the one above it has ended',
      (lines) => lines.splice(19, 0, lines[0]!),
    ],
    ['with a birth before any run', 1, 'no event of streetlight', (lines) => lines.splice(0, 1)],
  ])('%s', async (name, line, message, damage) => {
    const lines = linesOf(log);
    expect(lines.length).toBe(306);
    damage(lines);
    const path = join(folder, 'damaged.jsonl');
    writeFileSync(path, `${lines.join('\n')}${name.startsWith('cut short in') ? '' : '\n'}`);
    const into = join(folder, 'never.db');
    const { code, printed, noted } = await imported(path, into);
    expect(noted).toContain(`${path}:${line}: `);
    expect(noted).toContain(message);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(existsSync(into)).toBe(false);
    expect(readdirSync(folder).filter((each) => each.includes('.import'))).toEqual([]);
  });

  it('is not read where the database cannot be written', async () => {
    const foreign = join(folder, 'foreign.db');
    writeFileSync(foreign, 'something else');
    for (const into of [foreign, folder, '']) {
      const { code, printed } = await imported(log, into);
      expect({ code, printed }).toEqual({ code: 2, printed: '' });
    }
    expect(readFileSync(foreign, 'utf8')).toBe('something else');
  });

  it('leaves a database that is there as it was', async () => {
    const [path, into] = [join(folder, 'broken.jsonl'), join(folder, 'kept.db')];
    writeFileSync(path, linesOf(log).slice(0, -1).join('\n'));
    madeUpDatabase(into, 1, 40);
    const before = dump(into);
    expect((await imported(path, into)).code).toBe(2);
    expect(dump(into)).toEqual(before);
  });
});
