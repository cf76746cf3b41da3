/** What a run's breeding is known by: every part of it is there, and what changed is told once, in the right words. */
import { describe, expect, it } from 'vitest';
import { architectureOps } from '../../src/genome/architecture/ops.ts';
import { type RuleOp, type RuleOpName, ruleOps } from '../../src/genome/update-rule/ops.ts';
import { breedingChanges } from '../../src/search/breeding-changes.ts';
import { breedingContent } from '../../src/search/breeding-content.ts';
import { breedingTables } from '../../src/search/breeding-tables.ts';
import { evaluationSettings } from '../../src/search/setup.ts';
import { parseDocument, type SearchDocument } from '../../src/search-space/document.ts';

const documentOf = (evaluation: object): SearchDocument => {
  const parsed = parseDocument(
    JSON.stringify({ name: 'tables', task: { name: 'mnist1d' }, evaluation }),
    'tables',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
};

describe('the tables of this program', () => {
  const tables = breedingTables();

  it('have of each op of a network what it takes in and which genes it has', () => {
    for (const [name, value] of tables['architecture-op']) {
      const { inputs, genes } = architectureOps[name as keyof typeof architectureOps];
      expect(JSON.parse(value), name).toEqual({ inputs, genes });
    }
    expect(tables['architecture-op'].map(([name]) => name)).toEqual(Object.keys(architectureOps));
  });

  it('have of each op of update rules what mutation looks at', () => {
    for (const [name, value] of tables['rule-op']) {
      const { args, kind }: RuleOp = ruleOps[name as RuleOpName];
      expect(JSON.parse(value), name).toMatchObject({ args, kind });
    }
    const written = Object.fromEntries(tables['rule-op']);
    expect(JSON.parse(written['add']!)).toMatchObject({ commutative: true });
    expect(JSON.parse(written['lbfgs']!)).toMatchObject({ count: ruleOps.lbfgs.count });
    expect(JSON.parse(written['matmul']!)).toMatchObject({ takes: ruleOps.matmul.takes });
  });

  it('have a version of everything else, and what is not drawn from stands in the order of its names', () => {
    for (const group of [
      ...(['architecture-operator', 'rule-operator', 'activation', 'init-scheme'] as const),
      ...(['scheme', 'condition', 'part'] as const),
    ])
      for (const [name, version] of tables[group]) expect(version, `${group} ${name}`).toMatch(/^[1-9]\d*$/);
    for (const group of ['scheme', 'condition', 'part'] as const) {
      const names = tables[group].map(([name]) => name);
      expect(names).toEqual([...names].sort());
    }
  });
});

describe('what changed', () => {
  const items = (names: string) => [...names].map((name) => [name, '1'] as const);

  it.each([
    ['abc', 'xabc', ['activation `x` was added']],
    ['xabc', 'abc', ['activation `x` was taken away']],
    ['abc', 'axbc', ['activation `x` was added']],
    ['abc', 'acb', ['activation `c` stands in the place of `b` in the order of drawing']],
    [
      'abc',
      'xba',
      [
        'activation `x` was added',
        'activation `c` was taken away',
        'activation `b` stands in the place of `a` in the order of drawing',
      ],
    ],
    ['abc', 'abc', []],
  ])('from %s to %s is told once', (was, is, told) => {
    expect(breedingChanges({ activation: items(was) }, { activation: items(is) })).toEqual(told);
  });

  it('of a group that only one of both has is told by its names alone', () => {
    expect(breedingChanges({}, { activation: items('a') })).toEqual(['activation `a` was added']);
    expect(breedingChanges({ activation: items('a') }, {})).toEqual(['activation `a` was taken away']);
  });
});

describe('the content of a document', () => {
  const settingsOf = (evaluation: object) => {
    const document = documentOf(evaluation);
    return Object.fromEntries(
      breedingContent(document, evaluationSettings(document).budget.costUnits ?? null).setting,
    );
  };

  it('has the cost units of a training, given or three a step', () => {
    const name = 'evaluation.costUnits of a training';
    expect(settingsOf({ steps: 40 })[name]).toBe('120');
    expect(settingsOf({ steps: 40, costUnits: 77 })[name]).toBe('77');
  });
});
