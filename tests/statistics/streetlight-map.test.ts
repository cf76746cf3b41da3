import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streetlightMap, type Visits } from '../../src/statistics/streetlight-map.ts';
import oracle from '../fixtures/richness.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

const visits = (cells: string, elites = ''): Visits => ({ cells: [...cells], elites: new Set(elites) });

/** Cells of all subsets of this size, on average. */
function naiveRarefied(cells: readonly string[], size: number): number {
  let [sum, count] = [0, 0];
  for (let bits = 0; bits < 2 ** cells.length; bits++) {
    const chosen = cells.filter((_, i) => (bits >> i) & 1);
    if (chosen.length !== size) continue;
    sum += new Set(chosen).size;
    count += 1;
  }
  return sum / count;
}

describe('a streetlight map', () => {
  const groups = [[visits('aab', 'a'), visits('aacd', 'd')], [visits('abbbeeff', 'be')]];

  it('is what one counts', () => {
    const { union, eliteUnion, rarefiedTo, groups: found, chao1 } = streetlightMap(groups);
    expect([union, eliteUnion, rarefiedTo]).toEqual([6, 4, { group: 7, run: 3 }]);
    const [first, second] = found;
    expect(first).toMatchObject({ evaluations: 7, visited: 4, rarefied: 4, coverage: 4 / 6, unique: 2 });
    expect(first).toMatchObject({ elites: 2, missed: 0.5, uniqueElites: 2 });
    expect(second).toMatchObject({ evaluations: 8, visited: 4, coverage: 4 / 6, unique: 2, missed: 0.5 });
    expectClose(second!.rarefied, naiveRarefied([...'abbbeeff'], 7), 1e-12);
    expect(first!.runs.map(({ visited, missed }) => [visited, missed])).toEqual([
      [2, 0.75],
      [3, 0.75],
    ]);
    expectClose(first!.runs[1]!.rarefied, naiveRarefied([...'aacd'], 3), 1e-12);
    // Shannon's entropy of the shares 4/7, 1/7, 1/7 and 1/7.
    const entropy = -((4 / 7) * Math.log(4 / 7) + (3 / 7) * Math.log(1 / 7));
    expectClose(first!.evenness, Math.exp(entropy) / 4, 1e-12);
    // Seen once: c and d; twice: e and f.
    expect(chao1).toMatchObject({ observed: 6, singletons: 2, doubletons: 2 });
    expectClose(chao1.estimate, 6 + (2 * 1) / (2 * 3), 1e-12);
  });

  it('of the communities that R counted has the same lower bound', () => {
    for (const { counts, estimate, se } of oracle.communities) {
      const cells = counts.flatMap((count: number, kind: number) =>
        Array.from({ length: count }, () => `kind ${kind}`),
      );
      const { chao1 } = streetlightMap([[{ cells, elites: new Set<string>() }]]);
      expectClose(chao1.estimate, estimate, 1e-11);
      expectClose(chao1.se, se, 1e-11);
    }
  });

  it('does not depend on how evaluations are dealt to the runs of a group, but for numbers of runs', () => {
    const cells = fc.array(fc.constantFrom(...'abcdefgh'), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(cells, fc.nat(), (all, at) => {
        const cut = 1 + (at % (all.length - 1));
        const parted = [visits(all.slice(0, cut).join('')), visits(all.slice(cut).join(''))];
        const whole = [visits(all.join(''))];
        const [one, two] = [streetlightMap([parted]), streetlightMap([whole])];
        const without = ({ groups: found, rarefiedTo: _, ...rest }: typeof one) => ({
          ...rest,
          groups: found.map(({ runs: _runs, ...group }) => group),
        });
        expect(without(one)).toEqual(without(two));
        expect(one.rarefiedTo.run).toBe(Math.min(cut, all.length - cut));
        // Nobody has an elite.
        expect(one.groups[0]!.missed).toBe(null);
        expect(one.groups[0]!.coverage).toBe(1);
      }),
    );
  });

  it('needs runs that evaluated something', () => {
    expect(() => streetlightMap([])).toThrow(RangeError);
    expect(() => streetlightMap([[visits('a')], []])).toThrow(/every group/);
    expect(() => streetlightMap([[visits('')]])).toThrow(/no map/);
  });
});
