import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { documentText, parseDocument } from '../../src/search-space/document.ts';

const folder = join(packageRoot(), 'search-spaces');

describe('search documents', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))(
    '%s is valid and survives being stored',
    (name) => {
      const document = parseDocument(readFileSync(join(folder, name), 'utf8'), name);
      expect(document.ok).toBe(true);
      if (document.ok) expect(parseDocument(documentText(document.value), 'stored')).toEqual(document);
    },
  );

  it('reports everything at once, with line, column and hint', () => {
    const result = parseDocument(
      [
        'name: bad',
        'task:',
        '  name: mnist1d',
        'evolution:',
        '  populaton: 9',
        '  births: many',
        'evaluation:',
        '  steps: 0',
        'extra: 1',
      ].join('\n'),
      'bad.yaml',
    );
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const found = result.issues.map(({ line, column, path }) => `${path}:${line}:${column}`).sort();
    expect(found).toEqual(['bad.yaml:5:3', 'bad.yaml:6:11', 'bad.yaml:8:10', 'bad.yaml:9:1']);
    expect(result.issues.find(({ line }) => line === 5)!.hint).toContain('population');
  });

  it.each([
    [
      'a tournament larger than the population',
      'evolution: { population: 4, tournament: 9, inFlight: 2, births: 10 }',
      'evolution.tournament',
    ],
    [
      'more births in flight than founders',
      'evolution: { population: 4, tournament: 2, inFlight: 9, births: 10 }',
      'evolution.inFlight',
    ],
    [
      'fewer births than founders',
      'evolution: { population: 20, tournament: 2, inFlight: 9, births: 10 }',
      'evolution.births',
    ],
    ['an unknown founder', 'founders: { rules: [adamm] }', 'adam'],
    ['an ill-typed rule', "founders: { rules: ['u = norm(g)'] }", 'over'],
    ['an unknown op in an architecture', "founders: { architectures: ['y = convv(x)'] }", 'convv'],
  ])('refuses %s', (_what, line, word) => {
    const result = parseDocument(`name: x\ntask: { name: mnist1d }\n${line}\n`, 'x.yaml');
    expect(result.ok).toBe(false);
    if (!result.ok) {
      expect(JSON.stringify(result.issues)).toContain(word);
      expect(result.issues[0]).toMatchObject({ line: 3, path: 'x.yaml' });
    }
  });

  it('takes overrides, and checks them', () => {
    const text = 'name: x\ntask: { name: mnist1d }\n';
    const good = parseDocument(text, 'x.yaml', [{ path: 'evolution.population', value: '80' }]);
    expect(good.ok && good.value.evolution.population).toBe(80);
    expect(parseDocument(text, 'x.yaml', [{ path: 'evolution.popul', value: '80' }]).ok).toBe(false);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom(...'name: task\n  -[]{}#&*!|>\'"%@`evolution'.split('')) }),
        ),
        (text) => {
          parseDocument(text, 'fuzz');
        },
      ),
      { numRuns: 2000 },
    );
  });
});
