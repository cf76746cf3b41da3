/** A document closed at launch: each ingredient of what breeding depends on, changed alone, is refused and named. */
import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../src/lineage/runs.ts';
import { UserError } from '../../src/notation/user-error.ts';
import {
  type BreedingTables,
  breedingClass,
  breedingTables,
  type Items,
} from '../../src/search/breeding-tables.ts';
import { breedingFindings, closeDocument, requireSameBreeding } from '../../src/search/closed-document.ts';
import { documentText, parseDocument } from '../../src/search-space/document.ts';
import { operatorNames } from '../../src/search-space/operator-names.ts';

const parsed = parseDocument(
  JSON.stringify({
    name: 'closed',
    task: { name: 'mnist1d' },
    evolution: { condition: 'rule-resampled', panel: ['adam', 'u = -0.5 * g'] },
    founders: { architectures: ['linear', 'y = dense(x, units: 3)'], rules: ['sgd', 'u = -g'] },
    variation: { rates: { 'alter-op': 2 } },
  }),
  'closed',
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
const document = parsed.value;

const launched = (tables?: BreedingTables): RunRow => ({
  ...{
    run: 1,
    document: documentText(document),
    documentHash: '',
    seed: '1',
    numericClass: '',
    taskDigest: '',
  },
  ...{ versions: { streetlight: '0.2.0' }, createdAt: '', lastTold: 3, eventHash: '', endReason: null },
  ...{ state: 'interrupted', extensions: [] },
  closed: closeDocument(document, '/', tables),
});

/** What a program with these tables says of the run; null where it goes on. */
function refusal(row: RunRow, tables: BreedingTables = breedingTables()): string | null {
  try {
    requireSameBreeding(row, tables);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.issues[0]!.code).toBe('breeding-changed');
    return error.issues[0]!.message;
  }
}

const ours = breedingTables();
const groups = Object.keys(ours) as (keyof BreedingTables)[];
const withItems = (group: keyof BreedingTables, items: Items): BreedingTables => ({
  ...ours,
  [group]: items,
});
const isDrawn = (group: string) => !['scheme', 'condition', 'part'].includes(group);

describe('what code decides', () => {
  it('is all there: a program goes on with its own runs and stores every table', () => {
    expect(refusal(launched())).toBeNull();
    expect(Object.entries(ours).filter(([, items]) => items.length === 0)).toEqual([]);
    const named = [...ours['architecture-operator'], ...ours['rule-operator']].map(([name]) => name);
    expect(named).toEqual(operatorNames);
  });

  const cases = groups.flatMap((group) => ours[group].map((item, at) => [group, item[0], at] as const));
  it.each(cases)('%s %s: refused where it is added, taken away or another', (group, name, at) => {
    const items = ours[group];
    const without = withItems(
      group,
      items.filter((_, i) => i !== at),
    );
    const other = withItems(
      group,
      items.map((item, i) => (i === at ? [name, `${item[1]}+`] : item)),
    );
    expect(refusal(launched(without))).toContain(`\`${name}\` was added`);
    expect(refusal(launched(), without)).toContain(`\`${name}\` was taken away`);
    expect(refusal(launched(), other)).toContain(`\`${name}\``);
    for (const changed of [without, other]) expect(breedingClass(changed)).not.toBe(breedingClass(ours));
  });

  it.each(groups.filter(isDrawn))('%s: refused where two stand in another order', (group) => {
    const [first, second, ...rest] = ours[group];
    const swapped = withItems(group, [second!, first!, ...rest]);
    expect(refusal(launched(), swapped)).toContain(
      `\`${second![0]}\` stands in the place of \`${first![0]}\` in the order of drawing`,
    );
    expect(breedingClass(swapped)).not.toBe(breedingClass(ours));
  });
});

describe('what a document comes to', () => {
  type Content = Record<string, (readonly [string, string])[]>;
  const stored = (change: (content: Content) => void): RunRow => {
    const row = launched();
    const content = JSON.parse(row.closed!.content) as Content;
    change(content);
    return { ...row, closed: { ...row.closed!, content: JSON.stringify(content) } };
  };
  const content = JSON.parse(launched().closed!.content) as Content;

  it('has every chromosome as text, every rate and every value', () => {
    expect(content['known-rule']!.map(([name]) => name)).toEqual(['adam', 'sgd']);
    expect(content['known-architecture']).toEqual([['linear', 'y = x\n']]);
    expect(content['founder-rule']).toEqual([
      ['1', 'sgd'],
      ['2', 'u = -g\n'],
    ]);
    expect(content['panel-rule']!.map(([, text]) => text)).toEqual(['adam', 'u = -0.5 * g\n']);
    expect(content['default-rate']!.map(([name]) => name)).toEqual(
      operatorNames.filter((name) => name !== 'alter-op'),
    );
    expect(new Map(content.setting).get('variation.rates.alter-op')).toBe('2');
    for (const key of [
      'limits.ruleStates',
      'evolution.tournament',
      'variation.constantSigma',
      'evaluation.steps',
    ])
      expect(new Map(content.setting).has(key), key).toBe(true);
  });

  const cases = Object.entries(content).flatMap(([group, items]) =>
    items.map(([name], at) => [group, name, at] as const),
  );
  it.each(cases)('%s %s: refused where it was another', (group, name, at) => {
    const row = stored((was) => {
      was[group]![at] = [name, '"what it was"'];
    });
    const told = refusal(row);
    expect(told).toContain(name);
    const words: Record<string, string> = {
      'default-rate': `the default rate of \`${name}\` is 1 here and was "what it was"`,
      'known-rule': `known rule \`${name}\` is another text`,
    };
    expect(told).toContain(words[group] ?? ' ');
  });

  it('may be extended: births are no part of it', () => {
    expect(content.setting!.map(([name]) => name)).not.toContain('evolution.births');
  });
});

describe('verify', () => {
  it('says what resume says, and tells a run that is over from one that would go on', () => {
    const without = withItems('rule-operator', ours['rule-operator'].slice(1));
    const row = launched(without);
    const [finding, ...more] = breedingFindings([row]);
    expect(more).toEqual([]);
    expect(finding).toEqual({
      ...{ check: 'breeding', run: 1, isDamage: false, isOver: false },
      detail: refusal(row),
    });
    expect(breedingFindings([{ ...row, endReason: 'births' }])[0]!.isOver).toBe(true);
    expect(breedingFindings([{ ...row, closed: null }, launched()])).toEqual([]);
  });

  it('sees that what is stored is not what was', () => {
    const row = launched();
    const closed = { ...row.closed!, decides: row.closed!.decides.replace('insert-op', 'insert-oq') };
    expect(breedingFindings([{ ...row, closed }])[0]).toMatchObject({ isDamage: true });
    expect(breedingFindings([{ ...row, closed: { ...closed, decides: '{' } }])[0]).toMatchObject({
      isDamage: true,
    });
  });
});
