/** The analysis of the rescue assay on populations that are known whole: every birth is in the sample, or every sample there is stands for itself. */
import { describe, expect, it } from 'vitest';
import { mantelHaenszel } from '../../src/statistics/mantel-haenszel.ts';
import {
  type Fate,
  fates,
  type RescueSample,
  type RescueSubject,
  rescueAnalysis,
  rescueMeasures,
  rescueMeasuresOf,
  rescueOdds,
} from '../../src/statistics/rescue.ts';

/** Fate, home and best score, regret, and the architecture. */
type Row = readonly [Fate, number, number, number | null, string];

const rows: readonly Row[] = [
  ['living', 2, 2.4, 0.2, 'a'],
  ['living', 1, 1.2, 0.4, 'b'],
  ['ancestor', 0.5, 1.6, 0.6, 'c'],
  ['ancestor', 1.5, 1.5, 0, 'a'],
  // Reaches the mean of the living at home, and their best with another rule.
  ['aged', 1.45, 2.5, 0.5, 'd'],
  // Rescued, but somebody living has its architecture.
  ['aged', 0.4, 2.4, 0.5, 'a'],
  ['failed', 0, 0, null, 'e'],
  // A key that two births of different fates share.
  ['failed', 0, 1.9, 1, 'f'],
  ['outcompeted', 0.1, 1.95, 0.9, 'f'],
  ['outcompeted', 0.2, 1, 0.8, 'g'],
];

const isCulled = (fate: Fate) => ['failed', 'outcompeted', 'aged'].includes(fate);
const sharing = (of: string) => rows.filter(([fate, , , , name]) => name === of && isCulled(fate)).length;
const subjectOf = ([fate, home, best, regret, architecture]: Row): RescueSubject => ({
  ...{ fate, home: { default: home, tuned: null }, best: { default: best, tuned: null } },
  ...{ regret: { default: regret, tuned: null }, sharing: sharing(architecture) },
  livesOn: rows.some(([other, , , , name]) => other === 'living' && name === architecture),
});
const sizes = Object.fromEntries(
  fates.map((fate) => [fate, rows.filter(([each]) => each === fate).length]),
) as RescueSample['sizes'];
const rest = { sizes, champion: { default: 2, tuned: null }, lostArchitectures: 4, delta: 0.1 };

describe('rescue', () => {
  it('of a sample that is everybody is what one counts', () => {
    const { means, rates } = rescueAnalysis({ ...rest, subjects: rows.map(subjectOf) });
    const {
      bar,
      bestBar,
      asGood,
      championBar,
      discarded,
      atHome,
      rescued,
      rescuedLiving,
      keys,
      keyShare,
      counts,
    } = rates.default!;
    expect([bar, championBar]).toEqual([1.5, 2]);
    const share = (n: number, estimate: number) => ({ n, estimate: expect.closeTo(estimate, 12), se: 0 });
    expect(discarded).toEqual(share(6, 4 / 6));
    expect(atHome).toEqual(share(6, 1 / 6));
    expect(rescued).toEqual(share(6, 3 / 6));
    expect(rescuedLiving).toEqual(share(2, 0));
    const ofBest = (has: (fate: Fate) => boolean) =>
      rows.flatMap(([fate, , best]) => (has(fate) ? [best] : []));
    const livingBest = ofBest((fate) => fate === 'living');
    expect(bestBar).toBeCloseTo(livingBest.reduce((sum, best) => sum + best, 0) / 2, 12);
    expect(asGood).toEqual(share(6, ofBest(isCulled).filter((best) => best >= bestBar - 0.1).length / 6));
    // d and f.
    expect(keys).toEqual(share(10, 2));
    expect(keyShare).toBeCloseTo(2 / 4, 12);
    expect(counts).toEqual({
      living: { sampled: 2, atHome: 1, rescued: 0 },
      ancestor: { sampled: 2, atHome: 1, rescued: 1 },
      failed: { sampled: 2, atHome: 0, rescued: 1 },
      outcompeted: { sampled: 2, atHome: 0, rescued: 1 },
      aged: { sampled: 2, atHome: 1, rescued: 1 },
    });
    const { births, survivors, living, culled, shift, livingOnly } = means['regret default'];
    const known = [0.2, 0.4, 0.6, 0, 0.5, 0.5, 1, 0.9, 0.8];
    const mean = known.reduce((sum, value) => sum + value, 0) / 9;
    expect(births).toEqual(share(9, mean));
    expect(survivors).toEqual(share(4, 0.3));
    expect(living).toEqual(share(2, 0.3));
    expect(culled).toEqual(share(5, 3.7 / 5));
    expect(shift).toEqual(share(9, 0.3 - mean));
    expect(livingOnly).toEqual(share(9, 0.3 - mean));
    expect([rates.tuned, means['home tuned'].births]).toEqual([null, null]);
  });

  it('counts architectures, and shifts of totals, right on average over all samples', () => {
    const bigger = [...rows, ['aged', 0.4, 2.1, 0.1, 'd'], ['living', 1.5, 1.5, 0.3, 'h']] as readonly Row[];
    const ofFate = (fate: Fate) => bigger.filter(([each]) => each === fate);
    const pairs = (all: readonly Row[]) =>
      all.flatMap((first, i) => all.slice(i + 1).map((second) => [first, second] as const));
    const known = (of: string) => bigger.filter(([fate, , , , name]) => name === of && isCulled(fate)).length;
    const sized = Object.fromEntries(fates.map((fate) => [fate, ofFate(fate).length])) as typeof sizes;
    let [keys, survivors, samples] = [0, 0, 0];
    for (const living of pairs(ofFate('living')))
      for (const aged of pairs(ofFate('aged'))) {
        const others = fates.filter((fate) => fate !== 'living' && fate !== 'aged').flatMap(ofFate);
        const subjects = [...living, ...aged, ...others].map((row) => ({
          ...subjectOf(row),
          sharing: known(row[4]),
        }));
        // With a bar that no sample moves.
        const found = rescueAnalysis({ ...rest, sizes: sized, subjects });
        keys += found.rates.default!.keys.estimate;
        survivors += found.means['home default'].survivors!.estimate;
        samples += 1;
      }
    expect(samples).toBe(9);
    expect(keys / samples).toBeCloseTo(2, 12);
    expect(survivors / samples).toBeCloseTo((2 + 1 + 1.5 + 0.5 + 1.5) / 5, 12);
  });

  it('has no number of culled births where nobody was culled, and needs somebody living', () => {
    const subjects = rows.slice(0, 4).map(subjectOf);
    const none = { ...sizes, failed: 0, outcompeted: 0, aged: 0 };
    const analysis = rescueAnalysis({ ...rest, sizes: none, subjects, lostArchitectures: 0 });
    expect(analysis.rates.default).toMatchObject({ discarded: null, rescued: null, keyShare: null });
    expect(analysis.rates.default!.keys.estimate).toBe(0);
    const dead = { ...sizes, living: 0 };
    expect(() => rescueAnalysis({ ...rest, sizes: dead, subjects: rows.slice(2).map(subjectOf) })).toThrow(
      /living/,
    );
  });

  it('gives studies each measure by its name', () => {
    const analysis = rescueAnalysis({ ...rest, subjects: rows.map(subjectOf) });
    const measures = rescueMeasuresOf(analysis);
    expect(Object.keys(measures)).toEqual(rescueMeasures);
    expect(measures['default rescued']).toBe(analysis.rates.default!.rescued!.estimate);
    expect(measures['best default shift']).toBe(analysis.means['best default'].shift!.estimate);
    expect(measures['regret default living only']).toBe(
      analysis.means['regret default'].livingOnly!.estimate,
    );
    expect(measures['default keys']).toBe(0.5);
    expect([measures['tuned rescued'], measures['home tuned shift']]).toEqual([null, null]);
  });

  it('compares groups within blocks and fates', () => {
    const first = rescueAnalysis({ ...rest, subjects: rows.map(subjectOf) }).rates.default!;
    const second = rescueAnalysis({ ...rest, delta: 0, subjects: rows.map(subjectOf) }).rates.default!;
    expect(rescueOdds([])).toBe(null);
    expect(
      rescueOdds([
        [first, second],
        [second, first],
      ]),
    ).toEqual(
      mantelHaenszel([
        ...[first, second].flatMap((one) => {
          const other = one === first ? second : first;
          return (['failed', 'outcompeted', 'aged'] as const).map((fate) => {
            const [a, b] = [one.counts[fate], other.counts[fate]];
            return [
              [a.rescued, a.sampled - a.rescued],
              [b.rescued, b.sampled - b.rescued],
            ] as const;
          });
        }),
      ]),
    );
  });
});
