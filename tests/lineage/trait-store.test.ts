/** Traits in the database: made once, kept by version, made again where they are missing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { computeTraitValues, namedTrait, storedTraitValues } from '../../src/lineage/trait-store.ts';
import { verifyLineage } from '../../src/lineage/verify.ts';
import type { UserError } from '../../src/notation/user-error.ts';
import { traitNames } from '../../src/traits/table.ts';
import { audit, newRun, toldRun } from './support.ts';

let folder: string;
let path: string;
let lineage: Lineage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traits-'));
  path = join(folder, 'a.db');
  const written = openLineage(path, 'write');
  const journal = openJournal(written, createRun(written, newRun, audit));
  for (const told of toldRun(300)) journal.append(told, 'h');
  journal.close('births');
  written.close();
  lineage = openLineage(path, 'derive');
});
afterEach(() => {
  lineage.close();
  rmSync(folder, { recursive: true });
});

const blocks = (column: 'architecture' | 'rule') =>
  lineage.db.prepare<[], number>(`SELECT DISTINCT ${column} FROM individual ORDER BY 1`).pluck().all();
const unwatched = { progress: () => {}, shouldStop: () => false };
const units = namedTrait('architecture', 'units');

describe('traits of stored chromosomes', () => {
  it('are what the text says, and stay in the file', async () => {
    const computed = await computeTraitValues(lineage, units, blocks('architecture'), unwatched);
    const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
    expect(computed!.size).toBeGreaterThan(50);
    for (const [block, value] of computed!)
      expect(value).toBe(Number(/units: (\d+)/.exec(text.get(block)!)![1]));
    lineage.close();
    lineage = openLineage(path, 'read');
    expect(storedTraitValues(lineage, units)).toEqual(computed);
  });

  it('stop when asked to, with what is done in the file', async () => {
    const rule = namedTrait('rule', 'al-scale');
    const rules = blocks('rule');
    const many = Array.from({ length: 400 }, (_, i) => rules[i % rules.length]!);
    let asked = 0;
    const answer = await computeTraitValues(lineage, rule, many, {
      progress: () => {},
      shouldStop: () => ++asked > 0,
    });
    expect(answer).toBeNull();
    expect(asked).toBe(1);
    expect(storedTraitValues(lineage, rule).size).toBeGreaterThan(0);
  });

  it('come out of one measurement together', async () => {
    await computeTraitValues(lineage, namedTrait('rule', 'al-mem'), blocks('rule'), unwatched);
    for (const name of [
      'al-scale',
      'adam-like',
      'kappa-global',
      'kappa-coord',
      'scale-drop',
      'autocorrelation',
    ])
      expect(storedTraitValues(lineage, namedTrait('rule', name)).size, name).toBe(blocks('rule').length);
    // Plain descent, whatever its rate.
    expect([...storedTraitValues(lineage, namedTrait('rule', 'adam-like')).values()]).toEqual(
      blocks('rule').map(() => 'neither'),
    );
  });

  it('of another version do not count, and go when the trait is computed', async () => {
    const some = blocks('architecture').slice(0, 3);
    await computeTraitValues(lineage, units, some, unwatched);
    lineage.db.exec("UPDATE trait SET version = 0; UPDATE trait_value SET value = 'old'");
    expect(storedTraitValues(lineage, units).size).toBe(0);
    await computeTraitValues(lineage, units, some, unwatched);
    expect([...storedTraitValues(lineage, units).values()]).not.toContain('old');
    expect(lineage.db.prepare('SELECT count(*) FROM trait_value').pluck().get()).toBe(3);
  });

  it('may be dropped, table and all', async () => {
    const all = blocks('architecture');
    const before = await computeTraitValues(lineage, units, all, unwatched);
    lineage.db.exec('DROP TABLE trait_value; DROP TABLE trait');
    expect(storedTraitValues(lineage, units).size).toBe(0);
    await computeTraitValues(lineage, units, all, unwatched);
    expect(storedTraitValues(lineage, units)).toEqual(before);
    expect(verifyLineage(lineage, { initial: '', next: () => 'h' })).toEqual([]);
  });

  it('are computed where nothing can be written', async () => {
    const reader = openLineage(path, 'read');
    const values = await computeTraitValues(reader, units, blocks('architecture'), unwatched);
    expect(values!.size).toBe(blocks('architecture').length);
    expect(storedTraitValues(reader, units).size).toBe(0);
    reader.close();
  });
});

describe('names of traits', () => {
  it('are of one chromosome, and one op each has a count', () => {
    expect(traitNames('rule')).toContain('count-sign');
    expect(traitNames('architecture')).toContain('count-dense');
    expect(() => namedTrait('rule', 'count-dense')).toThrow(/no trait/);
  });

  it('that are misspelt get a hint', () => {
    const hintOf = (name: string) => {
      try {
        namedTrait('rule', name);
      } catch (error) {
        return (error as UserError).issues[0]!.hint;
      }
      return null;
    };
    expect(hintOf('famly')).toMatch(/`family`/);
    expect(hintOf('colour')).toMatch(/al-scale, al-mem.*count-OP/);
    expect(() => namedTrait('rule', 'toString')).toThrow(/no trait/);
  });
});
