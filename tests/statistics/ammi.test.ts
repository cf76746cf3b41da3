import { describe, expect, it } from 'vitest';
import { additiveFit } from '../../src/statistics/additive-fit.ts';
import { ammi } from '../../src/statistics/ammi.ts';
import { twoWayAnalysis } from '../../src/statistics/two-way.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

describe('AMMI', () => {
  it.each(oracle.ammi)(
    'has the singular values and the first product of R’s svd',
    ({ table, ...expected }) => {
      const { axes, interactionSumOfSquares } = ammi(table);
      expectAllClose(
        axes.map(({ singularValue }) => singularValue),
        expected.singularValues,
        1e-12,
      );
      expectClose(interactionSumOfSquares, expected.sumOfSquares, 1e-12);
      const { rowScores, columnScores } = axes[0]!;
      rowScores.forEach((row, i) => {
        expectAllClose(
          columnScores.map((column) => row * column),
          expected.first[i]!,
          1e-12,
        );
      });
      const largest = rowScores.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most));
      expect(largest).toBeGreaterThan(0);
    },
  );

  it.each(oracle.ammi)(
    'adds up: the products to the table, shares to 1, degrees of freedom to those of the interaction',
    ({ table }) => {
      const { grand, rows, columns, axes } = ammi(table);
      table.forEach((row, i) => {
        row.forEach((y, j) => {
          const products = axes.reduce(
            (sum, { rowScores, columnScores }) => sum + rowScores[i]! * columnScores[j]!,
            0,
          );
          expect(grand + rows[i]! + columns[j]! + products).toBeCloseTo(y, 12);
        });
      });
      expect(axes.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 12);
      expect(axes.reduce((sum, { df }) => sum + df, 0)).toBe((rows.length - 1) * (columns.length - 1));
      expect(axes[0]!.df).toBe(rows.length + columns.length - 3);
    },
  );

  it('of two rows tests what the two-way analysis tests', () => {
    const cells = oracle.twoWay.cells.slice(0, 2);
    const { meanSquares, df, interactionTest, replicates } = twoWayAnalysis(cells);
    const means = cells.map((row) => row.map((cell) => cell.reduce((sum, y) => sum + y, 0) / cell.length));
    const error = { meanSquare: meanSquares.error!, df: df.error!, replicates };
    const { axes } = ammi(means, error);
    expect(axes.length).toBe(1);
    expectClose(axes[0]!.test!.f, interactionTest!.f, 1e-11);
    expectClose(axes[0]!.test!.p, interactionTest!.p, 1e-11);
    for (const none of [{ meanSquare: 0 }, { df: 0 }, { replicates: 0 }])
      expect(() => ammi(means, { ...error, ...none })).toThrow(/positive/);
  });

  it('of an additive table has axes of nothing', () => {
    const additive = [1, 2, 4].map((row) => [0.1, 3, 0.7].map((column) => row + column));
    expect(
      additiveFit(additive)
        .interaction.flat()
        .every((each) => each === 0),
    ).toBe(true);
    const { axes, interactionSumOfSquares } = ammi(additive);
    expect(interactionSumOfSquares).toBe(0);
    for (const { singularValue, share, rowScores } of axes) {
      expect([singularValue, share]).toEqual([0, null]);
      expect(rowScores.every((score) => score === 0)).toBe(true);
    }
  });

  it('refuses what is no table', () => {
    expect(() => ammi([])).toThrow(RangeError);
    expect(() => ammi([[1, 2]])).toThrow(/two rows/);
    expect(() =>
      ammi([
        [1, 2],
        [Number.NaN, 1],
      ]),
    ).toThrow(/finite/);
  });
});
