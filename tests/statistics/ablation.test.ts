/** Differences over runs: what stands beside each other is that of the tests named, which are held to R elsewhere; here that they are given the right numbers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { ablationEffect } from '../../src/statistics/ablation.ts';

const random = (of: string) => stream(`test/${of}`);
const value = fc.integer({ min: -40, max: 40 }).map((x) => x / 16);
const runs = fc.array(fc.record({ a: value, b: value, c: value }), { minLength: 2, maxLength: 7 });
const effectOf = (tasks: readonly Record<string, number>[], margin = 0.5) =>
  ablationEffect(
    tasks.map((each) => ({ tasks: each })),
    margin,
    random,
  );

describe('what an ingredient is worth', () => {
  it('has the numbers of R for six runs of one task', () => {
    // x <- c(0.31, 0.12, -0.05, 0.22, 0.4, 0.08); wilcox.test(x, conf.int = TRUE); t.test(x, mu = 0.5, alternative = "less").
    const found = effectOf([0.31, 0.12, -0.05, 0.22, 0.4, 0.08].map((a) => ({ a })));
    expect(found.difference.mean).toBeCloseTo(0.18, 12);
    expect(found.wilcoxon).toMatchObject({ n: 6, v: 20 });
    expect(found.wilcoxon.exactP).toBeCloseTo(0.0625, 12);
    // Of the 21 means of pairs, in order, the 11th.
    expect(found.hodgesLehmann.estimate).toBeCloseTo(0.175, 12);
    expect(found.interaction).toBeNull();
    const se = Math.sqrt([0.31, 0.12, -0.05, 0.22, 0.4, 0.08].reduce((s, x) => s + (x - 0.18) ** 2, 0) / 30);
    expect(found.equivalence).toMatchObject({ df: 5, isShown: true });
    expect(found.equivalence!.se).toBeCloseTo(se, 12);
  });

  it('changes its sign where Adam and the ablation change places, and nothing else', () => {
    fc.assert(
      fc.property(runs, (tasks) => {
        const mirrored = tasks.map((each) =>
          Object.fromEntries(Object.entries(each).map(([task, x]) => [task, -x])),
        );
        const [own, other] = [effectOf(tasks), effectOf(mirrored)];
        expect(other.difference.mean).toBeCloseTo(-own.difference.mean!, 12);
        expect(other.hodgesLehmann.estimate).toBeCloseTo(-own.hodgesLehmann.estimate, 12);
        expect(other.wilcoxon.exactP).toBeCloseTo(own.wilcoxon.exactP!, 12);
        expect(other.equivalence!.p === null).toBe(own.equivalence!.p === null);
        if (own.equivalence!.p !== null) expect(other.equivalence!.p).toBeCloseTo(own.equivalence!.p, 9);
        expect(other.interaction!.p ?? -1).toBeCloseTo(own.interaction!.p ?? -1, 9);
      }),
    );
  });

  it('of a task is the mean over the runs that have it, and means of tasks are that of all', () => {
    fc.assert(
      fc.property(runs, (tasks) => {
        const { difference, tasks: each } = effectOf(tasks);
        expect(each.map(({ task }) => task)).toEqual(['a', 'b', 'c']);
        const sum = each.reduce((total, { difference: of }) => total + of.mean!, 0);
        expect(sum / 3).toBeCloseTo(difference.mean!, 10);
      }),
    );
    const { tasks, interaction } = effectOf([{ a: 1, b: 2 }, { a: 3 }]);
    expect(tasks.map(({ difference: { runs: count, mean } }) => [count, mean])).toEqual([
      [2, 2],
      [1, 2],
    ]);
    expect(interaction).toBeNull();
  });

  it('is told to depend on the task where the same task comes first in every run', () => {
    const shifted = [0, 1, 2, 3, 4, 5].map((x) => ({ a: x, b: x + 1, c: x + 2 }));
    // All six runs rank alike: chi-square is 12 of 2 degrees of freedom.
    expect(effectOf(shifted).interaction).toMatchObject({ chiSquare: 12, concordance: 1 });
    expect(effectOf(shifted).interaction!.p).toBeCloseTo(Math.exp(-6), 10);
  });

  it('of one run shows no equivalence, and needs a run', () => {
    expect(effectOf([{ a: 0 }]).equivalence).toBeNull();
    expect(() => effectOf([])).toThrow(RangeError);
    expect(() => effectOf([{ a: 1 }, { a: 2 }], 0)).toThrow(RangeError);
  });
});
