import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hazardSample } from '../../src/analysis/hazard-sample.ts';
import { individualId } from '../../src/lineage/pack.ts';
import { unitLives } from '../../src/lineage/survival-units.ts';
import { numericTraitReader, traitReader } from '../../src/lineage/trait-values.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { madeUpRun, temporaryLineage } from './support.ts';

const { lineage, remove } = temporaryLineage();
const [population, births] = [12, 150];
let run = 0;
beforeAll(async () => {
  run = await madeUpRun(lineage, { scheme: 'aging', population, tournament: 3, births, inFlight: 2 });
});
afterAll(remove);

/** Tick by tick: who is alive right after each look, from the tables of births and deaths alone. */
function residents(times: readonly number[]): { readonly time: number; readonly mean: number }[] {
  const read = numericTraitReader(lineage, 'rule', 'instructions');
  return times.map((time) => {
    const rules = lineage.db
      .prepare<[number, number, number], number>(
        `SELECT rule FROM parentage LEFT JOIN death ON death.individual = parentage.id
         WHERE parentage.id BETWEEN ? AND ? AND (death.at IS NULL OR death.at > ?)`,
      )
      .pluck()
      .all(individualId(run, 0), individualId(run, time), time);
    const values = rules.map(read).filter((value) => !Number.isNaN(value));
    return { time, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
  });
}

describe('rows of a hazard model with residents', () => {
  it('say at each age what was known of the residents before it, and nothing from before the first look', () => {
    const times = [11, 30, 61, 100, 140];
    const looks = residents(times);
    const depth = numericTraitReader(lineage, 'architecture', 'depth');
    const taxa = unitLives(lineage, run, { of: 'architecture', units: 'taxa' });
    const expected = new Map<string, readonly (readonly [number, number, number, number])[]>();
    taxa.entry.forEach((entry, i) => {
      const ticks: [number, number, number, number][] = [];
      for (let now = Math.max(entry, times[0]!) + 1; now <= taxa.exit[i]!; now++) {
        const known = looks.findLast(({ time }) => time < now)!.mean;
        const ends = now === taxa.exit[i] ? taxa.event[i]! : 0;
        ticks.push([now - entry, depth(taxa.carried.architecture![i]!), known, ends]);
      }
      if (ticks.length > 0) expected.set(`${run}:${entry}`, ticks);
    });

    const question = {
      of: 'architecture',
      trackedFrom: 1,
      traits: ['depth'],
      resident: 'instructions',
    } as const;
    const { rows, unit, lives, withoutTime } = hazardSample(lineage, [{ run, times }], question);
    const found = new Map<string, [number, number, number, number][]>();
    unit.forEach((name, row) => {
      const [trait, resident] = rows.terms.map(({ values }) => values[row]!);
      const ticks = found.get(name) ?? [];
      for (let age = rows.entry[row]! + 1; age <= rows.exit[row]!; age++)
        ticks.push([age, trait!, resident!, age === rows.exit[row] ? rows.event[row]! : 0]);
      found.set(name, ticks);
    });
    expect(found).toEqual(expected);
    expect(lives).toBe(expected.size);
    expect(lives + withoutTime).toBe(taxa.entry.length);
    // Some were there at the first look, some ended before it, and looks differ.
    expect([...taxa.exit].some((exit, i) => exit <= 11 && taxa.event[i] === 1)).toBe(true);
    expect(Math.min(...[...found.values()].map(([first]) => first![0]))).toBe(1);
    expect(new Set(looks.map(({ mean }) => mean)).size).toBeGreaterThan(1);
  });

  it('refuse a value that nobody has, and list those there are', () => {
    const of = { of: 'architecture', trackedFrom: 1, traits: ['depth'] } as const;
    const asked = (more: object) => () =>
      hazardSample(lineage, [{ run, times: [11] }], { ...of, ...more } as Parameters<typeof hazardSample>[2]);
    const families = new Set<string>();
    const read = traitReader(lineage, 'rule', 'family');
    for (const block of unitLives(lineage, run, { of: 'rule', units: 'taxa' }).carried.rule!)
      families.add(read(block)!);
    const error = (() => {
      try {
        asked({ resident: 'family=adaptiv' })();
      } catch (thrown) {
        return thrown as UserError;
      }
      return null;
    })();
    expect(error).toBeInstanceOf(UserError);
    expect(error!.issues[0]!.message).toContain('`adaptiv`');
    for (const family of families) expect(error!.issues[0]!.hint).toContain(`\`${family}\``);
    expect(asked({ traits: ['depth=-7'] })).toThrow(UserError);
    expect(asked({ resident: `family=${[...families][0]}` })).not.toThrow();
  });

  it('without residents begin at the origin', () => {
    const question = { of: 'architecture', trackedFrom: 1, traits: ['depth'] } as const;
    const { rows } = hazardSample(lineage, [{ run, times: [11] }], question);
    expect(rows.entry.every((entry) => entry === 0)).toBe(true);
  });
});
