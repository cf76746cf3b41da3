import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growingTaxa } from '../../src/lineage/growing-taxa.ts';
import { cladeLives, survivalUnits, trackedTaxa, untilTheEnd } from '../../src/lineage/survival-units.ts';
import { type Births, genomesOf, livesOf } from '../../src/lineage/taxa.ts';

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

  it.each(Object.keys(survivalUnits) as (keyof typeof survivalUnits)[])(
    'of the last birth, %s that failed and that live are censored alike; of the birth before, one is an end at 1',
    (units) => {
      // Births 2 and 3 fail at once, 0 dies at 3, 1 lives.
      const each: Births = {
        donor: Int32Array.of(-1, -1, 0, 1),
        block: Int32Array.of(1, 2, 3, 4),
        death: Int32Array.of(3, -1, 3, 4),
        lost: new Uint8Array(4),
        end: 3,
      };
      const alive: Births = { ...each, death: Int32Array.of(3, -1, 3, -1) };
      const found = survivalUnits[units].lives(untilTheEnd(each));
      expect(found).toEqual(survivalUnits[units].lives(alive));
      expect([...found.exit].map((exit, i) => [exit - found.entry[i]!, found.event[i]])).toEqual([
        [3, 1],
        [2, 0],
        [1, 1],
        [0, 0],
      ]);
      expect(found.last[3]).toBe(-1);
    },
  );

  it('a taxon that is tracked later is watched from its n-th carrier on, or not at all', () => {
    fc.assert(
      fc.property(births, fc.integer({ min: 1, max: 4 }), (each, n) => {
        const taxa = livesOf(each);
        const found = trackedTaxa(each, n);
        const carriersOf = (taxon: number) =>
          [...taxa.taxonOf.keys()].filter((i) => taxa.taxonOf[i] === taxon);
        const expected = [...taxa.entry.keys()].flatMap((taxon) => {
          const nth = carriersOf(taxon)[n - 1];
          return nth === undefined || nth >= taxa.exit[taxon]! ? [] : [{ taxon, nth }];
        });
        expect([...found.entry]).toEqual(expected.map(({ taxon }) => taxa.entry[taxon]));
        expect([...found.exit]).toEqual(expected.map(({ taxon }) => taxa.exit[taxon]));
        expect([...found.event]).toEqual(expected.map(({ taxon }) => taxa.event[taxon]));
        expect([...found.watched]).toEqual(expected.map(({ nth }) => nth));
        expect(found.untracked).toBe(taxa.count - expected.length);
      }),
    );
  });

  it('a clade of a genome lives on in descendants by either chromosome', () => {
    fc.assert(
      fc.property(births, fc.array(fc.nat(5), { minLength: 25, maxLength: 25 }), (each, others) => {
        const otherDonor = Int32Array.from(each.donor, (_, i) =>
          others[i] === 0 || others[i]! > i ? -1 : i - others[i]!,
        );
        const found = cladeLives({ ...each, otherDonor });
        each.donor.forEach((_, founder) => {
          const members = new Set([founder]);
          for (let i = founder + 1; i < each.donor.length; i++)
            if (members.has(each.donor[i]!) || members.has(otherDonor[i]!)) members.add(i);
          const deaths = [...members].map((i) => each.death[i]!);
          expect(found.exit[founder]).toBe(deaths.some((at) => at < 0) ? each.end : Math.max(...deaths));
        });
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

/** By hand from the definition: connected by links between donor and child of one block. */
function connected({ donor, block }: Pick<Births, 'donor' | 'block'>): number[] {
  const set = [...donor.keys()];
  const rootOf = (i: number): number => (set[i] === i ? i : rootOf(set[i]!));
  donor.forEach((from, i) => {
    if (from >= 0 && block[from] === block[i]) set[rootOf(i)] = rootOf(from);
  });
  return set.map((_, i) => rootOf(i));
}

/** Births and deaths in the order in which a run tells them: a death at `at` with the birth before or at that time. */
function grown(births: Births) {
  const taxa = growingTaxa();
  const deaths = [...births.death.entries()].filter(([, at]) => at >= 0);
  for (let i = 0; i < births.donor.length; i++) {
    taxa.born(births.donor[i]! < 0 ? null : births.donor[i]!, births.block[i]!);
    for (const [dead, at] of deaths) if (at === i) taxa.died(dead, at, births.lost[dead] === 1);
  }
  for (const [dead, at] of deaths)
    if (at >= births.donor.length) taxa.died(dead, at, births.lost[dead] === 1);
  return taxa.lives(births.end);
}

describe('taxa', () => {
  it('are the connected sets of one block in the donor tree', () => {
    fc.assert(
      fc.property(births, (each) => {
        const roots = connected(each);
        const { taxonOf, entry } = livesOf(each);
        roots.forEach((root, i) => expect(entry[taxonOf[i]!]).toBe(root));
      }),
    );
  });

  it('that grow birth by birth are those made from the whole run', () => {
    fc.assert(
      fc.property(births, (each) => {
        expect(grown(each)).toEqual(livesOf(each));
      }),
      { numRuns: 300 },
    );
  });
});

const pairs = fc
  .array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 25 })
  .map((rows) => {
    const column = (value: (row: (typeof rows)[number], i: number) => number) => Int32Array.from(rows, value);
    const back = (distance: number, i: number) => (distance === 0 || distance > i ? -1 : i - distance);
    return {
      from: { architecture: column(([a], i) => back(a, i)), rule: column(([, r], i) => back(r, i)) },
      carried: { architecture: column(([, , a]) => a), rule: column(([, , , r]) => r) },
    };
  });

describe('genomes', () => {
  it('are one where both chromosomes are, and inherit from a donor who has the same, if one has', () => {
    fc.assert(
      fc.property(pairs, ({ from, carried }) => {
        const { donor, block } = genomesOf(from, carried);
        const same = (i: number, j: number) =>
          carried.architecture[i] === carried.architecture[j] && carried.rule[i] === carried.rule[j];
        donor.forEach((given, i) => {
          for (let j = 0; j < i; j++) expect(block[i] === block[j]).toBe(same(i, j));
          const donors = [from.architecture[i]!, from.rule[i]!];
          const alike = donors.filter((j) => j >= 0 && same(i, j));
          if (alike.length > 0) expect(alike).toContain(given);
          else expect(given).toBe(donors.find((j) => j >= 0) ?? -1);
        });
      }),
    );
  });

  it('with one donor for both are taxa that lie within taxa of either chromosome', () => {
    fc.assert(
      fc.property(births, fc.infiniteStream(fc.nat(2)), (each, other) => {
        const rule = Int32Array.from(each.block, () => other.next().value!);
        const carried = { architecture: each.block, rule };
        const genome = livesOf({
          ...each,
          ...genomesOf({ architecture: each.donor, rule: each.donor }, carried),
        });
        for (const block of [each.block, rule]) {
          const taxa = livesOf({ ...each, block });
          genome.taxonOf.forEach((taxon, i) => {
            expect(taxa.taxonOf[i]).toBe(taxa.taxonOf[genome.entry[taxon]!]);
          });
        }
      }),
    );
  });
});
