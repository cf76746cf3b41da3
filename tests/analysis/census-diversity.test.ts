import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diversityOverTime, treeRecord } from '../../src/analysis/census-diversity.ts';
import { speciesOf } from '../../src/evolution/survival.ts';
import { censuses, censusTimes, usualSpacing } from '../../src/lineage/census.ts';
import { type History, loadFitness, loadHistory, loadOperators } from '../../src/lineage/history.ts';
import { populationAt } from '../../src/lineage/runs.ts';
import { taxonLives } from '../../src/lineage/taxa.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { numericTraitReader, traitReader, usualTraits } from '../../src/lineage/trait-values.ts';
import { treeStatistics } from '../../src/statistics/tree-statistics.ts';
import { expectAllClose } from '../support/close.ts';
import { answerOf, expectNumbers, madeUpRun, temporaryLineage } from './support.ts';

const { path, lineage, remove } = temporaryLineage();
const settings = { births: 300, population: 12, tournament: 3, inFlight: 4, reassortment: 0.4 };
const runs = { aging: 1, elites: 2, cooperative: 3, cut: 4, empty: 5 };
beforeAll(async () => {
  await madeUpRun(lineage, settings);
  await madeUpRun(lineage, { ...settings, scheme: 'map-elites' });
  await madeUpRun(lineage, { ...settings, condition: 'cooperative' });
  await madeUpRun(lineage, settings, { stopAfter: 40 });
  await madeUpRun(lineage, settings, { stopAfter: 0 });
});
afterAll(remove);

describe('the history of a run', () => {
  it('is what was told', () => {
    for (const run of Object.values(runs)) {
      const told = [...toldBirths(lineage, run)];
      const history = loadHistory(lineage, run);
      const { fitness, mayBreed } = loadFitness(lineage, run, history.births);
      const operators = loadOperators(lineage, run, history.births, 'rule');
      expect(history.births).toBe(told.length);
      const gone = new Map(
        told.flatMap(({ birth, deaths }) => deaths.map((death) => [death.birthIndex, birth.birthIndex])),
      );
      for (const { birth, outcome } of told) {
        const i = birth.birthIndex;
        expect(history.parent[i]).toBe(birth.parent ?? -1);
        expect(history.otherParent[i]).toBe(birth.otherParent ?? -1);
        expect(history.donor.architecture[i]).toBe(birth.architectureFrom ?? -1);
        expect(history.donor.rule[i]).toBe(birth.ruleFrom ?? -1);
        expect(history.gone[i]).toBe(gone.get(i) ?? -1);
        expect(fitness[i]).toBe(outcome.status === 'failed' ? Number.NaN : outcome.fitness);
        expect(mayBreed[i]).toBe(1);
        const names = birth.mutations.flatMap((m) => (m.target === 'rule' ? [m.operator] : []));
        expect(operators.names[operators.code[i]!]).toBe([...new Set(names)].sort().join(' + '));
      }
    }
  });

  it('has the living of every birth', () => {
    for (const run of [runs.aging, runs.elites, runs.cooperative]) {
      const history = loadHistory(lineage, run);
      const times = Array.from({ length: 300 }, (_, t) => t);
      for (const { time, living } of censuses(history, times))
        expect([...living]).toEqual(
          populationAt(lineage, run, time)
            .filter(({ fitness }) => fitness !== null)
            .map(({ birthIndex }) => birthIndex),
        );
    }
  });

  it('is looked at in even steps, to the last birth', () => {
    expect(censusTimes(9, 30, 10)).toEqual([9, 19, 29, 30]);
    expect(censusTimes(9, 29, 10)).toEqual([9, 19, 29]);
    expect(censusTimes(9, 8, 10)).toEqual([]);
    expect(usualSpacing(9, 1009, 10)).toBe(50);
    expect(usualSpacing(9, 20, 10)).toBe(10);
  });
});

describe('traits of blocks', () => {
  it('are texts, numbers, or whether they have a value', () => {
    const block = loadHistory(lineage, 1).block.rule[0]!;
    const family = traitReader(lineage, 'rule', 'family')(block)!;
    expect(numericTraitReader(lineage, 'rule', `family=${family}`)(block)).toBe(1);
    expect(numericTraitReader(lineage, 'rule', 'family=nothing')(block)).toBe(0);
    expect(numericTraitReader(lineage, 'rule', 'states')(block)).toBe(
      Number(traitReader(lineage, 'rule', 'states')(block)),
    );
    expect([0, 1]).toContain(numericTraitReader(lineage, 'rule', 'has-noise')(block));
    expect(() => numericTraitReader(lineage, 'rule', 'family')(block)).toThrow(/needs numbers/);
    expect(() => traitReader(lineage, 'architecture', 'famly')).toThrow(/no trait `famly`/);
    expect(usualTraits('rule')).toContain('family');
    expect(usualTraits('rule')).not.toContain('al-scale');
  });
});

describe('diversity', () => {
  /** Effective number of order q by its definition, over how often each text occurs. */
  function effective(labels: readonly string[], q: number): number {
    const shares = [...new Set(labels)].map(
      (label) => labels.filter((each) => each === label).length / labels.length,
    );
    return q === 1
      ? Math.exp(-shares.reduce((sum, p) => sum + p * Math.log(p), 0))
      : shares.reduce((sum, p) => sum + p ** q, 0) ** (1 / (1 - q));
  }

  it('is that of the texts of the living', () => {
    const told = [...toldBirths(lineage, runs.aging)];
    const series = diversityOverTime(loadHistory(lineage, runs.aging), [11, 100, 299], null);
    for (const { time, living, hill, partition } of series) {
      const members = populationAt(lineage, runs.aging, time).map(
        ({ birthIndex }) => told[birthIndex]!.birth,
      );
      expect(living).toBe(members.length);
      for (const [of, label] of [
        ['architecture', (b: (typeof members)[number]) => b.architectureHash],
        ['rule', (b: (typeof members)[number]) => b.ruleHash],
        ['genome', (b: (typeof members)[number]) => b.architectureHash + b.ruleHash],
      ] as const) {
        expectAllClose(
          hill[of],
          [0, 1, 2].map((q) => effective(members.map(label), q)),
          1e-12,
        );
        expect(partition[of]).toBe(null);
      }
    }
  });

  it('is taken apart between the species of a cooperative run', () => {
    const history = loadHistory(lineage, runs.cooperative);
    const [last] = diversityOverTime(history, [299], speciesOf);
    for (const parts of Object.values(last!.partition))
      for (const { alpha, beta, gamma } of parts!) {
        expectAllClose([alpha * beta], [gamma]);
        expect(beta).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(beta).toBeLessThanOrEqual(2 + 1e-9);
      }
  });

  it('does not depend on what blocks are numbered', () => {
    const history = loadHistory(lineage, runs.aging);
    const renumbered: History = {
      ...history,
      block: {
        architecture: history.block.architecture.map((id) => 1000 - id),
        rule: history.block.rule.map((id) => 1000 - id),
      },
    };
    expect(diversityOverTime(renumbered, [50, 299], null)).toEqual(
      diversityOverTime(history, [50, 299], null),
    );
    for (const tree of ['architecture', 'rule', 'pedigree'] as const)
      expect(treeRecord(renumbered, tree, 'taxa')).toEqual(treeRecord(history, tree, 'taxa'));
  });
});

describe('the tree of a run', () => {
  it('has the taxa that survivorship counts, and the living as tips', () => {
    const history = loadHistory(lineage, runs.aging);
    for (const tree of ['architecture', 'rule'] as const) {
      const taxa = taxonLives(lineage, runs.aging, tree);
      const record = treeRecord(history, tree, 'taxa');
      expect([...Array.from(record.parent)]).toEqual([...taxa.parent]);
      expect(treeStatistics(record, 'full').nodes).toBe(taxa.count);
      expect(treeStatistics(record, 'extant').tips).toBe(taxa.event.filter((event) => event === 0).length);
    }
    const people = treeRecord(history, 'pedigree', 'individuals');
    expect(treeStatistics(people, 'full').nodes).toBe(300);
    expect(treeStatistics(people, 'extant').tips).toBe(12);
  });
});

describe('streetlight diversity', () => {
  it('prints tables, data and CSV, whatever the run', async () => {
    for (const run of [runs.aging, runs.elites, runs.cooperative, runs.cut])
      for (const of of ['architecture', 'rule', 'pedigree'])
        for (const nodes of ['taxa', 'individuals']) {
          const line = ['diversity', String(run), '--of', of, '--nodes', nodes];
          const shown = await answerOf(path, ...line);
          expect(shown.code).toBe(0);
          expectNumbers(shown.text);
          const { code, text } = await answerOf(path, ...line, '--json');
          expect(code).toBe(0);
          expectNumbers(text);
          expect(JSON.parse(text)).toMatchObject({ run, tree: of, nodes, unfinished: run === runs.cut });
        }
    const { text } = await answerOf(path, 'diversity', '1', '--csv', '--every', '100');
    expect(
      text
        .trim()
        .split('\n')
        .map((each) => each.split(',')[0]),
    ).toEqual([...['birth', '11', '111', '211', '299']]);
  });

  it('says what is missing', async () => {
    const empty = await answerOf(path, 'diversity', String(runs.empty));
    expect(empty).toMatchObject({ code: 2, text: expect.stringContaining('no birth has been told') });
    expect((await answerOf(path, 'diversity', '99')).text).toContain('there is no run 99');
    expect((await answerOf(path, 'diversity', String(runs.cut))).text).toContain('not finished');
  });
});
