import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cladeLives, survivalUnits } from '../../src/lineage/survival-units.ts';

const births = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 6 }), fc.nat(2), fc.boolean()), {
    minLength: 1,
    maxLength: 25,
  })
  .map((rows) => ({
    donor: Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back)),
    death: Int32Array.from(rows, ([, life], i) => (life < 0 ? -1 : i + 1 + life)),
    block: Int32Array.from(rows, ([, , block]) => block),
    lost: Uint8Array.from(rows, ([, , , lost]) => (lost ? 1 : 0)),
    end: rows.length + 8,
  }));

describe('units of survival', () => {
  it('a clade ends with the last of its descendants', () => {
    fc.assert(
      fc.property(births, (each) => {
        const { donor, death, lost, end } = each;
        const descends = (i: number, from: number) => {
          let at = i;
          while (at > from) at = donor[at]!;
          return at === from;
        };
        const found = cladeLives(each);
        for (let i = 0; i < donor.length; i++) {
          const members = [...donor.keys()].filter((j) => j >= i && descends(j, i));
          const lives = members.some((j) => death[j]! < 0);
          const last = Math.max(...members.map((j) => death[j]!));
          expect(found.exit[i]).toBe(lives ? end : last);
          // Of several who die last, one that was no loss may stand for all.
          const events = members.filter((j) => death[j] === last).map((j) => 1 - lost[j]!);
          if (lives) expect(found.event[i]).toBe(0);
          else expect(events).toContain(found.event[i]);
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
        });
      }),
    );
  });
});
