import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alleleTable } from '../../src/statistics/alleles.ts';
import { contingency } from '../../src/statistics/contingency.ts';
import {
  averageCorrelation,
  averageRanks,
  correlation,
  rankCorrelation,
} from '../../src/statistics/correlation.ts';
import { chiSquareTail } from '../../src/statistics/distributions.ts';
import { linkageDisequilibrium, multiallelicDPrime } from '../../src/statistics/linkage.ts';
import { mutualInformation } from '../../src/statistics/mutual-information.ts';
import oracle from '../fixtures/association.json' with { type: 'json' };
import { expectAllClose, expectClose, expectDigits } from '../support/close.ts';

function chiSquareByHand(table: readonly (readonly number[])[]): number {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = table[0]!.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0));
  return table.reduce(
    (sum, row, i) =>
      sum +
      row.reduce((part, count, j) => {
        const expected = (rows[i]! * columns[j]!) / total;
        return part + (expected > 0 ? (count - expected) ** 2 / expected : 0);
      }, 0),
    0,
  );
}

describe('against R and the textbook', () => {
  it.each(['mns_blood', 'repulsion'] as const)('has the linkage of %s', (name) => {
    const expected = oracle[name];
    const found = linkageDisequilibrium(expected.table)!;
    expect(found.n).toBe(expected.n);
    expectClose(found.d, expected.D, 1e-13);
    expectClose(found.dPrime, expected.Dprime_abs, 1e-12);
    expectClose(found.r, expected.r, 1e-12);
    expectClose(found.r2, expected.r2, 1e-12);
    expectDigits(chiSquareTail(found.n * found.r2, 1), expected.p, 1e-10);
    // With two alleles each, the multi-allelic measure is |D'|.
    expectClose(multiallelicDPrime(expected.table), Math.abs(expected.Dprime_abs), 1e-12);
  });

  it('has the information of hair and eyes', () => {
    const { hair_eye: expected } = oracle;
    const found = mutualInformation(expected.table);
    expectClose(found.mutual, expected.MI_nats, 1e-12);
    expectClose(found.g, expected.G, 1e-12);
    expect(found.df).toBe(expected.df);
    expectDigits(chiSquareTail(found.g, found.df), expected.G_p, 1e-10);
    expectAllClose([found.first, found.second], [expected.Hx, expected.Hy], 1e-12);
    expectClose(found.normalizedByLesser, expected.NMI_min, 1e-12);
    expectClose(found.normalizedByRoot, expected.NMI_sqrt, 1e-12);
    expectClose(found.bias, expected.miller_madow_bias, 1e-14);
    expectClose(multiallelicDPrime(expected.table), expected.multiallelic_Dprime_hedrick1987, 1e-12);
    const { chiSquare, df, v, correctedV } = contingency(expected.table);
    expectClose(chiSquare, expected.chisq, 1e-12);
    expect(df).toBe(expected.df);
    expectDigits(chiSquareTail(chiSquare, df), expected.chisq_p, 1e-10);
    expectClose(v, expected.cramers_V, 1e-12);
    expectClose(correctedV, expected.cramers_V_bias_corrected, 1e-12);
  });
});

const table = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.nat(12), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  )
  .filter((each) => each.flat().some((count) => count > 0));

describe('identities', () => {
  it('n r^2 is chi-square, and D mirrors when alleles change places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 }),
        ([a, b, c, d]) => {
          const found = linkageDisequilibrium([
            [a!, b!],
            [c!, d!],
          ])!;
          expectClose(
            found.n * found.r2,
            chiSquareByHand([
              [a!, b!],
              [c!, d!],
            ]),
            1e-9,
          );
          expect(Math.abs(found.dPrime)).toBeLessThanOrEqual(1 + 1e-12);
          const mirrored = linkageDisequilibrium([
            [b!, a!],
            [d!, c!],
          ])!;
          expectClose(mirrored.d, -found.d, 1e-14);
          expectClose(mirrored.dPrime, -found.dPrime, 1e-12);
        },
      ),
    );
  });

  it('G = 2 n MI, MI is symmetric, not negative and at most the lesser entropy', () => {
    fc.assert(
      fc.property(table, (each) => {
        const found = mutualInformation(each);
        const turned = mutualInformation(each[0]!.map((_, j) => each.map((row) => row[j]!)));
        expectClose(turned.mutual, found.mutual, 1e-12);
        expect(found.mutual).toBeGreaterThan(-1e-12);
        expect(found.mutual).toBeLessThanOrEqual(Math.min(found.first, found.second) + 1e-12);
        expectClose(found.g, 2 * found.n * found.mutual, 1e-12);
        const prime = multiallelicDPrime(each);
        expect(prime === null || (prime >= 0 && prime <= 1 + 1e-12)).toBe(true);
        const doubled = mutualInformation(each.map((row) => row.map((count) => 2 * count)));
        expectClose(doubled.mutual, found.mutual, 1e-12);
        expectClose(doubled.bias, found.bias / 2, 1e-12);
      }),
    );
  });

  it('r of indicators is that of the table', () => {
    const first = [1, 1, 0, 0, 1, 0, 1];
    const second = [1, 0, 0, 0, 1, 1, 1];
    expectClose(linkageDisequilibrium(alleleTable(first, second))!.r, correlation(first, second), 1e-12);
  });

  it('averages ranks and correlations', () => {
    expect([...averageRanks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
    expectClose(rankCorrelation([1, 2, 3, 4], [1, 8, 27, 64]), 1, 1e-14);
    expectClose(averageCorrelation([0.5, 0.5, null]).r, 0.5, 1e-14);
    expect(averageCorrelation([0.5, null, null])).toMatchObject({ censuses: 1, leftOut: 2 });
    expectClose(averageCorrelation([0.9, -0.9]).z, 0, 1e-14);
    expect(averageCorrelation([])).toEqual({ censuses: 0, leftOut: 0, z: null, r: null });
    expect(Number.isFinite(averageCorrelation([1, 1]).z)).toBe(true);
  });
});

describe('degenerate input', () => {
  it('has no association where one chromosome has a single allele', () => {
    expect(linkageDisequilibrium([[3, 4]])).toBe(null);
    expect(
      linkageDisequilibrium([
        [3, 0],
        [2, 0],
      ]),
    ).toBe(null);
    expect(multiallelicDPrime([[3], [2]])).toBe(null);
    expect(mutualInformation([[3, 4]])).toMatchObject({ mutual: 0, df: 0, normalizedByLesser: null });
    expect(correlation([1, 1], [1, 2])).toBe(null);
    expect(correlation([], [])).toBe(null);
  });

  it('refuses what is no table', () => {
    expect(() => mutualInformation([[0, 0]])).toThrow(/nobody/);
    expect(() => mutualInformation([[-1, 2]])).toThrow(/not negative/);
    expect(() =>
      linkageDisequilibrium([
        [1, 2, 3],
        [1, 2, 3],
      ]),
    ).toThrow(/multi-allelic/);
    expect(() => correlation([1], [1, 2])).toThrow(/one length/);
    expect(() => correlation([Number.NaN, 1], [1, 2])).toThrow(/pair 0/);
    expect(() => alleleTable(['a'], [])).toThrow(/one label/);
  });
});

describe('tables of alleles', () => {
  it('do not depend on who is counted first, so that signs do not either', () => {
    const first = ['no', 'no', 'yes', 'no', 'yes'];
    const second = ['yes', 'no', 'no', 'no', 'no'];
    const table = alleleTable(first, second);
    expect(table).toEqual([
      [2, 1],
      [2, 0],
    ]);
    expect(alleleTable(first.toReversed(), second.toReversed())).toEqual(table);
    // The yeses avoid each other.
    expect(linkageDisequilibrium(table)!.dPrime).toBe(-1);
    expect(alleleTable(['10', '9'], ['a', 'b'])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});
