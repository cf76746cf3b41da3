import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { rankedTable, transplantAnalysis } from '../../src/statistics/transplant.ts';

/** Rows and columns that differ, own pairs better by `own`, seeds that matter alike for all, and noise. */
function made(own: number, noise: number) {
  const random = stream('made-up transplants');
  return Array.from({ length: 5 }, (_, i) =>
    Array.from({ length: 5 }, (_, j) =>
      Array.from(
        { length: 4 },
        (_, k) => i * i * 0.3 + j * 0.7 + k * 2 + i * k * 0.1 + (i === j ? own : 0) + noise * random.normal(),
      ),
    ),
  );
}

describe('a transplant table', () => {
  it('with a planted effect has it as its delta, and the p of all 5! pairings', () => {
    const { pairing, variance, interactionShare, ammi } = transplantAnalysis(made(1, 0.05), stream('a'));
    expect(pairing.delta).toBeCloseTo(1, 1);
    expect(pairing.permutation).toMatchObject({ p: 1 / 120, exact: true, arrangements: 120 });
    // The seeds' own effects, and those on rows, are no error.
    expect(variance.components.error).toBeLessThan(0.005);
    expect(variance.interactionTest!.p).toBeLessThan(1e-10);
    expect(interactionShare.estimate).toBe(variance.components.interactionShare);
    // Own pairs alone have no main product: all axes are alike.
    expect(ammi.axes.map(({ share }) => share!)).toEqual(
      [1, 2, 3, 4].map(() => expect.closeTo(1 / 4, 1) as number),
    );
  });

  it('that is additive has no delta', () => {
    const { pairing, variance } = transplantAnalysis(made(0, 0), stream('b'));
    expect(pairing).toMatchObject({ delta: 0, permutation: { p: 1 } });
    expect(variance.components).toMatchObject({ interaction: 0, interactionShare: 0 });
  });

  it('of ranks keeps order, counts ties as their mean, and does not feel one score', () => {
    const table = [
      [[1], [2]],
      [[2], [900]],
    ];
    expect(rankedTable(table)).toEqual([
      [[0.25], [0.625]],
      [[0.625], [1]],
    ]);
    expect(rankedTable([table[0]!, [[2], [9e9]]])).toEqual(rankedTable(table));
  });
});
