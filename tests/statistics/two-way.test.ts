import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { additiveFit } from '../../src/statistics/additive-fit.ts';
import { mean, variance } from '../../src/statistics/moments.ts';
import { interactionShareInterval, pigeonholeInterval } from '../../src/statistics/pigeonhole.ts';
import { quantile } from '../../src/statistics/quantile.ts';
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
    for (const { error } of [single.sumsOfSquares, single.df, single.meanSquares]) expect(error).toBe(null);
    expect(single.components).toMatchObject({ interaction: null, error: null, interactionShare: null });
    expect(single.interactionTest).toBe(null);
  });

  it('of replicates that belong together has the error that R has for three crossed factors', () => {
    // R 4.2.2: anova(aov(y ~ a * o * s)), its line a:o:s, and F of a:o against it.
    const { df, sumsOfSquares, meanSquares, interactionTest } = twoWayAnalysis(cells, { paired: true });
    expectClose(sumsOfSquares.error, expected.paired.sumOfSquares, 1e-11);
    expect(df.error).toBe(expected.paired.df);
    expectClose(meanSquares.interaction, found.meanSquares.interaction!, 1e-14);
    expectClose(interactionTest!.f, expected.paired.f, 1e-10);
    expectDigits(interactionTest!.p, expected.paired.p, 1e-9);
  });

  it('of replicates that belong together does not see what a seed does to a row or a column', () => {
    const shifted = cells.map((row, i) =>
      row.map((cell, j) => cell.map((y, k) => y + k * k + ((i * (k - 1)) % 3) * 4 + ((j * (k - 1)) % 2) * 7)),
    );
    const [before, after] = [cells, shifted].map((each) => twoWayAnalysis(each, { paired: true }));
    expectClose(after!.meanSquares.error, before!.meanSquares.error!, 1e-11);
    expectClose(after!.untruncated.interaction, before!.untruncated.interaction!, 1e-11);
    expect(twoWayAnalysis(shifted).untruncated.interaction).toBeLessThan(
      before!.untruncated.interaction! / 2,
    );
  });

  it('shows a negative component, and 0 in its place', () => {
    // Cell means are additive: the interaction is all error.
    const additive = [1, 2, 4].map((row) => [0, 3].map((column) => [row + column - 1, row + column + 1]));
    const { untruncated, components, meanSquares } = twoWayAnalysis(additive);
    expect(meanSquares).toMatchObject({ interaction: 0, error: 2 });
    expect(untruncated.interaction).toBe(-1);
    expect(components).toMatchObject({ interaction: 0, error: 2, interactionShare: 0 });
  });

  it('truncates rows and columns that differ less than what they leave lets expect', () => {
    const checker = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => [(i + j) % 2, ((i + j) % 2) + 0.1]));
    const { untruncated, components } = twoWayAnalysis(checker);
    expect(untruncated.rows).toBeLessThan(-0.1);
    expect(untruncated.columns).toBe(untruncated.rows);
    expect(components).toMatchObject({ rows: 0, columns: 0, interactionShare: 1 });
    // Of a sum that is not positive there is no share.
    const level = [0, 1].map((i) => [0, 1].map((j) => [(i + j) % 2, ((i + j) % 2) + 0.1]));
    expect(twoWayAnalysis(level).untruncated.interactionShare).toBe(null);
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

describe('an additive table', () => {
  it('is told from one with an interaction at any scale', () => {
    for (const scale of [1e-8, 1, 1e8]) {
      const additive = [0.1, 0.7, 0.2].map((row) => [0.3, 0.9].map((column) => scale * (row + column)));
      expect(
        additiveFit(additive)
          .interaction.flat()
          .every((each) => each === 0),
      ).toBe(true);
      additive[1]![1]! += 1e-9 * scale;
      expect(
        additiveFit(additive)
          .interaction.flat()
          .every((each) => each !== 0),
      ).toBe(true);
    }
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

  it('has quantiles of what was drawn as its limits', () => {
    const drawn: number[] = [];
    const found = pigeonholeInterval(
      cells.map((row) => row.map((cell) => cell[0]!)),
      (table) => {
        drawn.push(grandMean(table));
        return drawn.at(-1)!;
      },
      stream('quantiles'),
      { draws: 99, level: 0.8 },
    );
    const [estimate, ...replicates] = drawn;
    expect(found.estimate).toBe(estimate);
    expect([found.lower, found.upper]).toEqual(
      [quantile(replicates, 0.1), quantile(replicates, 0.9)].map((q) => expect.closeTo(q!, 12)),
    );
    expect(found.se! ** 2).toBeCloseTo(variance(replicates)!, 12);
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
    for (const nothing of [[], [[]]])
      expect(() => pigeonholeInterval(nothing, () => 0, stream('none'))).toThrow(/needs cells/);
    // Not defined on the data: what draws say then is of something else.
    let calls = 0;
    const later = () => (calls++ === 0 ? null : 1);
    expect(pigeonholeInterval([[1]], later, stream('later'))).toMatchObject({ estimate: null, lower: null });
    expect(() => pigeonholeInterval([[1, 2], [1]], () => 0, stream('ragged'))).toThrow(/one length/);
    expect(() => pigeonholeInterval([[1]], () => Number.NaN, stream('nan'))).toThrow(/NaN/);
    expect(pigeonholeInterval([[1]], () => null, stream('null'), { draws: 3 })).toMatchObject({
      ...{ estimate: null, se: null, lower: null, upper: null, undefinedDraws: 3 },
    });
  });
});
