import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cladeLives, survivalUnits } from '../../src/lineage/survival-units.ts';

const births = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 6 }), fc.nat(2)), { minLength: 1, maxLength: 25 })
  .map((rows) => ({
    donor: Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back)),
    death: Int32Array.from(rows, ([, life], i) => (life < 0 ? -1 : i + 1 + life)),
    block: Int32Array.from(rows, ([, , block]) => block),
    end: rows.length + 8,
  }));

describe('units of survival', () => {
  it('a clade ends with the last of its descendants', () => {
    fc.assert(
      fc.property(births, (each) => {
        const { donor, death, end } = each;
        const descends = (i: number, from: number) => {
          let at = i;
          while (at > from) at = donor[at]!;
          return at === from;
        };
        const found = cladeLives(each);
        for (let i = 0; i < donor.length; i++) {
          const members = [...donor.keys()].filter((j) => j >= i && descends(j, i));
          const lives = members.some((j) => death[j]! < 0);
          expect(found.event[i]).toBe(lives ? 0 : 1);
          expect(found.exit[i]).toBe(lives ? end : Math.max(...members.map((j) => death[j]!)));
        }
      }),
    );
  });

  it('an individual lives within its taxon, and its taxon within the clade of the founder', () => {
    fc.assert(
      fc.property(births, (each) => {
        const taxa = survivalUnits.taxa.lives(each);
        const [clades, individuals] = [
          survivalUnits.clades.lives(each),
          survivalUnits.individuals.lives(each),
        ];
        taxa.entry.forEach((founder, taxon) => {
          expect(individuals.exit[founder]).toBeLessThanOrEqual(taxa.exit[taxon]!);
          expect(taxa.exit[taxon]).toBeLessThanOrEqual(clades.exit[founder]!);
          expect(clades.event[founder]).toBeLessThanOrEqual(taxa.event[taxon]!);
        });
      }),
    );
  });
});
