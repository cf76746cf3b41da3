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

describe('tags', () => {
  it.each([
    ['bytes', 'name: x\nfounders: !!binary aGk=\n', '`!!binary`', 2, 20],
    ['a document of bytes', '!!binary aGk=\n', '`!!binary`', 1, 10],
    [
      'a set, which would be read as no keys',
      '%YAML 1.1\n---\nfounders: !!set {a}\nname: x\n',
      '`!!set`',
      3,
      17,
    ],
    ['keys in order', 'name: x\nevolution: !!omap [births: 3]\n', '`!!omap`', 2, 19],
    ['a date', '%YAML 1.1\n---\nname: x\nvariation: 2020-01-01\n', 'a date', 4, 12],
    ['a tag of another program', 'name: !env HOME\n', '`!env`', 1, 12],
  ])('of %s are refused where they stand', (_, text, what, line, column) => {
    expect(issuesOf(text)).toEqual([
      expect.objectContaining({ code: 'yaml', path: 'doc.yaml', line, column }),
    ]);
    expect(issuesOf(text)[0]!.message).toBe(`${what} is no kind of value that documents have`);
  });

  it('of texts, numbers, lists and keys say what is so anyway', () => {
    const text = 'name: !!str x\ntask: !!map {name: spirals, train: !!int 200}\n';
    expect(issuesOf(text)).toEqual([]);
  });
});

describe('the name of a run', () => {
  it.each(['a\\nb', '\\e[31mred', 'nul\\0', 'c1\\x9b'])('has no control characters: %s', (name) => {
    expect(issuesOf(`name: "${name}"\ntask: {name: spirals}\n`)).toMatchObject([{ line: 1, column: 7 }]);
  });

  it('has letters of any script', () => {
    expect(issuesOf('name: Läufe 語 😀\ntask: {name: spirals}\n')).toEqual([]);
  });
});

describe('an override', () => {
  const overridden = (text: string, path: string, value: string) => {
    const parsed = parseDocument(text, 'doc.yaml', [{ path, value }]);
    return parsed.ok ? parsed.value : parsed.issues.map((issue) => `${issue.path}: ${issue.message}`);
  };
  const sound = 'name: x\ntask: {name: spirals}\n';

  it.each([
    ['name', '&x [*x]', 'aliases name nothing here'],
    ['founders', '!!set {a}', '`!!set` is no kind of value that documents have'],
    ['evolution', '{births: 3, births: 4}', 'this key stands twice'],
    ['name', '[a', 'Flow sequence'],
  ])('%s=%s is judged as the text is', (path, value, problem) => {
    expect(overridden(sound, path, value)).toEqual([
      expect.stringContaining(`--set ${path}: ${value}: ${problem}`),
    ]);
  });

  it('below a value that is no collection says so', () => {
    expect(overridden(sound, 'task.name.x', '3')).toEqual([
      '--set task.name.x: `task.name` holds no keys that could be set',
    ]);
  });

  it('of a text that is no document adds nothing to what is wrong with it', () => {
    for (const text of ['3\n', '- a\n'])
      expect(overridden(text, 'evolution.births', '3')).toEqual([
        expect.stringContaining('expected the keys name'),
      ]);
  });

  it('fills a document that is empty', () => {
    expect(overridden('~\n', 'name', 'x')).toEqual([expect.stringContaining('a document has a task')]);
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
