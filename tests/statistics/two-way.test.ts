import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { additiveFit } from '../../src/statistics/additive-fit.ts';
import { mean, variance } from '../../src/statistics/moments.ts';
import { interactionShareInterval, pigeonholeInterval } from '../../src/statistics/pigeonhole.ts';
import { twoWayAnalysis } from '../../src/statistics/two-way.ts';
import oracle from '../fixtures/assay-statistics.json' with { type: 'json' };
import { expectAllClose, expectClose, expectDigits } from '../support/close.ts';

const { cells, ...expected } = oracle.twoWay;
const sources = <T>({
  rows,
  columns,
  interaction,
  error,
}: Record<'rows' | 'columns' | 'interaction' | 'error', T>) => [rows, columns, interaction, error];

describe('two-way analysis', () => {
  const found = twoWayAnalysis(cells);

  it("has R's sums of squares, mean squares and test", () => {
    expectAllClose(sources(found.df), expected.df);
    expectAllClose(sources(found.sumsOfSquares), expected.sumsOfSquares, 1e-12);
    expectAllClose(sources(found.meanSquares), expected.meanSquares, 1e-12);
    expectClose(found.mean, expected.mean, 1e-14);
    expectClose(found.interactionTest!.f, expected.f, 1e-11);
    expectDigits(found.interactionTest!.p, expected.p, 1e-10);
  });

  it('has the components whose expected mean squares are the observed ones', () => {
    const { rows, columns, interaction, error } = found.untruncated;
    const [n, height, width] = [3, 5, 4];
    const within = error! + n * interaction!;
    expectAllClose(
      [within + n * width * rows, within + n * height * columns, within, error],
      expected.meanSquares,
      1e-12,
    );
    expectClose(found.untruncated.interactionShare, interaction! / (rows + columns + interaction!));
  });

  it('with one replicate does not tell interaction from error, as R has it', () => {
    const single = twoWayAnalysis(cells.map((row) => row.map((cell) => [cell[0]!])));
    expectAllClose(sources(single.df).slice(0, 3), expected.single.df);
    expectAllClose(sources(single.meanSquares).slice(0, 3), expected.single.meanSquares, 1e-12);
    expect(single.meanSquares.error).toBe(null);
    expect(single.components).toMatchObject({ interaction: null, error: null, interactionShare: null });
    expect(single.interactionTest).toBe(null);
  });

  it('shows a negative component, and 0 in its place', () => {
    // Cell means are additive: the interaction is all error.
    const additive = [1, 2, 4].map((row) => [0, 3].map((column) => [row + column - 1, row + column + 1]));
    const { untruncated, components, meanSquares } = twoWayAnalysis(additive);
    expect(meanSquares).toMatchObject({ interaction: 0, error: 2 });
    expect(untruncated.interaction).toBe(-1);
    expect(components).toMatchObject({ interaction: 0, error: 2, interactionShare: 0 });
  });

  it('has no share where nothing varies', () => {
    const same = [0, 1, 2].map(() => [0, 1].map(() => [0.1, 0.1, 0.1]));
    const { components, interactionTest, mean: grand } = twoWayAnalysis(same);
    expect(components).toEqual({ rows: 0, columns: 0, interaction: 0, error: 0, interactionShare: null });
    expect([interactionTest, grand]).toEqual([null, 0.1]);
  });

  it('refuses tables that are none', () => {
    expect(() => twoWayAnalysis([])).toThrow(RangeError);
    expect(() => twoWayAnalysis([[[1], [2]]])).toThrow(/two rows/);
    expect(() => twoWayAnalysis([[[1]], [[2]]])).toThrow(/two columns/);
    expect(() => twoWayAnalysis([[[1], [2]], [[1]]])).toThrow(/one length/);
    expect(() =>
      twoWayAnalysis([
        [[1], [2]],
        [[1], [2, 3]],
      ]),
    ).toThrow(/replicates/);
    expect(() =>
      twoWayAnalysis([
        [[1], [2]],
        [[1], [Number.NaN]],
      ]),
    ).toThrow(/finite/);
    expect(() =>
      twoWayAnalysis([
        [[1], [2]],
        [[1], []],
      ]),
    ).toThrow(RangeError);
  });
});

describe('an additive fit', () => {
  it('takes a table apart into parts that add up to it, each with sum 0', () => {
    const cell = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const tables = fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }))
      .chain(([height, width]) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
          minLength: height,
          maxLength: height,
        }),
      );
    fc.assert(
      fc.property(tables, (table) => {
        const { grand, rows, columns, interaction } = additiveFit(table);
        table.forEach((row, i) => {
          row.forEach((y, j) => {
            expect(grand + rows[i]! + columns[j]! + interaction[i]![j]!).toBeCloseTo(y, 8);
          });
        });
        for (const effects of [rows, columns, ...interaction]) expect(mean(effects)).toBeCloseTo(0, 8);
      }),
    );
  });

  it('leaves nothing of an additive table, however far from 0', () => {
    const table = [0.1, 0.7, 0.2].map((row) => [0.3, 1e-3].map((column) => 1e6 + row + column));
    expect(
      additiveFit(table.map((row) => row.map((y) => y - 1e6)))
        .interaction.flat()
        .every((each) => Math.abs(each) < 1e-9),
    ).toBe(true);
    expect(
      additiveFit([
        [0.1, 0.4],
        [0.3, 0.6],
      ]).interaction.flat(),
    ).toEqual([0, 0, 0, 0]);
  });
});

describe('the pigeonhole bootstrap', () => {
  const grandMean = (table: readonly (readonly number[])[]) => mean(table.flat());

  it('of a mean has the variance that Owen 2007 gives it', () => {
    const table = [
      [3, 1, 4, 1],
      [5, 9, 2, 6],
      [5, 3, 5, 8],
    ];
    // Var* of the mean: of row effects over I, of column effects over J, of the interaction over I J, with 1 / N in each.
    const { rows, columns, interaction } = additiveFit(table);
    const square = (effects: readonly number[]) => mean(effects.map((each) => each * each));
    const exact = square(rows) / 3 + square(columns) / 4 + square(interaction.flat()) / 12;
    const draws = 20_000;
    const { se, estimate, undefinedDraws } = pigeonholeInterval(table, grandMean, stream('mean'), { draws });
    expect([estimate, undefinedDraws]).toEqual([52 / 12, 0]);
    // The relative error of a variance from draws is about sqrt(2 / draws) = 1 %.
    expect(Math.abs((se! * se!) / exact - 1)).toBeLessThan(0.05);
  });

  it('draws rows and columns, not cells', () => {
    const table = [
      [1, 1],
      [7, 7],
    ];
    const seen = new Set<number>();
    pigeonholeInterval(
      table,
      (drawn) => {
        // A row is either of the rows, whole.
        for (const row of drawn) expect(variance(row)).toBe(0);
        seen.add(grandMean(drawn));
        return 0;
      },
      stream('rows'),
      { draws: 60 },
    );
    expect([...seen].sort()).toEqual([1, 4, 7]);
  });

  it('of the share of the interaction contains it, is the same for the same stream, and leaves undefined draws out', () => {
    const share = twoWayAnalysis(cells).components.interactionShare!;
    const options = { draws: 499 };
    const found = interactionShareInterval(cells, stream('share'), options);
    expect(found.estimate).toBe(share);
    expect(found.lower!).toBeLessThan(share);
    expect(found.upper!).toBeGreaterThan(share);
    expect(interactionShareInterval(cells, stream('share'), options)).toEqual(found);
    const checker = [
      [[0], [1]],
      [[1], [0]],
    ].map((row) => row.map(([y]) => [y!, y! + 0.001]));
    const { undefinedDraws, lower } = interactionShareInterval(checker, stream('checker'), options);
    // Half of all draws hold the same row or the same column twice: of one cell, four times, nothing varies but replicates.
    expect(undefinedDraws).toBeGreaterThan(0);
    expect(lower).not.toBe(null);
  });

  it('refuses what it cannot draw from', () => {
    expect(() => pigeonholeInterval([], () => 0, stream('none'))).toThrow(RangeError);
    expect(() => pigeonholeInterval([[1, 2], [1]], () => 0, stream('ragged'))).toThrow(/one length/);
    expect(() => pigeonholeInterval([[1]], () => Number.NaN, stream('nan'))).toThrow(/NaN/);
    expect(pigeonholeInterval([[1]], () => null, stream('null'), { draws: 3 })).toMatchObject({
      ...{ estimate: null, se: null, lower: null, upper: null, undefinedDraws: 3 },
    });
  });
});
