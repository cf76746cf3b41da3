/** Texts that are no document: refused at the place, in time that grows with the text and no faster. */
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/search-space/document.ts';

const issuesOf = (text: string) => {
  const parsed = parseDocument(text, 'doc.yaml');
  return parsed.ok ? [] : parsed.issues;
};
const numbered = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i));

describe('aliases', () => {
  it.each([
    ['the root within itself', '&r\nname: x\ntask: *r\n', 3, 7],
    ['a list within itself', 'name: &a [*a]\n', 1, 11],
    ['a list two levels up', 'name: &a [b: [*a]]\n', 1, 15],
    ['as a key', '&a\n? *a\n: 1\n', 2, 3],
  ])('%s is refused where it stands', (_, text, line, column) => {
    expect(issuesOf(text)).toMatchObject([{ code: 'yaml', path: 'doc.yaml', line, column }]);
    expect(issuesOf(text)[0]!.message).toContain('within what it names');
  });

  it('name the last anchor before them, and are refused where there is none', () => {
    const issues = issuesOf('name: *later\nengine: &later wasm\n');
    expect(issues).toMatchObject([{ line: 1, column: 7 }]);
    expect(issues[0]!.message).toContain('no anchor &later before');
    const twice = issuesOf('a: &n x\nb: &n y\nname: *n\nengine: *n\n');
    expect(twice.find(({ message }) => message.startsWith('engine'))!.message).toContain('"y"');
  });

  it('are counted where there are too many', () => {
    const [issue, ...rest] = issuesOf(`a: &a 1\nb: [${numbered(1001, () => '*a').join(', ')}]\n`);
    expect(rest).toEqual([]);
    expect(issue!.message).toBe('this text has 1001 aliases, and a document has at most 1000');
  });
});

describe('a text', () => {
  it('of two documents, of deep brackets, or far too long is refused once', () => {
    expect(issuesOf('name: a\n---\nname: b\n')).toMatchObject([
      { line: 2, message: 'a second document begins here' },
    ]);
    expect(issuesOf('['.repeat(5000))).toMatchObject([
      { line: 1, message: 'brackets or lists nest too deep from here on' },
    ]);
    expect(issuesOf('#'.repeat(4_000_001))).toMatchObject([{ code: 'document-too-long' }]);
  });

  it('has each key once, whatever else is wrong', () => {
    expect(issuesOf('name: a\nname: b\nengine: wasm\nengine: wasm\n')).toMatchObject([
      { line: 2, column: 1, message: 'this key stands twice' },
      { line: 4, column: 1, message: 'this key stands twice' },
    ]);
  });

  // Quadratic time would be minutes here: ten thousand million comparisons of keys, as many of names.
  it.each([
    ['unknown keys', numbered(100_000, (i) => `k${i}: 1`).join('\n'), 'unknown-key'],
    ['the same key', 'k: 1\n'.repeat(100_000), 'yaml'],
    ['aliases of anchors', `z: [${numbered(50_000, (i) => `&a${i} 1, *a${i}`).join(', ')}]`, 'yaml'],
    [
      'unknown operators',
      `variation:\n  rates:\n${numbered(100_000, (i) => `    k${i}: 1`).join('\n')}`,
      'unknown-operator',
    ],
  ])('of a hundred thousand %s is read in one go, and its issues are counted', (_, text, code) => {
    const issues = issuesOf(text);
    expect(issues.length).toBeLessThanOrEqual(200);
    expect(issues.some((issue) => issue.code === code)).toBe(true);
  });

  it('tells the first hundred of many mistakes and counts the rest', () => {
    const issues = issuesOf(`name: a\ntask: {name: mnist1d}\n${numbered(250, (i) => `k${i}: 1`).join('\n')}`);
    expect(issues).toHaveLength(100);
    expect(issues[99]!.message).toBe('k99: there is no such key; and 150 more of this kind');
  });
});
