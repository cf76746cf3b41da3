import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { pairingEffect } from '../../src/statistics/pairing.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

const { scores, ...expected } = oracle.pairing;
const square = (n: number, cell: (i: number, j: number) => number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => cell(i, j)));
const tables = fc.integer({ min: 2, max: 5 }).chain((n) =>
  fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  }),
);

describe('the transplant test', () => {
  it("has the coefficient, error and limits of R's lm, and its p over all 120 pairings of five runs", () => {
    const found = pairingEffect(scores, stream('r'));
    expectClose(found.delta, expected.delta, 1e-12);
    expectClose(found.se, expected.se, 1e-12);
    expect(found.df).toBe(expected.df);
    expectAllClose([found.lower, found.upper], expected.limits, 1e-11);
    expectClose(found.rowVariance, expected.rowVariance, 1e-12);
    expectClose(found.shareOfRowVariance, expected.delta ** 2 / expected.rowVariance, 1e-11);
    expectClose(found.inRowDeviations, expected.delta / Math.sqrt(expected.rowVariance), 1e-11);
    expect(found.permutation).toMatchObject({ exact: true, arrangements: 120, p: expected.greater });
    expect(pairingEffect(scores, stream('r'), { side: 'two' }).permutation.p).toBe(expected.two);
  });

  it('finds what was planted, and is the mean of the diagonal less that of all else', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: -5, max: 5 }), (table, planted) => {
        const n = table.length;
        const { delta } = pairingEffect(table, stream('p'));
        const added = table.map((row, i) => row.map((y, j) => y + (i === j ? planted : 0)));
        expect(pairingEffect(added, stream('p')).delta).toBeCloseTo(delta + planted, 10);
        const [own, all] = [
          table.reduce((sum, row, i) => sum + row[i]!, 0),
          table.flat().reduce((a, b) => a + b),
        ];
        expect(delta).toBeCloseTo(own / n - (all - own) / (n * (n - 1)), 10);
      }),
    );
  });

  it('does not see good architectures, nor good rules', () => {
    fc.assert(
      fc.property(
        tables,
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 10, maxLength: 10 }),
        (table, effects) => {
          const moved = table.map((row, i) => row.map((y, j) => y + effects[i]! + effects[5 + j]!));
          const [before, after] = [pairingEffect(table, stream('e')), pairingEffect(moved, stream('e'))];
          expect(after.delta).toBeCloseTo(before.delta, 10);
          expect(after.permutation.p).toBe(before.permutation.p);
        },
      ),
    );
  });

  it('counts pairings that are equal but for rounding, as whole numbers are counted', () => {
    const orders = (items: readonly number[]): number[][] =>
      items.length === 0
        ? [[]]
        : items.flatMap((item) =>
            orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
          );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 16, maxLength: 16 }), (cells) => {
        const sum = (order: readonly number[]) => order.reduce((total, j, i) => total + cells[4 * i + j]!, 0);
        const sums = orders([0, 1, 2, 3]).map(sum);
        const table = square(4, (i, j) => 0.1 * cells[4 * i + j]! + 0.3 * i + 0.7 * j);
        const [own, mean] = [sum([0, 1, 2, 3]), cells.reduce((a, b) => a + b) / 4];
        const share = (reaches: (each: number) => boolean) => sums.filter(reaches).length / 24;
        expect(pairingEffect(table, stream('g')).permutation.p).toBe(share((each) => each >= own));
        expect(pairingEffect(table, stream('t'), { side: 'two' }).permutation.p).toBe(
          share((each) => Math.abs(each - mean) >= Math.abs(own - mean)),
        );
      }),
    );
  });

  it('draws pairings of more than eight runs: p is never 0, and small where own pairs are better', () => {
    const table = square(10, (i, j) => ((i * 7 + j * 3) % 5) / 10 + (i === j ? 4 : 0));
    const { permutation, delta } = pairingEffect(table, stream('ten'), { draws: 199 });
    expect(delta).toBeGreaterThan(3);
    expect(permutation).toMatchObject({ exact: false, arrangements: 200, p: 1 / 200 });
    // The other way round, all pairings of eight, and draws of them.
    const eight = square(8, (i, j) => ((i * 5 + j * 3 + i * j) % 7) / 7);
    const exact = pairingEffect(eight, stream('eight')).permutation;
    expect(exact.arrangements).toBe(40_320);
    const draws = 4999;
    const drawn = pairingEffect(eight, stream('eight'), { draws, enumerated: 7 }).permutation;
    expect(Math.abs(drawn.p - exact.p)).toBeLessThan(5 * Math.sqrt((exact.p * (1 - exact.p)) / draws));
  });

  it('where nothing but rows and columns differs has no effect and p = 1', () => {
    const found = pairingEffect(
      square(4, (i, j) => 0.1 * i + 0.7 * j),
      stream('additive'),
    );
    expect(found).toMatchObject({ delta: 0, permutation: { p: 1 } });
    expect(
      pairingEffect(
        square(3, () => 2),
        stream('same'),
      ),
    ).toMatchObject({
      ...{ delta: 0, rowVariance: 0, shareOfRowVariance: null, inRowDeviations: null },
    });
  });

  it('of two runs has no error, and a p of at least one half', () => {
    const found = pairingEffect(
      square(2, (i, j) => (i === j ? 1 : 0)),
      stream('two'),
    );
    expect(found).toMatchObject({ delta: 1, se: null, df: 0, lower: null, permutation: { p: 0.5 } });
  });

  it('refuses what is no table of pairs', () => {
    expect(() => pairingEffect([], stream('x'))).toThrow(RangeError);
    expect(() => pairingEffect([[1]], stream('x'))).toThrow(RangeError);
    expect(() => pairingEffect([[1, 2], [3]], stream('x'))).toThrow(/every run/);
    expect(() =>
      pairingEffect(
        [
          [1, 2, 3],
          [3, 4, 5],
        ],
        stream('x'),
      ),
    ).toThrow(/every run/);
    expect(() =>
      pairingEffect(
        [
          [1, Number.NaN],
          [3, 4],
        ],
        stream('x'),
      ),
    ).toThrow(/finite/);
  });
});
