import { describe, expect, it } from 'vitest';
import { analysisAnswer } from '../../src/analysis/survivorship.ts';
import { analysisText } from '../../src/report/survivorship.ts';
import { incidenceAt } from '../../src/statistics/aalen-johansen.ts';
import { type Survivorship, survivorshipOf } from '../../src/statistics/survivorship.ts';
import data from '../fixtures/survival.json' with { type: 'json' };
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

const options = { confidence: 'log', rho: 0, ties: 'efron', stratifyByRun: false } as const;
const { veteran } = oracle.data;
const labels = { by: 'group', units: 'taxa', rho: 0, isStratified: false };

const textOf = (analysis: Survivorship) =>
  analysisText(
    analysisAnswer(analysis, { strata: null, rho: 0, ties: 'efron', descriptive: false }),
    labels,
    false,
  );

describe('a survivorship analysis', () => {
  it('brings together what R gives for aml', () => {
    const { exit, event, group } = data.aml;
    const found = survivorshipOf(
      { exit, event, groups: group, runs: exit.map(() => 1) },
      { ...options, tau: 45 },
    );
    expect(found.groups.map(({ group: name, median }) => [name, median.value])).toEqual([
      ['Maintained', 31],
      ['Nonmaintained', 23],
    ]);
    const { comparison } = found;
    expectClose(comparison!.logRank.chiSquare, oracle.aml.logrank.chisq);
    expectClose(comparison!.cox!.coefficients[0]!.coefficient, oracle.aml.efron.coef[0], 1e-7);
    expect(comparison!.cox!.clusters).toBe(null);
    expectClose(comparison!.proportionalHazards.at(-1)!.chiSquare, oracle.aml.zph.chisq, 1e-7);
    const means = data.aml.rmst.filter(({ tau }) => tau === 45);
    expectClose(comparison!.differences[0]!.effect!.difference, means[1]!.rmst - means[0]!.rmst);
    expect(comparison!.pooled).toEqual([]);
    expect(textOf(found)).toContain('Log-rank: chi-square 3.396 on 1 df, p 0.06534.');
  });

  it('has robust errors only where there are more runs than ratios', () => {
    const sample = (runs: readonly number[]) => ({
      ...{ exit: veteran.exit, event: veteran.event, runs },
      groups: veteran.celltype.map(String),
    });
    const found = (runs: number) =>
      survivorshipOf(sample(veteran.exit.map((_, i) => i % runs)), options).comparison!.cox!;
    // Of three runs nothing is tested: by errors that take lives for independent it would be too sure.
    expect(found(3)).toMatchObject({ clusters: null, wald: null });
    for (const { se, robustSe, p } of found(3).coefficients)
      expect([se! > 0, robustSe, p]).toEqual([true, null, null]);
    expect(found(4)).toMatchObject({ clusters: 4, coefficients: [{ df: 3 }, { df: 3 }, { df: 3 }] });
  });

  it('tells a curve from the first age at which somebody is watched', () => {
    const lives = { entry: [3, 5], exit: [9, 20], event: [1, 1] };
    const [group] = survivorshipOf({ ...lives, groups: ['a', 'a'], runs: [1, 1] }, options).groups;
    expect(group!.ages.map(({ age, atRisk }) => [age, atRisk])).toEqual([
      [4, 1],
      [8, 2],
      [16, 1],
    ]);
  });

  it('takes the ends of each group apart by cause: shares of all causes and survival make 1', () => {
    const { exit, event } = veteran;
    const sample = {
      ...{ exit, event, groups: veteran.trt.map(String), runs: exit.map(() => 1) },
      causes: event.map((ended, i) => (ended === 0 ? null : (veteran.celltype[i] ?? null))),
    };
    const found = survivorshipOf(sample, options);
    for (const { curve, incidence } of found.groups) {
      const ends = curve.rows.filter(({ events }) => events > 0);
      ends.forEach(({ time, survival }) => {
        const all = [...incidence!.causes.values()].map((rows) => incidenceAt(rows, time).incidence);
        expectClose(
          all.reduce((sum, share) => sum + share, survival),
          1,
          1e-12,
        );
      });
      expect([...incidence!.causes.keys()]).toEqual(['adeno', 'large', 'smallcell', 'squamous']);
      expect(incidenceAt(incidence!.causes.get('adeno')!, 0).incidence).toBe(0);
    }
    const text = textOf(found);
    expect(text).toContain(`Cumulative incidence of each cause by ${found.tau} births (Aalen-Johansen):`);
  });

  it('stratifies by run, clusters on runs and pools over them', () => {
    const sample = {
      ...{ exit: veteran.exit, event: veteran.event },
      groups: veteran.trt.map((trt) => `t${trt}`),
      // Four runs, one per cell type.
      runs: veteran.celltype.map((type) => ['squamous', 'smallcell', 'adeno', 'large'].indexOf(type)),
    };
    const found = survivorshipOf(sample, { ...options, stratifyByRun: true }).comparison!;
    expectClose(found.logRank.chiSquare, oracle.survdiff.trt_strata_celltype.chisq);
    expect(found.cox!.clusters).toBe(4);
    expect(found.pooled[0]!.effect!.runs).toBe(4);
    expect(found.pooled[0]!.effect!.lower).toBeLessThan(found.pooled[0]!.effect!.upper);
  });

  it('pools only runs in which there is something to compare with', () => {
    const lives = { exit: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 1, 1, 1] };
    const groups = ['a', 'b', 'c', 'b', 'a', 'c'];
    const without = ['b', 'c', 'b', 'c', 'c', 'b'];
    const sample = (third: readonly string[]) => ({
      exit: [...lives.exit, ...lives.exit, ...lives.exit],
      event: [...lives.event, ...lives.event, ...lives.event],
      groups: [...groups, ...groups.toReversed(), ...third],
      runs: [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3],
    });
    const runs = (third: readonly string[]) =>
      survivorshipOf(sample(third), options).comparison!.pooled.map(({ effect }) => effect?.runs);
    expect(runs(groups)).toEqual([3, 3]);
    // A third run without the reference would give the log hazard ratio of b to c under the name of b to a.
    expect(runs(without)).toEqual([2, 2]);
  });

  it('has defined values where there is next to nothing', () => {
    const one = survivorshipOf({ exit: [3], event: [0], groups: ['a'], runs: [1] }, options);
    expect(one).toMatchObject({ tau: 3, comparison: null });
    const still = survivorshipOf({ exit: [3, 4], event: [0, 0], groups: ['a', 'b'], runs: [1, 2] }, options);
    expect(still.comparison).toMatchObject({ cox: null, logRank: { chiSquare: null } });
    expect(still.comparison!.pooled).toEqual([{ group: 'b', effect: null }]);
    const short = survivorshipOf(
      { exit: [0, 9, 5], event: [0, 1, 1], groups: ['a', 'b', 'b'], runs: [1, 1, 1] },
      { ...options, tau: 5 },
    );
    expect(short.groups.map(({ restrictedMean }) => restrictedMean?.mean ?? null)).toEqual([null, 5]);
    expect(short.comparison!.differences).toEqual([{ group: 'b', effect: null }]);
    for (const analysis of [one, still, short])
      expect(textOf(analysis)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
