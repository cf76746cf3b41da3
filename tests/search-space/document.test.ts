import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { documentText, parseDocument, tasksOf } from '../../src/search-space/document.ts';

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

  it.each([
    ['a task and tasks at once', 'tasks: [{ name: mnist1d }]', 'a list of tasks'],
    ['a panel that is missing', 'evolution: { condition: rule-resampled }', 'evolution.panel'],
    ['an unknown rule in the panel', 'evolution: { panel: [sgd, adamm] }', 'adam'],
    [
      'one map for two populations',
      'evolution: { condition: cooperative, scheme: map-elites }',
      'map-elites',
    ],
    [
      'a cache where partners count',
      'evolution: { condition: cooperative }\nevaluation: { cache: {} }',
      'partners',
    ],
    ['rungs that do not ascend', 'evaluation: { hurdles: { rungs: [50, 50] } }', 'evaluation.hurdles.rungs'],
    ['a rung after the last step', 'evaluation: { steps: 100, hurdles: { rungs: [100] } }', 'step 100'],
    [
      'a hit verified on steps that a hurdle may cut off',
      'evaluation: { hurdles: { rungs: [20] }, cache: { verifySteps: 21 } }',
      'verifySteps',
    ],
    ['trials from above to below', 'evaluation: { learningRates: [2, -2] }', '[from, to]'],
    ['a gate without fitness', 'evolution: { scheme: shuffled-labels, gate: {} }', 'gate'],
  ])('refuses parts that do not go together: %s', (_what, lines, word) => {
    const result = parseDocument(`name: x\ntask: { name: mnist1d }\n${lines}\n`, 'x.yaml');
    expect(result.ok ? [] : result.issues.map(({ code, path }) => [code, path])).toEqual([
      [word === 'adam' ? 'unknown-founder' : 'impossible-bound', 'x.yaml'],
    ]);
    expect(JSON.stringify(result)).toContain(word);
  });

  it('takes several tasks, each with its own options', () => {
    const document = parseDocument(
      'name: x\ntasks: [{ name: mnist1d }, { name: mnist1d, seed: 3 }]\n',
      'x.yaml',
    );
    expect(
      document.ok && tasksOf(document.value).map((task) => task.name === 'mnist1d' && task.seed),
    ).toEqual([42, 3]);
    expect(parseDocument('name: x\n', 'x.yaml').ok).toBe(false);
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
