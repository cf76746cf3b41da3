import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { livesOf } from '../../src/lineage/taxa.ts';
import { meanNearestDistance, nearestDistances } from '../../src/statistics/nearest-taxon.ts';
import { extantTree } from '../../src/statistics/phylogeny.ts';
import { childless, treeStatistics } from '../../src/statistics/tree-statistics.ts';
import oracle from '../fixtures/diversity.json' with { type: 'json' };
import { expectClose } from '../support/close.ts';

const record = fc.array(fc.tuple(fc.nat(6), fc.boolean()), { minLength: 1, maxLength: 20 }).map((rows) => ({
  parent: rows.map(([back], i) => (back === 0 || back > i ? -1 : i - back)),
  extant: rows.map(([, alive], i) => (alive || i === rows.length - 1 ? 1 : 0)),
  origin: rows.map((_, i) => i * i + 3),
}));

/** Everything by paths to the root, pairs and recursion. */
function slowly({ parent, origin }: { parent: number[]; origin: number[] }, tips: readonly number[]) {
  const path = (i: number): number[] => (parent[i]! < 0 ? [i] : [i, ...path(parent[i]!)]);
  const founders = new Set(tips.map((tip) => path(tip).at(-1)!));
  const toRoot = (i: number) => path(i).length - 1 + (founders.size > 1 ? 1 : 0);
  const bornAfterRoot = (i: number) => origin[i]! - (founders.size > 1 ? 0 : origin[[...founders][0]!]!);
  const between = (height: (i: number) => number, a: number, b: number) => {
    const meeting = path(a).find((each) => path(b).includes(each));
    return height(a) + height(b) - 2 * (meeting === undefined ? 0 : height(meeting));
  };
  const nodes = new Set(tips.flatMap(path));
  const moments = (height: (i: number) => number) => {
    const pairs = tips.flatMap((a, k) => tips.slice(k + 1).map((b) => between(height, a, b)));
    const mean = pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
    const nearest = tips.map((a) =>
      Math.min(...tips.filter((b) => b !== a).map((b) => between(height, a, b))),
    );
    return {
      mean: pairs.length === 0 ? null : mean,
      variance:
        pairs.length < 2 ? null : pairs.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (pairs.length - 1),
      nearest: tips.length < 2 ? null : nearest.reduce((sum, each) => sum + each, 0) / tips.length,
    };
  };
  return {
    nodes: nodes.size,
    founders: founders.size,
    edgeCount: nodes.size - founders.size,
    length: [...nodes].reduce((sum, i) => sum + (parent[i]! < 0 ? 0 : origin[i]! - origin[parent[i]!]!), 0),
    edges: moments(toRoot),
    births: moments(bornAfterRoot),
    children: [...nodes].map((i) => [...nodes].filter((j) => parent[j] === i).length),
    meanOrigin: tips.reduce((sum, tip) => sum + origin[tip]!, 0) / tips.length,
  };
}

describe('statistics of a tree', () => {
  it.each(['extant', 'full'] as const)('%s: are those of paths, pairs and counting', (scope) => {
    fc.assert(
      fc.property(record, (each) => {
        const all = [...each.parent.keys()];
        const mask = scope === 'extant' ? each.extant : childless(each.parent);
        const tips = all.filter((i) => mask[i] === 1);
        const expected = slowly(each, tips);
        const found = treeStatistics(each, scope);
        expect(found.tips).toBe(tips.length);
        expect(found.nodes).toBe(expected.nodes);
        expect(found.founders).toBe(expected.founders);
        expect(found.joined).toBe(expected.founders > 1);
        expect(found.diversity.edges).toBe(expected.edgeCount);
        expect(found.diversity.length).toBe(expected.length);
        expectClose(found.distinctiveness!.sum, expected.length, 1e-12);
        for (const unit of ['edges', 'births'] as const) {
          expectClose(found[unit].mean, expected[unit].mean, 1e-12, `${unit} MPD`);
          expectClose(found[unit].variance, expected[unit].variance, 1e-9, `${unit} VPD`);
          expectClose(found[unit].nearest, expected[unit].nearest, 1e-12, `${unit} MNTD`);
        }
        expectClose(found.meanOrigin!.tips, expected.meanOrigin, 1e-12);
        for (const { children, nodes } of found.outDegrees)
          expect(nodes).toBe(expected.children.filter((count) => count === children).length);
        expect(found.balance!.tips).toBe(tips.length);
        expect(found.commonAncestor === null).toBe(expected.founders > 1);
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on where a tip stands, and are empty for nobody', () => {
    // The same tree with its two branches born in the other order.
    const one = treeStatistics(
      { parent: [-1, 0, 0, 1, 1], origin: [0, 1, 1, 2, 2], extant: [0, 0, 1, 1, 1] },
      'extant',
    );
    const two = treeStatistics(
      { parent: [-1, 0, 0, 2, 2], origin: [0, 1, 1, 2, 2], extant: [0, 1, 0, 1, 1] },
      'extant',
    );
    expect(one).toEqual(two);
    const none = treeStatistics({ parent: [], origin: [], extant: [] }, 'extant');
    expect(none).toMatchObject({ nodes: 0, tips: 0, balance: null, empirical: null, meanOrigin: null });
    expect(none.edges).toEqual({ mean: null, variance: null, nearest: null });
  });

  it('are those of Empirical, with origins and out-degrees', () => {
    const { events, stats } = oracle.systematics;
    const births = events.parent.length;
    const taxa = livesOf({
      donor: Int32Array.from(events.parent),
      block: Int32Array.from(events.taxon),
      death: Int32Array.from(events.death),
      lost: new Uint8Array(births),
      end: births - 1,
    });
    const extant = taxa.event.map((extinct) => 1 - extinct);
    const found = treeStatistics({ parent: taxa.parent, origin: taxa.entry, extant }, 'extant');
    expect(found.empirical!.sackin).toBe(stats.sackin);
    expectClose(found.empirical!.collessLike, stats.colless_like, 1e-12);
    expect(found.edges.mean).toBeCloseTo(stats.mean_pairwise_distance, 12);
    expect(found.commonAncestor!.depth).toBe(stats.mrca_depth);
    expect(found.diversity.edges).toBe(stats.phylogenetic_diversity);
    expectClose(found.meanOrigin!.branchPoints!, stats.ave_origin_time_norm, 1e-12);
    // Empirical takes these two over all taxa; of those without living heirs it counts no children.
    const full = treeStatistics({ parent: taxa.parent, origin: taxa.entry, extant }, 'full');
    expectClose(full.meanOrigin!.nodes, stats.ave_origin_time, 1e-12);
    const degrees = Object.fromEntries(found.outDegrees.map(({ children, nodes }) => [children, nodes]));
    degrees[0]! += full.nodes - found.nodes;
    expect(degrees).toEqual(stats.out_degree);
    expect(full.nodes - found.nodes).toBe(stats.num_outside);
  });

  it('take a depth of a million, and as many tips', () => {
    const n = 1_000_000;
    const chain = {
      parent: Int32Array.from({ length: n }, (_, i) => i - 1),
      origin: Int32Array.from({ length: n }, (_, i) => i),
    };
    const extant = new Uint8Array(n);
    extant[n - 1] = 1;
    expect(treeStatistics({ ...chain, extant }, 'extant').commonAncestor!.depth).toBe(n - 1);
    const comb = Int32Array.from({ length: n }, (_, i) => (i === 0 ? -1 : i % 2 === 0 ? i - 2 : i - 1));
    const found = treeStatistics({ parent: comb, origin: chain.origin, extant }, 'full');
    expect(found.tips).toBe(n / 2);
    expect(found.balance!.cherries).toBe(1);
  });
});

describe('nearest relatives', () => {
  it('are refused where there is none', () => {
    expect(() => meanNearestDistance(extantTree([-1, -1], [1, 1]))).toThrow(/relative/);
    expect([...nearestDistances(extantTree([-1, 0, 0], [1, 1, 1]))]).toEqual([1, 1, 1]);
  });
});
