import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arePaired, conditionOf, documentDifferences, whyUnpaired } from '../../src/analysis/conditions.ts';
import {
  type Missing,
  runSource,
  runStatistics,
  statisticNamed,
  statisticNames,
} from '../../src/analysis/run-statistics.ts';
import { ruleFamily } from '../../src/genome/traits.ts';
import { findIndividual } from '../../src/lineage/ancestry.ts';
import { ruleFromText } from '../../src/lineage/codec.ts';
import { individualId } from '../../src/lineage/pack.ts';
import { listRuns, populationAt } from '../../src/lineage/runs.ts';
import { unitLives } from '../../src/lineage/survival-units.ts';
import type { RunValue } from '../../src/statistics/run-comparison.ts';
import { expectClose } from '../support/close.ts';
import { answerOf, expectNumbers, madeUpRun, temporaryLineage } from './support.ts';

const { path, lineage, remove } = temporaryLineage();
const settings = { births: 150, population: 10, tournament: 3, inFlight: 4 };
beforeAll(async () => {
  for (const seed of ['1', '2', '10']) await madeUpRun(lineage, settings, { seed });
  for (const seed of ['10', '1', '2'])
    await madeUpRun(lineage, { ...settings, scheme: 'random-parents' }, { seed });
  for (const seed of ['7', '8', '9', '11'])
    await madeUpRun(lineage, { ...settings, condition: 'rule-fixed' }, { seed });
  await madeUpRun(lineage, { ...settings, condition: 'rule-fixed' }, { seed: '12', stopAfter: 50 });
  await madeUpRun(lineage, { ...settings, condition: 'cooperative' });
}, 60_000);
afterAll(remove);
const options = { architecture: 'nodes', rule: 'instructions' };
const numberOf = (found: RunValue | Missing) => ('missing' in found ? Number.NaN : found.value);

describe('conditions', () => {
  it('are run numbers or names, in the order of seeds, finished runs only', () => {
    const all = listRuns(lineage);
    const [aging, drift] = [conditionOf('3,1,2', all), conditionOf('random-parents', all)];
    expect(aging.runs.map(({ run }) => run)).toEqual([1, 2, 3]);
    expect(drift.runs.map(({ run }) => run)).toEqual([5, 6, 4]);
    expect(arePaired(aging, drift)).toBe(true);
    const fixed = conditionOf('rule-fixed', all);
    expect(fixed.runs).toHaveLength(4);
    expect(fixed.leftOut.map(({ run }) => run)).toEqual([11]);
    expect(arePaired(aging, fixed)).toBe(false);
    const [scheme, nothing] = [['evolution.scheme'], { between: [], inPart: [], within: [] }];
    const differences = (...texts: readonly string[]) =>
      documentDifferences(texts.map((text) => conditionOf(text, all).runs));
    expect(documentDifferences([aging.runs, drift.runs])).toEqual({ ...nothing, between: scheme });
    expect(documentDifferences([aging.runs])).toEqual(nothing);
    // Runs 1 to 3 are aging, 4 to 6 random parents.
    expect(differences('1,5', '2, 6')).toEqual({ ...nothing, within: scheme });
    expect(differences('1,5', '2,3,4,6')).toEqual({ ...nothing, within: scheme });
    expect(differences('1,5', '2,3')).toEqual({ ...nothing, inPart: scheme });
    expect(differences('1,5', '2,3,4')).toEqual({ ...nothing, inPart: scheme });
    expect(whyUnpaired(aging, fixed)).toBe('seed 1, 2, 10, 7, 8, 9, 11 has runs of one only');
  });
});

describe('statistics of a run', () => {
  it('are one number each, or none', () => {
    const runs = listRuns(lineage)
      .slice(0, 3)
      .map((row) => runSource(lineage, row));
    for (const name of statisticNames) {
      const { values } = runStatistics[name].of(runs, { ...options });
      expect(values).toHaveLength(3);
      for (const found of values)
        if ('missing' in found) expect(found.missing).toMatch(/^[a-z].* .*[^.]$/);
        else expect(Number.isFinite(found.value), name).toBe(true);
      if (name === 'best-confirmed')
        for (const found of values)
          expect(found).toMatchObject({ missing: expect.stringContaining('evolution.gate') });
    }
    const living = populationAt(lineage, 1, 149).flatMap(({ fitness }) => fitness ?? []);
    const { values } = runStatistics['final-fitness'].of(runs, options);
    expectClose(numberOf(values[0]!), living.reduce((sum, each) => sum + each, 0) / living.length, 1e-12);
    // To two births: one for everyone, and a second one for those who are left after those that ended at the first.
    const { entry, exit, event } = unitLives(lineage, 1, { of: 'rule', units: 'taxa' });
    const spans = Array.from(exit, (at, i) => at - entry[i]!);
    const watched = spans.filter((span) => span >= 1).length;
    const ended = spans.filter((span, i) => span === 1 && event[i] === 1).length;
    const early = runStatistics['rule-persistence'].of(runs.slice(0, 1), { ...options, tau: 2 });
    expect(early.note).toContain('to 2 births');
    expect(ended).toBeGreaterThan(0);
    expectClose(numberOf(early.values[0]!), 2 - ended / watched, 1e-12);
    expect(
      statisticNamed('rule.family=momentum')
        .of(runs, options)
        .values.every((each) => !('missing' in each)),
    ).toBe(true);
    const unheard = statisticNamed('rule.family=zzz').of(runs, options);
    expect(unheard.note).toMatch(/none of the living at the end has family=zzz; their values are .*momentum/);
    expect(unheard.values).toEqual([{ value: 0 }, { value: 0 }, { value: 0 }]);
    expect(statisticNamed('rule.family=momentum').of(runs, options).note).toBe(null);
    // Over the second half: at each census after the 75th of 150 births, who lives and what share of them has it.
    const late = runs[0]!.times.filter((time) => time >= 75);
    const shares = late.map((time) => {
      const alive = populationAt(lineage, 1, time);
      const isMomentum = ({ birthIndex }: (typeof alive)[number]) =>
        ruleFamily(ruleFromText(findIndividual(lineage, individualId(1, birthIndex))!.rule)) === 'momentum';
      return alive.filter(isMomentum).length / alive.length;
    });
    const found = numberOf(statisticNamed('late.rule.family=momentum').of(runs, options).values[0]!);
    expectClose(found, shares.reduce((sum, share) => sum + share, 0) / shares.length, 1e-12);
    expect(late.length).toBeGreaterThan(3);
    expect(() => statisticNamed('late.rule.famly')).toThrow(/no trait/);
    expect(() => statisticNamed('late.fitness')).toThrow(/no statistic/);
    // Its founders live on.
    const short = listRuns(lineage)
      .filter(({ run }) => run === 11)
      .map((row) => runSource(lineage, row));
    const long = runStatistics['rule-persistence'].of(short, { ...options, tau: 1e6 });
    expect(long.values).toEqual([{ missing: expect.stringMatching(/--tau \d+ is the longest/) }]);
    expect(() => statisticNamed('best-fitnes')).toThrow(/no statistic `best-fitnes`/);
    expect(() => statisticNamed('rule.famly')).toThrow(/no trait/);
  });
});

describe('streetlight compare', () => {
  it('pairs by seed, and prints text and data', async () => {
    for (const line of [
      ['1,2,3', 'random-parents'],
      [
        '1,2,3',
        'random-parents',
        'rule-fixed',
        '--statistic',
        'association',
        '--statistic',
        'architecture.depth',
      ],
      [
        '1,2,3',
        'random-parents',
        '--no-paired',
        '--statistic',
        'coalescence-age',
        '--statistic',
        'final-fitness',
      ],
    ]) {
      const shown = await answerOf(path, 'compare', ...line);
      expect(shown.code, shown.text).toBe(0);
      expectNumbers(shown.text);
      expect(shown.text).toMatch(/Documents differ between the conditions in .*evolution\.scheme\./);
      expect(shown.text).toContain('With fewer than 10 runs');
      expect(shown.text).toContain(
        line.includes('--no-paired')
          ? 'random-parents less 1,2,3: not paired, as --no-paired says.'
          : 'random-parents less 1,2,3: 3 pairs, runs of the same seed.',
      );
      const { text } = await answerOf(path, 'compare', ...line, '--json');
      expectNumbers(text);
      const { comparisons, caution, traits } = JSON.parse(text) as {
        caution: string | null;
        traits: object | null;
        comparisons: { comparison: { isPaired: boolean; permutation: { p: number } } | null; holm: number }[];
      };
      expect(shown.text).toContain(`. ${caution}\n`);
      expect(traits).toEqual(
        line.includes('association') ? { architecture: 'depth', rule: 'instructions' } : null,
      );
      for (const { comparison, holm } of comparisons) {
        // Where the rule never varies there is no correlation with it.
        if (comparison === null) continue;
        expect(comparison.permutation.p).toBeGreaterThan(0);
        expect(holm).toBeGreaterThanOrEqual(comparison.permutation.p);
      }
      expect(comparisons[0]!.comparison?.isPaired).toBe(!line.includes('--no-paired'));
    }
  });

  it('says what is missing', async () => {
    const refused = async (...line: string[]) => {
      const { code, text } = await answerOf(path, 'compare', ...line);
      expect(code, text).toBe(2);
      return text;
    };
    expect(await refused('1,2,3')).toContain('needs two conditions');
    expect(await refused('1,2,3', 'nobody')).toContain('called `nobody`');
    expect(await refused('1,2,3', '99')).toMatch(/there is no run 99\n.*there are runs 1 to 12/);
    expect(await refused('1,2,3', 'cooperative')).toContain('one finished run');
    expect(await refused('1,2,3', '11')).toContain('resume run 11');
    expect(await refused('1,2,3', '3,4')).toContain('run 3 is in `1,2,3` and in `3,4`');
    expect(await refused('1,2', '4,5', '--statistic', 'x')).toContain('no statistic `x`');
    expect(await refused('1,2', '4,5', '--rule', 'famly', '--statistic', 'association')).toContain(
      'no trait `famly`',
    );
    const none = await answerOf(path, 'compare', '1,2', '4,5', '--statistic', 'best-confirmed');
    expect(none.code).toBe(0);
    expect(none.text).toContain('best-confirmed is not compared: ');
    expect(none.text).toMatch(/Without best-confirmed: no elite was confirmed.* \(runs 1, 2, 4, 5\)/);
    expect(await refused('1,2', '4,5', '--rule', 'depth')).toContain('add --statistic association');
    expect(await refused('1,2', '4,5', '--statistic', 'failed-share', '--tau', '9')).toContain(
      '--tau is the horizon of persistence, which is not compared',
    );
    expect((await answerOf(path, 'compare', '1,2', '4,5', '--tau', '9')).code).toBe(0);
    const nothing = await answerOf(path, 'compare', '1,2', '4,5', '--statistic', 'best-confirmed', '--json');
    expect(JSON.parse(nothing.text)).toMatchObject({
      caution: null,
      comparisons: [{ comparison: null, plan: null, holm: null }],
    });
    const mixed = async (...texts: string[]) =>
      (await answerOf(path, 'compare', ...texts, '--statistic', 'failed-share')).text;
    expect(await mixed('1,5', '2,6')).toMatch(/chance alone\.\n.* within a condition in evolution\.scheme/);
    const partly = await mixed('1,5', '2,3');
    expect(partly).toContain('in part only in evolution.scheme');
    expect(partly).not.toContain('chance alone');
    expectNumbers(none.text);
  });
});

describe('a run that was launched twice', () => {
  const twice = temporaryLineage();
  beforeAll(async () => {
    for (const seed of ['1', '2', '1']) await madeUpRun(twice.lineage, settings, { seed });
    for (const seed of ['1', '2'])
      await madeUpRun(twice.lineage, { ...settings, scheme: 'random-parents' }, { seed });
  }, 60_000);
  afterAll(twice.remove);

  it('counts once where the first launch never finished', () => {
    const all = listRuns(twice.lineage).map((row) => (row.run === 1 ? { ...row, endReason: null } : row));
    const { runs, leftOut } = conditionOf('aging', all);
    expect(runs.map(({ run }) => run)).toEqual([3, 2]);
    expect(leftOut).toEqual([{ run: 1, reason: 'it is not finished' }]);
  });

  it('counts once where its condition is named', async () => {
    const { code, text } = await answerOf(twice.path, 'compare', 'aging', 'random-parents');
    expect(code, text).toBe(0);
    expect(text).toContain('Run 3 is left out: it is run 1 once more: the same document, seed and births.');
    expect(text).toContain('random-parents less aging: 2 pairs');
  });

  it.each([
    ['compare', '1,2,3', '4,5'],
    ['compare', '1,2', '3,4'],
    ['survivorship', '1', '3'],
    ['survivorship', '1,2,3'],
    ['hazard', '1', '3', '--trait', 'depth'],
    ['association', '1', '3'],
    ['export', '1', '3', '--what', 'survival'],
    ['selection', '2', '--null', '1,3'],
  ])('is refused by its number: %s %s %s', async (...line) => {
    const { code, text } = await answerOf(twice.path, ...line);
    expect(code, text).toBe(2);
    expect(text).toContain('run 3 is run 1 once more');
    expect(text).toContain('leave out run 3');
  });

  it('is exported all the same where no units are counted', async () => {
    const { code, text } = await answerOf(twice.path, 'export', '1', '3', '--what', 'events');
    expect(code, text).toBe(0);
  });
});
