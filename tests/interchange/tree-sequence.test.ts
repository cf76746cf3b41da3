import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';
import { madeUpDatabase } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-tskit-'));
const db = join(folder, 'lineage.db');
const births = 300;
const told = [...toldRun(births, 21)];
const out = join(folder, 'tables');

beforeAll(async () => {
  madeUpDatabase(db, 1, births);
  await streetlight('export', '--what', 'tskit', '--db', db, '--out', out);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As tskit.load_text has them: a header, tabs, rows of one width. */
function table(name: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(join(out, `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((row) => {
    // What ends the file is trimmed above: an empty last cell.
    const cells = [...row, ...Array.from({ length: head!.length - row.length }, () => '')];
    return Object.fromEntries(head!.map((column, i) => [column, cells[i]!]));
  });
}

describe('the tree sequence of a run', () => {
  it("keeps tskit's rules: parents are older, edges in order, each place of a child at most once", () => {
    const time = table('nodes').map((row) => Number(row['time']));
    const covered = new Set<string>();
    let before = [-1, -1, -1, -1];
    for (const row of table('edges')) {
      const [left, right, parent, child] = ['left', 'right', 'parent', 'child'].map((column) =>
        Number(row[column]),
      );
      expect(time[parent!]).toBeGreaterThan(time[child!]!);
      expect(left).toBeLessThan(right!);
      const key = [time[parent!]!, parent!, child!, left!];
      const at = key.findIndex((value, i) => value !== before[i]);
      expect(key[at]).toBeGreaterThan(before[at]!);
      before = key;
      for (let place = left!; place < right!; place++) {
        expect(covered.has(`${child} ${place}`)).toBe(false);
        covered.add(`${child} ${place}`);
      }
    }
  });

  it('holds both donors, and states that follow from mutations', () => {
    const above = [new Map<number, number>(), new Map<number, number>()];
    for (const row of table('edges'))
      for (let place = Number(row['left']); place < Number(row['right']); place++)
        above[place]!.set(Number(row['child']), Number(row['parent']));
    const mutations = table('mutations');
    const made = [new Map<number, number>(), new Map<number, number>()];
    mutations.forEach((row, i) => {
      made[Number(row['site'])]!.set(Number(row['node']), i);
    });
    /** The mutation that a node's state comes from: on the way up, the first. */
    const origin = (site: number, node: number): number | undefined => {
      for (let at: number | undefined = node; at !== undefined; at = above[site]!.get(at))
        if (made[site]!.has(at)) return made[site]!.get(at);
      return undefined;
    };
    let reassorted = 0;
    for (const { birth } of told) {
      const { birthIndex: node } = birth;
      expect(above[0]!.get(node) ?? null).toBe(birth.architectureFrom);
      expect(above[1]!.get(node) ?? null).toBe(birth.ruleFrom);
      reassorted += birth.architectureFrom !== birth.ruleFrom ? 1 : 0;
      const states = [0, 1].map((site) => mutations[origin(site, node)!]!['derived_state']);
      expect(states).toEqual([birth.architectureHash.slice(0, 12), birth.ruleHash.slice(0, 12)]);
    }
    expect(reassorted).toBeGreaterThan(0);
    mutations.forEach((row, i) => {
      const [site, node] = [Number(row['site']), Number(row['node'])];
      const donor = above[site]!.get(node);
      expect(Number(row['parent'])).toBe(donor === undefined ? -1 : origin(site, donor));
      expect(Number(row['parent'])).toBeLessThan(i);
      if (donor !== undefined)
        expect(row['derived_state']).not.toBe(mutations[Number(row['parent'])]!['derived_state']);
    });
  });

  it('has the living as samples, and individuals with both parents and what they came to', () => {
    const dead = new Set(told.flatMap(({ deaths }) => deaths.map(({ birthIndex }) => birthIndex)));
    expect(table('nodes').map((row) => row['is_sample'] === '1')).toEqual(told.map((_, i) => !dead.has(i)));
    expect(table('nodes').map((row) => Number(row['individual']))).toEqual(told.map((_, i) => i));
    table('individuals').forEach((row, i) => {
      const { parent, otherParent } = told[i]!.birth;
      expect(row['parents']).toBe([parent, otherParent].filter((each) => each !== null).join(','));
      const metadata = JSON.parse(Buffer.from(row['metadata']!, 'base64').toString()) as Record<
        string,
        unknown
      >;
      expect(metadata).toMatchObject({ run: 1, birth: i, status: told[i]!.outcome.status });
    });
    expect(table('sites').map((row) => row['position'])).toEqual(['0.5', '1.5']);
  });
});
