/** Names that no file can have, given wherever a command takes a path: refused with words, and never called a defect. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openLineage } from '../../src/lineage/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-paths-'));
const db = join(folder, 'empty.db');
beforeAll(() => openLineage(db, 'write').close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = {
  'of 300 characters': 'a'.repeat(300),
  'below a file': '/dev/null/x',
  'of 5000 characters': 'b/'.repeat(2500),
};

const commands: Record<string, (path: string) => readonly string[]> = {
  'search DOCUMENT': (path) => ['search', path],
  'search --db': (path) => ['search', 'smoke', '--db', path],
  'search --set task.path': (path) => [
    'search',
    'smoke',
    '--db',
    join(folder, 'x.db'),
    '--set',
    'task.name=csv',
    '--set',
    `task.path=${path}`,
  ],
  'resume --db': (path) => ['resume', '--db', path],
  'runs --db': (path) => ['runs', '--db', path],
  'show --db': (path) => ['show', '--db', path],
  'verify --db': (path) => ['verify', '--db', path],
  'query --db': (path) => ['query', 'deaths-by-cause', '--db', path],
  'survivorship --db': (path) => ['survivorship', '--db', path],
  'export --out': (path) => ['export', '--what', 'events', '--db', db, '--out', path],
  'import FILE': (path) => ['import', path],
  'import --db': (path) => ['import', path, '--db', path],
  'train GENOME': (path) => ['train', path],
  'tasks csv': (path) => ['tasks', 'csv', '--set', `task.path=${path}`],
};

describe.each(Object.entries(names))('a path %s', (_, path) => {
  it.each(Object.entries(commands))('is refused by %s', async (_name, command) => {
    const noted: string[] = [];
    const output = {
      isTerminal: false,
      colour: false,
      print: () => {},
      note: (text: string) => void noted.push(text),
    };
    const code = await main(command(path), output);
    expect(code).toBe(2);
    expect(noted.join('\n')).not.toMatch(/defect|^\s*$/);
  });
});
