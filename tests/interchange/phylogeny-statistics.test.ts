import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PhylogenyRecord } from '../../src/interchange/phylogeny-record.ts';
import { phylogenyStatistics } from '../../src/interchange/phylogeny-statistics.ts';
import oracle from '../fixtures/empirical-trees.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';
import { streetlight } from '../support/program.ts';

type Tree = (typeof oracle.trees)[number];

const recordOf = ({ parent, origin, alive }: Tree): PhylogenyRecord => ({
  id: Float64Array.from(parent.keys()),
  parent: Int32Array.from(parent),
  otherParent: new Int32Array(parent.length).fill(-1),
  origin: Float64Array.from(origin),
  destruction: Float64Array.from(origin, (at, i) => (alive[i] === 1 ? Number.POSITIVE_INFINITY : at + 1)),
  members: Float64Array.from(alive),
});

const numbers = [
  ...['num_active', 'num_ancestors', 'num_outside', 'phylogenetic_diversity', 'sum_distance'],
  ...['sum_pairwise_distance', 'mean_pairwise_distance', 'mean_pairwise_distance_branch_only'],
  ...[
    'variance_pairwise_distance',
    'mean_ed',
    'sum_ed',
    'variance_ed',
    'colless_like',
    'sackin',
    'mrca_depth',
  ],
  ...['max_depth', 'ave_depth', 'average_origin_time', 'average_origin_time_normalized', 'shannon_bits'],
] as const satisfies readonly (keyof Tree)[];

/** What needs one tree: Empirical has -1, 0 or a sum over unconnected trees where there are several. */
const ofOneTree: readonly string[] = [
  ...['sum_pairwise_distance', 'mean_pairwise_distance', 'mean_pairwise_distance_branch_only'],
  ...[
    'variance_pairwise_distance',
    'mean_ed',
    'sum_ed',
    'variance_ed',
    'colless_like',
    'sackin',
    'mrca_depth',
  ],
];

describe("a tree's statistics", () => {
  it.each(oracle.trees.map((tree) => [tree.name, tree] as const))("are Empirical's: %s", (_, tree) => {
    const found = Object.fromEntries(phylogenyStatistics(recordOf(tree), tree.now));
    for (const name of numbers) {
      const hasNone =
        (tree.num_roots > 1 && ofOneTree.includes(name)) ||
        // Of fewer than two distances Empirical has a variance of 0.
        (name === 'variance_pairwise_distance' && tree.num_active < 3);
      if (hasNone) expect(found[name], name).toBeNull();
      // Where nothing branches, Empirical's mean over branch points is 0.
      else if (name === 'average_origin_time_normalized')
        expectClose(found[name] ?? 0, tree[name], 1e-12, name);
      else expectClose(found[name], tree[name], 1e-12, name);
    }
    expect(found['mrca_id']).toBe(tree.mrca < 0 ? null : tree.mrca);
  });

  it('of nobody living have no distances and no shares', () => {
    const { parent, origin } = oracle.trees[4]!;
    const extinct = { ...oracle.trees[4]!, parent, origin, alive: parent.map(() => 0) };
    const found = Object.fromEntries(phylogenyStatistics(recordOf(extinct), 10));
    for (const name of ofOneTree) expect(found[name], name).toBeNull();
    expect(found).toMatchObject({ num_active: 0, phylogenetic_diversity: 0, sum_distance: 0, mrca_id: null });
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-ed-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const head = 'id,ancestor_list,origin_time,destruction_time';

  it.each([
    ['a stem above the common ancestor', '1,[none],0,5\n2,[1],4,10\n3,[2],8,inf\n4,[2],9,inf', 6, 12],
    ['a living common ancestor', '1,[none],0,inf\n2,[1],4,inf\n3,[1],6,inf', 20 / 3, 20],
  ])('with %s has the distinctiveness that Empirical gives', async (_, rows, mean, sum) => {
    const path = join(folder, 'phylogeny.csv');
    writeFileSync(path, `${head}\n${rows}\n`);
    const { printed } = await streetlight('import', path, '--now', '10', '--json');
    const { statistics: found } = JSON.parse(printed) as { statistics: Record<string, number> };
    expectClose(found['mean_ed'], mean, 1e-14);
    expect(found['sum_ed']).toBe(sum);
  });
});
