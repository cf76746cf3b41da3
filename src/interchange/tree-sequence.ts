/**
 * A run as a tree sequence, in the text tables of tskit (Kelleher et al. 2018), as its `dump_text` writes and `load_text` reads them. The genome is two
 * units long: [0, 1) is the architecture and [1, 2) the rule, so that a reassorted child has two edges and any other one. A node is a birth, and its time is
 * how many births before the end it was; the living are the samples. A chromosome that its donor did not have is a mutation at 0.5 or 1.5.
 */
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { type Births, loadBirths } from '../lineage/taxa.ts';
import { individualsRecord } from './phylogeny-record.ts';

/** A file: its name and its lines without ends. */
export interface NamedLines {
  readonly name: string;
  readonly lines: Iterable<string>;
}

/** The five tables of one run. Times are births before its end. */
export function treeSequence(lineage: Lineage, run: number): readonly NamedLines[] {
  const chromosomes = [loadBirths(lineage, run, 'architecture'), loadBirths(lineage, run, 'rule')] as const;
  return [
    { name: 'nodes.txt', lines: nodeLines(chromosomes[0]) },
    { name: 'edges.txt', lines: edgeLines(chromosomes[0].donor, chromosomes[1].donor) },
    { name: 'individuals.txt', lines: individualLines(lineage, run) },
    { name: 'sites.txt', lines: ['position\tancestral_state\tmetadata', '0.5\tnone\t', '1.5\tnone\t'] },
    { name: 'mutations.txt', lines: mutationLines(lineage, chromosomes) },
  ];
}

function* nodeLines({ death, end }: Births): Generator<string> {
  yield 'id\tis_sample\ttime\tpopulation\tindividual\tmetadata';
  for (let i = 0; i < death.length; i++) yield [i, death[i]! < 0 ? 1 : 0, end - i, -1, i, ''].join('\t');
}

/** In tskit's order: by the time of the parent, the latest first, then by parent, child and place. */
export function* edgeLines(architecture: Int32Array, rule: Int32Array): Generator<string> {
  const n = architecture.length;
  const start = new Int32Array(n + 1);
  const each = (act: (parent: number, child: number) => void) => {
    for (let child = 0; child < n; child++) {
      const [a, r] = [architecture[child]!, rule[child]!];
      if (a >= 0) act(a, child);
      if (r >= 0 && r !== a) act(r, child);
    }
  };
  each((parent) => {
    start[parent + 1]! += 1;
  });
  for (let i = 0; i < n; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const children = new Int32Array(start[n]!);
  each((parent, child) => {
    children[next[parent]!++] = child;
  });
  yield 'left\tright\tparent\tchild\tmetadata';
  for (let parent = n - 1; parent >= 0; parent--)
    for (let k = start[parent]!; k < start[parent + 1]!; k++) {
      const child = children[k]!;
      const [left, right] = [architecture[child] === parent ? 0 : 1, rule[child] === parent ? 2 : 1];
      yield [left, right, parent, child, ''].join('\t');
    }
}

/** Both parents, and what a birth came to as JSON; base64, as tskit has metadata in text. */
function* individualLines(lineage: Lineage, run: number): Generator<string> {
  const { parent, otherParent } = individualsRecord(lineage, run, 'pedigree');
  const rows = lineage.db
    .prepare<
      [number, number],
      { birth: number; status: string; fitness: number | null; cause: string | null }
    >(
      `SELECT birth_of(i.id) AS birth, e.status, e.fitness, d.cause
       FROM individual i JOIN evaluation e ON e.individual = i.id LEFT JOIN death d ON d.individual = i.id
       WHERE i.id BETWEEN ? AND ? ORDER BY i.id`,
    )
    .iterate(individualId(run, 0), individualId(run + 1, 0) - 1);
  yield 'id\tflags\tlocation\tparents\tmetadata';
  for (const row of rows) {
    const parents = [parent[row.birth]!, otherParent[row.birth]!].filter((each) => each >= 0);
    const metadata = Buffer.from(JSON.stringify({ run, ...row })).toString('base64');
    yield [row.birth, 0, '', parents.join(','), metadata].join('\t');
  }
}

/** By site and time; `parent` is the mutation that made what the donor carried. */
function* mutationLines({ db }: Lineage, chromosomes: readonly Births[]): Generator<string> {
  const hash = db.prepare<[number], string>('SELECT lower(hex(hash)) FROM block WHERE id = ?').pluck();
  yield 'site\tnode\tderived_state\tparent\tmetadata';
  let mutations = 0;
  for (const [site, { donor, block }] of chromosomes.entries()) {
    const latest = new Int32Array(donor.length);
    for (let i = 0; i < donor.length; i++) {
      const from = donor[i]!;
      if (from >= 0 && block[from] === block[i]) {
        latest[i] = latest[from]!;
        continue;
      }
      yield [site, i, hash.get(block[i]!)!, from < 0 ? -1 : latest[from]!, ''].join('\t');
      latest[i] = mutations++;
    }
  }
}
