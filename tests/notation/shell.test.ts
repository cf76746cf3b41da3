/** What is printed to be pasted, pasted: into a real shell. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commandOn, onDatabase, shellPath, shellWord, stringLiteral } from '../../src/notation/shell.ts';
import { itWithR, rscript } from '../support/r.ts';

const echoed = (command: string) =>
  spawnSync('sh', ['-c', `printf %s ${command}`], { encoding: 'utf8' }).stdout;

it.each([
  'plain.db',
  "it's 1.db",
  'a b',
  '$HOME `id` "x" \\ !',
  'two\nlines',
  '*?[a]',
  'ü ✓',
  '~',
  '#x',
  'a;b&c|d',
])('the shell reads %j back', (text) => {
  expect(echoed(shellWord(text))).toBe(text);
});

it('the shell reads any text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(!text.includes('\0') && !text.startsWith('-'));
      expect(echoed(shellWord(text))).toBe(text);
    }),
    { numRuns: 50 },
  );
});

it('what needs no quotes has none, and no path is taken for an option', () => {
  expect(shellWord('runs/a-1.db')).toBe('runs/a-1.db');
  expect(shellPath('-x.db')).toBe('./-x.db');
  expect(shellWord('--of', true)).toBe('--of');
  expect(onDatabase('lineage.db')).toBe('');
  expect(onDatabase("it's.db")).toBe(" --db 'it'\\''s.db'");
  expect(commandOn('-x.db', 'show 3')).toBe('npx streetlight show 3 --db ./-x.db');
});

it('commands to paste name their database where another one may be taken', () => {
  for (const none of [{}, { STREETLIGHT_DB: 'lineage.db' }]) expect(onDatabase('lineage.db', none)).toBe('');
  const other = { STREETLIGHT_DB: 'other.db' };
  expect(onDatabase('lineage.db', other)).toBe(' --db lineage.db');
  // The variable may have been set for the one command that said this.
  expect(onDatabase('other.db', other)).toBe(' --db other.db');
});

const itWithAnyR = itWithR('stats');

itWithAnyR('R reads a literal back', () => {
  for (const text of ["it's 1.db", 'a "quoted" \\ path', 'tab\tü\nline', '\u0001'])
    expect(rscript('-e', `cat(${stringLiteral(text)})`).text).toBe(text);
});
