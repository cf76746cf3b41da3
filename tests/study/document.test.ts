/** Reading studies: all that is wrong at once, each at its place, and what conditions come to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { knownDocumentNames } from '../../src/search-space/packaged.ts';
import { tasksOf } from '../../src/search-space/schema.ts';
import { readStudy } from '../../src/study/document.ts';
import { smallStudy } from '../support/study.ts';

const text = (study: object) => JSON.stringify(study, null, 1);

function issuesOf(study: object) {
  const read = readStudy(text(study), 'study.yaml');
  return read.ok ? [] : read.issues;
}

describe('a study', () => {
  it.each(knownDocumentNames('studies'))('%s that comes with the program is sound', (name) => {
    const file = join(packageRoot(), 'studies', `${name}.yaml`);
    const read = readStudy(readFileSync(file, 'utf8'), file);
    expect(read.ok ? [] : read.issues).toEqual([]);
    expect(read.ok && read.value.document.name).toBe(name);
  });

  it('gives each condition the base with its own values, and those that it extends below them', () => {
    const read = readStudy(
      text({
        ...smallStudy,
        conditions: {
          ...smallStudy.conditions,
          E: {
            summary: 'drift without ban',
            extends: 'D',
            set: { variation: { without: null, rates: { rewire: 2 } } },
          },
        },
      }),
      'study.yaml',
    );
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    const { A, S, D, E } = read.value.searches;
    expect([A, S, D, E].map((each) => each!.founders.rules)).toEqual([
      ['adam'],
      ['heavy-ball'],
      ['adam'],
      ['adam'],
    ]);
    expect([A, D, E].map((each) => each!.evolution.scheme)).toEqual([
      'aging',
      'random-parents',
      'random-parents',
    ]);
    expect(D!.variation.without).toEqual(['scale']);
    expect(E!.variation.without).toBeUndefined();
    expect(E!.variation.rates).toEqual({ 'alter-init': 0, 'alter-scale': 0, rewire: 2 });
    expect(E!.evolution.tournament).toBe(3);
    expect(tasksOf(E!)).toEqual(tasksOf(read.value.base));
  });

  it('says all that is wrong at once, each at its line', () => {
    const { A } = smallStudy.conditions;
    const wrong = {
      ...smallStudy,
      blocks: 0,
      base: { ...smallStudy.base, evaluation: { steps: 12, batchsize: 16 } },
      conditions: {
        A,
        S: { summary: 'momentum', set: { founders: { rules: ['heavy-bal'] }, evolution: { births: -1 } } },
        T: { summary: 'circle', extends: 'U' },
        U: { summary: 'circle', extends: 'T' },
        V: { summary: 'nowhere', extends: 'W', set: { tasks: [], name: 'own' } },
      },
    };
    const issues = issuesOf(wrong);
    const lines = text(wrong).split('\n');
    const at = (code: string) =>
      issues.filter((issue) => issue.code === code).map(({ line }) => lines[line! - 1]!.trim());
    expect(at('unknown-key')).toEqual(['"batchsize": 16']);
    expect(at('unknown-founder')).toEqual(['"heavy-bal"']);
    expect(at('wrong-value')).toEqual(expect.arrayContaining(['"blocks": 0,', '"births": -1']));
    expect(at('circular-condition')).toEqual(['"extends": "U"', '"extends": "T"']);
    expect(at('unknown-condition')).toEqual(expect.arrayContaining(['"extends": "W",']));
    expect(at('run-named')).toEqual(['"name": "own"']);
    expect(issues.every(({ line }) => line !== undefined)).toBe(true);
  });

  it.each([
    [
      {
        conditions: {
          ...smallStudy.conditions,
          T: { summary: 'x', extends: 'U' },
          U: { summary: 'x', extends: 'T' },
        },
      },
      'circular-condition',
    ],
    [{ conditions: { ...smallStudy.conditions, T: { summary: 'x', extends: 'Z' } } }, 'unknown-condition'],
    [{ conditions: { ...smallStudy.conditions, T: { summary: 'x', set: { name: 'own' } } } }, 'run-named'],
    [{ base: { ...smallStudy.base, name: 'own' } }, 'run-named'],
    [{ conditions: {} }, 'no-condition'],
    [
      {
        conditions: {
          ...smallStudy.conditions,
          T: { summary: 'x', set: { founders: { architectures: ['mlp'] } } },
        },
      },
      'shared-in-blocks',
    ],
    [
      { assays: { ...smallStudy.assays, other: { ...smallStudy.assays.home, conditions: ['A', 'B'] } } },
      'unknown-condition',
    ],
    [
      { assays: { ...smallStudy.assays, other: { ...smallStudy.assays.home, rules: ['adam', 'adm'] } } },
      'unknown-known-rule',
    ],
    [
      { assays: { ...smallStudy.assays, other: { ...smallStudy.assays.selection, statistic: 'fitnes' } } },
      'unknown-statistic',
    ],
    [{ assays: { ...smallStudy.assays, p: { kind: 'panel', conditions: ['B'] } } }, 'unknown-condition'],
    [
      { assays: { ...smallStudy.assays, p: { kind: 'panel', conditions: ['A'], rule: 'adm' } } },
      'unknown-known-rule',
    ],
    [
      { assays: { ...smallStudy.assays, p: { kind: 'panel', conditions: ['A'], panel: ['sgdd'] } } },
      'unknown-known-rule',
    ],
    [{ assays: { ...smallStudy.assays, p: { kind: 'panel', conditions: ['A', 'S', 'D'] } } }, 'wrong-value'],
    [{ primary: { ...smallStudy.primary, assay: 'hom' } }, 'unknown-assay'],
    [{ primary: { ...smallStudy.primary, measure: 'advantage' } }, 'unknown-measure'],
    [{ primary: undefined }, 'no-primary'],
    [{ heldOut: { draws: 1, tasks: [{ name: 'spiral' }] } }, 'wrong-value'],
    [{ primary: { ...smallStudy.primary, assay: 'constructor' } }, 'unknown-assay'],
    [{ primary: { ...smallStudy.primary, alpha: 0.1 } }, 'too-few-blocks'],
    [{ controls: [{ ...smallStudy.controls[0], expect: 'above', margin: undefined }] }, 'too-few-blocks'],
    [
      { conditions: { ...smallStudy.conditions, S: { ...smallStudy.conditions.S, blocks: 2 } } },
      'too-few-blocks',
    ],
    [
      { conditions: { ...smallStudy.conditions, D: { ...smallStudy.conditions.D, blocks: 4 } } },
      'more-blocks',
    ],
    [
      {
        blocks: 4,
        secondary: ['tuned advantage', 'tuned at first', 'default at first', 'from rate'].map((measure) => ({
          ...{ assay: 'home', measure, claim: 'x' },
        })),
      },
      'too-few-blocks',
    ],
    [
      { conditions: { ...smallStudy.conditions, D: { ...smallStudy.conditions.D, blocks: 1 } } },
      'too-few-blocks',
    ],
    [
      {
        assays: {
          ...smallStudy.assays,
          all: { kind: 'transplant', conditions: ['A', 'S', 'L'] },
        },
        conditions: {
          ...smallStudy.conditions,
          L: { summary: 'longer', set: { evaluation: { steps: 13 } } },
        },
      },
      'trained-otherwise',
    ],
    [
      {
        assays: {
          ...smallStudy.assays,
          both: { ...smallStudy.assays.selection, statistic: 'association', rule: 'family=adaptive' },
        },
      },
      'trait-missing',
    ],
    [
      { assays: { ...smallStudy.assays, selection: { ...smallStudy.assays.selection, rule: 'tier' } } },
      'trait-unused',
    ],
    [
      {
        assays: {
          ...smallStudy.assays,
          both: {
            ...smallStudy.assays.selection,
            statistic: 'association',
            rule: 'tier',
            architecture: 'dept',
          },
        },
      },
      'unknown-trait',
    ],
    [{ controls: [{ ...smallStudy.controls[0], margin: undefined }] }, 'margin'],
    [{ blocks: 9, controls: [{ ...smallStudy.controls[0], expect: 'above' }] }, 'margin'],
    [
      {
        assays: { ...smallStudy.assays, home: { ...smallStudy.assays.home, rules: ['heavy-ball', 'adam'] } },
      },
      'homes-exchanged',
    ],
    [
      { assays: { ...smallStudy.assays, home: { ...smallStudy.assays.home, rules: ['adam', 'adam'] } } },
      'one-home',
    ],
    [
      {
        conditions: {
          ...smallStudy.conditions,
          S: {
            ...smallStudy.conditions.S,
            set: { evaluation: { steps: 13 }, founders: { rules: ['heavy-ball'] } },
          },
        },
      },
      'trained-otherwise',
    ],
    [
      {
        conditions: {
          ...smallStudy.conditions,
          T: { summary: 'x', set: { founders: null, evolution: null } },
        },
      },
      'shared-in-blocks',
    ],
    [{ base: { ...smallStudy.base, tasks: [{ name: 'csv', path: 'a.csv', target: 'y' }] } }, 'no-other-draw'],
    [{ secondary: [...smallStudy.secondary, ...smallStudy.secondary] }, 'role-twice'],
    [{ secondary: [{ ...smallStudy.secondary[0], measure: 'default advantage' }] }, 'role-misfit'],
  ])('with %j is refused: %s', (change, code) => {
    const issues = issuesOf({ ...smallStudy, ...change });
    expect(issues.map((issue) => issue.code)).toContain(code);
    // In one go with what the schema refuses elsewhere.
    const both = issuesOf({ ...smallStudy, pilot: -1, ...change }).map((issue) => issue.code);
    expect(both).toEqual(expect.arrayContaining([code, 'wrong-value']));
    expect(issues.every(({ message, line }) => message.length > 0 && line !== undefined)).toBe(true);
  });

  it('says nothing of names that are defined in a part that is wrong itself', () => {
    const { home, ...assays } = smallStudy.assays;
    const issues = issuesOf({
      ...smallStudy,
      conditions: { ...smallStudy.conditions, S: { set: { founders: { rules: ['heavy-ball'] } } } },
      assays: { ...assays, home: { ...home, top: 0 } },
    });
    expect(issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/conditions\.S.*summary/),
      expect.stringMatching(/assays\.home\.top/),
    ]);
  });

  it('has no condition that vanishes for its name', () => {
    const named = text(smallStudy).replace('"D": {', '"__proto__": {');
    const read = readStudy(named, 'study.yaml');
    expect(read.ok ? [] : read.issues.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('__proto__')]),
    );
  });

  it('tells an issue of the base once, however many conditions have it', () => {
    const issues = issuesOf({ ...smallStudy, base: { ...smallStudy.base, evaluation: { steps: 'many' } } });
    expect(issues).toHaveLength(1);
    expect(issues[0]!.message).toMatch(/evaluation\.steps/);
  });

  it('of bounds that only a condition breaks names the condition', () => {
    const issues = issuesOf({
      ...smallStudy,
      conditions: { ...smallStudy.conditions, T: { summary: 'x', set: { evolution: { tournament: 9 } } } },
    });
    expect(issues).toHaveLength(1);
    expect(issues[0]!.message).toMatch(/^condition T: .*a tournament of 9 in a population of 8/);
  });
});
