/** The command on a small database: groups by traits of either chromosome, whole genomes, clades. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { storedTraitValues } from '../../src/lineage/trait-store.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-survivorship-'));
const db = join(folder, 'lineage.db');

beforeAll(() => {
  const lineage = openLineage(db, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const each of toldRun(400)) journal.append(each, 'h');
  journal.close('births');
  lineage.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const answer = (...line: readonly string[]) => answerOf('survivorship', ...line);

async function answerOf(...line: readonly string[]): Promise<{ code: number; text: string; notes: string }> {
  const { code, printed, noted } = await streetlight(...line, '--db', db);
  return { code, text: printed, notes: noted };
}

const json = async (...line: readonly string[]) => JSON.parse((await answer(...line, '--json')).text);

describe('survivorship --by', () => {
  it('stores what it computes, and answers the same from what is stored', async () => {
    const first = await answer('--of', 'architecture', '--by', 'units', '--quantiles', '3');
    expect(first.code).toBe(0);
    expect(first.text).toMatch(/Groups by units: cut into 3 quantiles/);
    const lineage = openLineage(db, 'read');
    expect(storedTraitValues(lineage, { chromosome: 'architecture', name: 'units' }).size).toBeGreaterThan(
      50,
    );
    lineage.close();
    expect(await answer('--of', 'architecture', '--by', 'units', '--quantiles', '3')).toEqual(first);
  });

  it('answers while another process writes, and says that nothing is stored', async () => {
    const writer = openLineage(db, 'write');
    const { code, text, notes } = await answer('--of', 'architecture', '--by', 'width', '--cuts', '50,100');
    writer.close();
    expect(code).toBe(0);
    expect(notes).toMatch(/not stored this time: another process/);
    expect(text).toMatch(/2: 50 to 100/);
  });

  it("parts likeness to Adam at one half, by the trait's own rule", async () => {
    const found = await json('--of', 'rule', '--by', 'al-scale');
    expect(found.groupedBy).toEqual({ by: 'cuts', cuts: [0.5] });
    expect(found.groups.map(({ group }: { group: string }) => group)).toEqual(['1: to 0.5']);
  });

  it('has association find what was measured, and measure what was not', async () => {
    const measured = await answerOf('association', '--rule', 'kappa-coord', '--json');
    expect(measured.code).toBe(0);
    const lineage = openLineage(db, 'read');
    const stored = storedTraitValues(lineage, { chromosome: 'rule', name: 'kappa-coord' });
    const rules = lineage.db.prepare('SELECT count(DISTINCT rule) FROM individual').pluck().get();
    lineage.close();
    expect(stored.size).toBe(rules);
    expect(await answerOf('association', '--rule', 'kappa-coord', '--json')).toEqual(measured);
  });

  it('takes traits of both chromosomes for genomes, and every birth is in one genome taxon', async () => {
    const found = await json('--of', 'genome', '--by', 'rule.family');
    expect(found.unit).toBe('genome taxon');
    expect(found.groups.map(({ group }: { group: string }) => group)).toEqual(['plain']);
    const [genomes, architectures] = await Promise.all([
      json('--of', 'genome'),
      json('--of', 'architecture'),
    ]);
    expect(genomes.groups[0].n).toBeGreaterThanOrEqual(architectures.groups[0].n);
    expect(genomes.groups[0].n).toBeLessThanOrEqual(400);
  });

  it.each([
    [['--of', 'genome', '--by', 'depth'], /rule\.depth or architecture\.depth/],
    [['--of', 'rule', '--by', 'architecture.depth'], /--of genome/],
    [['--of', 'rule', '--by', 'famly'], /family/],
    [['--of', 'rule', '--by', 'family', '--cuts', '1'], /numeric trait/],
    [['--of', 'rule', '--cuts', '1'], /numeric trait/],
    [['--of', 'rule', '--by', 'states', '--quantiles', '1'], /one group/],
    [['--established', '50'], /--units clades/],
  ] as const)('refuses %j', async (line, words) => {
    const { code, notes } = await answer(...line);
    expect(code).toBe(2);
    expect(notes).toMatch(words);
  });
});

describe('survivorship --established', () => {
  it('counts every clade once', async () => {
    const found = await json('--units', 'clades', '--established', '30');
    const [group] = found.established.groups;
    expect(group.established + group.ended + group.undecided + group.tooLate).toBe(400);
    const text = (await answer('--units', 'clades', '--established', '30')).text;
    expect(text).toMatch(/a living descendant 30 births after/);
  });
});
