import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mullerTables } from '../../src/interchange/muller.ts';
import { livesOf } from '../../src/lineage/taxa.ts';

const births = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 6 }), fc.nat(2)), { minLength: 1, maxLength: 40 })
  .map((rows) => ({
    donor: Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back)),
    death: Int32Array.from(rows, ([, life], i) =>
      life < 0 || i + 1 + life >= rows.length ? -1 : i + 1 + life,
    ),
    block: Int32Array.from(rows, ([, , block]) => block),
    lost: new Uint8Array(rows.length),
    end: rows.length - 1,
  }));

const name = (birth: number) => `t${birth}`;

function tables(of: Parameters<typeof mullerTables>[0], every: number, rare: number) {
  const { edges, populations } = mullerTables(of, { every, rare }, name);
  const [edgeHead, ...edgeRows] = edges.map((line) => line.split(','));
  const [head, ...rows] = [...populations()].map((line) => line.split(','));
  expect([edgeHead, head]).toEqual([
    ['Parent', 'Identity'],
    ['Generation', 'Identity', 'Population'],
  ]);
  return {
    parentOf: new Map(edgeRows.map(([parent, identity]) => [identity!, parent!])),
    rows: rows.map(([at, identity, carriers]) => ({
      at: Number(at),
      identity: identity!,
      carriers: Number(carriers),
    })),
  };
}

describe('tables for Muller plots', () => {
  it('add up to the living at every census, and name nobody that the edges do not', () => {
    fc.assert(
      fc.property(
        births,
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (each, every, rare) => {
          const { parentOf, rows } = tables(each, every, rare);
          const times = [...new Set(rows.map(({ at }) => at))];
          expect(times).toEqual([...each.donor.keys()].filter((at) => at % every === 0 || at === each.end));
          for (const time of times) {
            const living = [...each.death].filter((at, i) => i <= time && (at < 0 || at > time)).length;
            const shown = rows
              .filter(({ at }) => at === time)
              .reduce((sum, { carriers }) => sum + carriers, 0);
            expect(shown).toBe(living);
          }
          for (const { identity } of rows)
            expect(identity === 'founders' || parentOf.has(identity)).toBe(true);
          for (const parent of parentOf.values())
            expect(parent === 'founders' || parentOf.has(parent)).toBe(true);
          expect(new Set(rows.map(({ identity }) => identity))).toEqual(
            new Set(['founders', ...parentOf.keys()]),
          );
        },
      ),
    );
  });

  it('show every taxon where none is rare, by itself', () => {
    fc.assert(
      fc.property(births, (each) => {
        const { parentOf, rows } = tables(each, 1, 0);
        const { entry, parent, taxonOf } = livesOf(each);
        const seen = [...entry.keys()].filter((taxon) =>
          rows.some(({ identity }) => identity === name(entry[taxon]!)),
        );
        for (const taxon of seen) {
          // Its nearest ancestor that was ever alive at a census.
          let above = parent[taxon]!;
          while (above >= 0 && !seen.includes(above)) above = parent[above]!;
          expect(parentOf.get(name(entry[taxon]!))).toBe(above < 0 ? 'founders' : name(entry[above]!));
        }
        for (const { at, identity, carriers } of rows) {
          const members = [...each.death.keys()].filter(
            (i) =>
              i <= at &&
              (each.death[i]! < 0 || each.death[i]! > at) &&
              name(entry[taxonOf[i]!]!) === identity,
          );
          expect(carriers).toBe(members.length);
        }
      }),
    );
  });

  it('count the rare with their nearest common ancestor', () => {
    // Taxon 0 is common, 1 descends from it and is rare, 2 descends from 1 and becomes common, 3 is a rare founder.
    const found = tables(
      {
        donor: Int32Array.of(-1, 0, 0, 0, 3, 4, 4, 4, 4, -1),
        death: Int32Array.of(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1),
        block: Int32Array.of(0, 0, 0, 1, 2, 2, 2, 2, 2, 3),
        lost: new Uint8Array(10),
        end: 9,
      },
      9,
      0.3,
    );
    expect([...found.parentOf]).toEqual([
      ['t0', 'founders'],
      ['t4', 't0'],
    ]);
    expect(found.rows.filter(({ at }) => at === 9)).toEqual([
      { at: 9, identity: 'founders', carriers: 1 },
      { at: 9, identity: 't0', carriers: 4 },
      { at: 9, identity: 't4', carriers: 5 },
    ]);
  });
});
