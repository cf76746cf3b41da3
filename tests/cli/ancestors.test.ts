import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-ancestors-'));
const db = join(folder, 'lineage.db');
const told = [...toldRun(400)];

beforeAll(() => {
  const lineage = openLineage(db, 'write');
  for (let run = 1; run <= 2; run++) {
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    for (const each of told) journal.append(each, 'h');
    journal.close('births');
  }
  lineage.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function answer(...line: readonly string[]): Promise<{ code: number; text: string }> {
  const { code, printed, noted } = await streetlight(...line, '--db', db);
  return { code, text: printed + noted };
}

const parentOf = {
  pedigree: (b: number) => told[b]!.birth.parent,
  architecture: (b: number) => told[b]!.birth.architectureFrom,
  rule: (b: number) => told[b]!.birth.ruleFrom,
} as const;

/** By walking the births themselves, child to parent. */
function line(tree: keyof typeof parentOf, birth: number): number[] {
  const path: number[] = [];
  for (let at: number | null = birth; at !== null; at = parentOf[tree](at)) path.push(at);
  return path;
}

describe('ancestors', () => {
  it.each(['pedigree', 'architecture', 'rule'] as const)('follow the %s to its founder', async (of) => {
    const { code, text } = await answer('ancestors', '1:399', '--of', of, '--json');
    expect(code).toBe(0);
    const found = line(of, 399).map((index) => {
      const { birth, outcome } = told[index]!;
      return {
        individual: `1:${index}`,
        fitness: outcome.status === 'failed' ? null : outcome.fitness,
        architecture: birth.architectureHash,
        rule: birth.ruleHash,
        mutations: birth.mutations,
      };
    });
    expect(found.some(({ mutations }) => mutations.length > 0)).toBe(true);
    expect(JSON.parse(text)).toEqual({
      ...{ schema: 'streetlight/ancestors/1', tree: of, individual: '1:399', line: found },
    });
    const table = (await answer('ancestors', '1:399', '--of', of)).text.trimEnd().split('\n');
    expect(table[0]!.split(/ {2,}/)).toEqual(['individual', 'fitness', 'architecture', 'rule', 'mutations']);
    expect(table.slice(1).map((row) => row.trim().split(/ {2,}/)[0])).toEqual(
      found.map(({ individual }) => individual),
    );
    found.forEach(({ architecture, rule, mutations }, i) => {
      expect(table[i + 1]).toContain(`  ${architecture.slice(0, 8)}      ${rule.slice(0, 8)}`);
      for (const { operator, before, after } of mutations)
        expect(table[i + 1]).toContain(`${operator}: ${before} -> ${after}`);
    });
  });
});

describe('ancestors --with', () => {
  const pairs = Array.from({ length: 12 }, (_, k) => [399 - k, 40 + ((k * 53) % 350)] as const);
  it.each(['pedigree', 'architecture', 'rule'] as const)(
    'finds where two lines meet in the %s',
    async (of) => {
      let apart = 0;
      for (const [a, b] of [...pairs, [3, 3], [0, 1]] as const) {
        const other = line(of, b);
        const common = line(of, a).find((birth) => other.includes(birth));
        apart += common === undefined ? 1 : 0;
        const side = (birth: number) => ({
          individual: `1:${birth}`,
          birthsBack: common === undefined ? null : birth - common,
          generationsBack: common === undefined ? null : line(of, birth).indexOf(common),
        });
        const { code, text } = await answer('ancestors', `1:${a}`, '--with', `1:${b}`, '--of', of, '--json');
        expect(code).toBe(0);
        expect(JSON.parse(text)).toEqual({
          schema: 'streetlight/common-ancestor/1',
          tree: of,
          commonAncestor: common === undefined ? null : `1:${common}`,
          of: [side(a), side(b)],
        });
      }
      expect(apart).toBeGreaterThan(0);
      expect(apart).toBeLessThan(pairs.length);
    },
  );

  it('says so in words, and that individuals of two runs have nothing in common', async () => {
    const parent = `1:${line('pedigree', 399)[1]}`;
    const met = await answer('ancestors', '1:399', '--with', parent);
    expect(met.text).toContain(
      `The most recent common ancestor of 1:399 and ${parent} in the pedigree is ${parent}.`,
    );
    expect(met.text).toMatch(/births back\s+generations back/);
    const apart = await answer('ancestors', '1:399', '--with', '2:399');
    expect(apart).toEqual({
      code: 0,
      text: '1:399 and 2:399 have no common ancestor in the pedigree: they go back to different origins.\n',
    });
    expect((await answer('ancestors', '1:399', '--with', '1:400')).code).toBe(2);
  });
});
