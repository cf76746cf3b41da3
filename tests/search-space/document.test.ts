import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { documentText, parseDocument, tasksOf } from '../../src/search-space/document.ts';
import { architectureOperatorNames, ruleOperatorNames } from '../../src/search-space/operator-names.ts';

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
    const text = [
      'name: bad',
      'tasks:',
      '  - { name: mnist1d, sed: 3 }',
      '  - { name: csv }',
      '  - { name: mnist1d-pair, classes: [1, 1], drw: 0 }',
      '  - { name: mnist2d }',
      'evolution:',
      '  populaton: 9',
      '  births: many',
      '  tournament: 200',
      'evaluation:',
      '  steps: 0',
      '  fitness: acuracy',
      '  learningRates: [2, -2]',
      'founders:',
      "  architectures: [3, 'y = convv(x)']",
      "  rules: ['u = norm(g)', sdg]",
      'variation:',
      '  rates: { alter-opp: 1, rewire: -1 }',
      'extra: 1',
    ].join('\n');
    const result = parseDocument(text, 'bad.yaml');
    const issues = result.ok ? [] : result.issues;
    const at = ({ line, column, code, hint = '' }: (typeof issues)[number]) =>
      `${line}:${column} ${code} ${hint}`;
    const expected = [
      [/^3:22 unknown-key .*`seed`/],
      [/^4:5 missing-key give a text: the file/],
      [/^5:36 impossible-bound name two classes/],
      [/^5:44 unknown-key .*`draw`/],
      [/^6:13 wrong-value .*`mnist1d`/],
      [/^8:3 unknown-key .*`population`/],
      [/^9:11 wrong-value births in the run/],
      [/^10:15 impossible-bound lower tournament/],
      [/^12:10 wrong-value training steps/],
      [/^13:12 wrong-value .*`accuracy`/],
      [/^14:18 impossible-bound write \[from, to\]/],
      [/^16:19 wrong-value names of known architectures/],
      [/^16:22 unknown-op /],
      [/^17:11 .*over/],
      [/^17:26 unknown-founder .*`seg`/],
      [/^19:12 unknown-operator .*`alter-op`/],
      [/^19:34 wrong-value relative rates/],
      [/^20:1 unknown-key keys here are name/],
    ].flat();
    expect(issues.map(({ path }) => path)).toEqual(issues.map(() => 'bad.yaml'));
    const found = [...issues].sort((a, b) => a.line! - b.line! || a.column! - b.column!).map(at);
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, i) => expect(found[i]).toMatch(pattern));
    expect(issues.find(({ line }) => line === 12)!.message).toBe(
      'evaluation.steps: expected a whole number from 1 to 10000000, got 0',
    );
    expect(issues.find(({ line }) => line === 9)!.message).toContain('got "many"');
  });

  it('says nothing of a bound where a key that it joins is wrong itself', () => {
    const evolution = 'evolution: { population: few, tournament: 5000, births: 20, inFlight: 300 }';
    const result = parseDocument(`name: x\ntask: { name: mnist1d }\n${evolution}\n`, 'x.yaml');
    expect(result.ok ? [] : result.issues.map(({ code }) => code)).toEqual(['wrong-value']);
  });

  it('needs an operator for each chromosome that is to change', () => {
    const without = (names: readonly string[], condition: string) =>
      parseDocument(
        JSON.stringify({
          name: 'x',
          task: { name: 'mnist1d' },
          evolution: { condition },
          variation: { rates: Object.fromEntries(names.map((name) => [name, 0])) },
        }),
        'x.yaml',
      );
    expect(without(ruleOperatorNames, 'rule-fixed').ok).toBe(true);
    expect(without(ruleOperatorNames.slice(1), 'joint').ok).toBe(true);
    for (const [names, condition] of [
      [ruleOperatorNames, 'joint'],
      [ruleOperatorNames, 'alternating'],
      [architectureOperatorNames, 'rule-fixed'],
    ] as const) {
      const result = without(names, condition);
      expect(result.ok ? [] : result.issues).toMatchObject([{ code: 'impossible-bound', line: 1 }]);
    }
  });

  it('places what an option of the command line set at that option', () => {
    const text = 'name: x\ntask: { name: mnist1d }\nevolution: { tournament: 4 }\n';
    const result = parseDocument(text, 'x.yaml', [
      { path: 'evolution.popul', value: '80' },
      { path: 'evolution.population', value: '0' },
      { path: 'evaluation.learningRates', value: '[1, x]' },
      { path: 'evolution.births', value: '-3', option: '--births' },
      { path: 'task.seed', value: '*x' },
    ]);
    const issues = result.ok ? [] : result.issues;
    expect(issues.map(({ path, line }) => [path, line]).sort()).toEqual([
      ['--births', undefined],
      ['--set evaluation.learningRates', undefined],
      ['--set evolution.popul', undefined],
      ['--set evolution.population', undefined],
      ['--set task.seed', undefined],
    ]);
    const joined = parseDocument('name: x\ntask: { name: mnist1d }\n', 'x.yaml', [
      { path: 'evolution.population', value: '4' },
    ]);
    expect(joined.ok ? [] : joined.issues.map(({ path }) => path)).toEqual([
      '--set evolution.population',
      '--set evolution.population',
    ]);
  });

  it('gives what is no YAML a place and a hint', () => {
    for (const [text, line, hint] of [
      ['name: x\nname: y\n', 2, 'once'],
      ['name: x\ntask: { name: mnist1d\n', 3, 'brackets'],
    ] as const) {
      const result = parseDocument(text, 'x.yaml');
      expect(result.ok ? [] : result.issues).toMatchObject([{ line, hint: expect.stringContaining(hint) }]);
    }
  });

  it('gives an alias without an anchor a line', () => {
    const result = parseDocument('name: x\ntask:\n  name: *other\n', 'x.yaml');
    expect(result.ok ? [] : result.issues).toMatchObject([{ line: 3, column: 9, path: 'x.yaml' }]);
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
