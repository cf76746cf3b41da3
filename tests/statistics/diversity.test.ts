import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { livesOf } from '../../src/lineage/taxa.ts';
import {
  empiricalCollessLike,
  empiricalDistinctiveness,
  empiricalSackin,
} from '../../src/statistics/empirical-systematics.ts';
import { hillNumber, partitionDiversity } from '../../src/statistics/hill.ts';
import {
  ancestorDepth,
  fairProportion,
  pairwiseDistances,
  phylogeneticDiversity,
} from '../../src/statistics/phylogenetic-diversity.ts';
import {
  branchingTree,
  depths,
  extantTree,
  lastCommonAncestor,
  outDegrees,
} from '../../src/statistics/phylogeny.ts';
import { collessLike, treeBalance } from '../../src/statistics/tree-balance.ts';
import oracle from '../fixtures/diversity.json' with { type: 'json' };
import orders from '../fixtures/hill-orders.json' with { type: 'json' };
import { expectClose, expectDigits } from '../support/close.ts';
import { parseNewick } from '../support/newick.ts';

describe('Hill numbers', () => {
  it('are those of vegan', () => {
    oracle.hill.counts.forEach((counts, plot) => {
      const expected = Object.entries(oracle.hill.hill)[plot]![1];
      for (const [q, value] of Object.entries(expected))
        expectClose(hillNumber(counts, q === 'Inf' ? Number.POSITIVE_INFINITY : Number(q)), value, 1e-12);
      expectClose(hillNumber(counts, 1), Math.exp(oracle.hill.shannon[plot]!), 1e-12);
    });
    const pooled = oracle.hill.counts[0]!.map((_, i) =>
      oracle.hill.counts.reduce((sum, counts) => sum + counts[i]!, 0),
    );
    [0, 1, 2].forEach((q, i) => {
      expectClose(hillNumber(pooled, q), oracle.hill.pooled_hill_q0_q1_q2[i], 1e-12);
    });
    const { alpha, beta, gamma } = partitionDiversity(oracle.hill.counts, 1);
    expectClose(gamma, oracle.hill.jost_equal_weight.gamma1, 1e-12);
    expectClose(alpha, oracle.hill.jost_equal_weight.alpha1, 1e-12);
    expectClose(beta, oracle.hill.jost_equal_weight.beta1, 1e-12);
  });

  it('keep their digits at every order: 60-digit arithmetic', () => {
    for (const { counts, q, hill } of orders.cases)
      expectDigits(hillNumber(counts, q), hill, 4e-14, `${counts.length} types, order ${q}`);
  });

  it('stay between 1 and the number of types, and do not rise with q, however large q is', () => {
    const weights = fc.array(fc.double({ min: 1e-140, max: 1e140, noNaN: true }), {
      minLength: 1,
      maxLength: 9,
    });
    const anyOrder = fc.oneof(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1e300, noNaN: true }),
      fc.constantFrom(1, 1 - 2 ** -53, 1 + 2 ** -52, Number.MAX_VALUE, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(weights, anyOrder, anyOrder, (each, q, r) => {
        const [few, many] = [hillNumber(each, Math.max(q, r)), hillNumber(each, Math.min(q, r))];
        expect(few).toBeGreaterThanOrEqual(1);
        expect(many).toBeLessThanOrEqual(each.length);
        expect(few).toBeLessThanOrEqual(many * (1 + 1e-13));
        const largest = each.reduce((most, count) => Math.max(most, count), 0);
        const inverse = each.reduce((sum, count) => sum + count / largest, 0);
        expectDigits(hillNumber(each, Number.POSITIVE_INFINITY), inverse, 1e-14);
        const { alpha, beta, gamma } = partitionDiversity([each, each.toReversed(), [1]], q);
        for (const value of [alpha, beta, gamma]) expect(Number.isFinite(value)).toBe(true);
        expect(beta).toBeGreaterThanOrEqual(1 - 1e-12);
        expect(beta).toBeLessThanOrEqual(3 + 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  const counts = fc
    .array(fc.nat(9), { minLength: 1, maxLength: 8 })
    .filter((each) => each.some((count) => count > 0));
  const order = fc.constantFrom(0, 0.5, 1, 1.0001, 2, 3, Number.POSITIVE_INFINITY);

  it('do not rise with q, do not depend on order, and double when types are split evenly in two', () => {
    fc.assert(
      fc.property(counts, order, order, (each, q, r) => {
        const [low, high] = q < r ? [q, r] : [r, q];
        expect(hillNumber(each, high)).toBeLessThanOrEqual(hillNumber(each, low) + 1e-9);
        expectClose(hillNumber([...each].reverse(), q), hillNumber(each, q), 1e-9);
        expectClose(hillNumber([...each, ...each], q), 2 * hillNumber(each, q), 1e-9);
        const beta = partitionDiversity([each, each], q).beta;
        expectClose(beta, 1, 1e-9);
        const apart = partitionDiversity(
          [
            [...each, ...each.map(() => 0)],
            [...each.map(() => 0), ...each],
          ],
          q,
        );
        expectClose(apart.beta, 2, 1e-9);
      }),
    );
    // A share that is too small for a number is a type all the same.
    expect(hillNumber([1e-300, 1e300], 0)).toBe(2);
    expect(hillNumber([1e-300, 1e300], 1)).toBe(1);
    expect(hillNumber([], 1)).toBe(0);
    expect(() => hillNumber([Number.NaN], 1)).toThrow(RangeError);
    expect(() => partitionDiversity([[0]], 1)).toThrow(/members/);
  });
});

describe('balance', () => {
  it.each(Object.entries(oracle.trees))('of %s is as published', (_, expected) => {
    const tree = parseNewick(expected.newick);
    const found = treeBalance(branchingTree(tree));
    expect(found.tips).toBe(expected.n_tips);
    expect(found.branchPoints).toBe(expected.n_internal);
    expect(found.sackin).toBe(expected.sackin);
    expect(found.colless).toBe(expected.colless);
    expectClose(found.correctedColless, expected.colless_corrected, 1e-12);
    expectClose(found.collessLike, expected.colless_like_mdm_ln, 1e-12);
    expectClose(collessLike(tree, 'variance'), expected.colless_like_var, 1e-12);
    expectClose(collessLike(tree, 'standard-deviation'), expected.colless_like_sd, 1e-12);
    expectClose(found.b1, expected.b1, 1e-12);
    expectClose(found.b2, expected.b2_base10, 1e-12);
    expect(found.cherries).toBe(expected.cherries);
    expect(empiricalSackin(tree)).toBe(expected.sackin);
    expectClose(empiricalCollessLike(tree), expected.colless_like_mdm_ln, 1e-12);
  });
});

describe("Empirical's statistics", () => {
  const { events, snapshot, stats } = oracle.systematics;
  const births = events.parent.length;
  const taxa = livesOf({
    donor: Int32Array.from(events.parent),
    block: Int32Array.from(events.taxon),
    death: Int32Array.from(events.death),
    lost: new Uint8Array(births),
    end: births - 1,
  });
  const organisms = new Int32Array(taxa.count);
  events.death.forEach((death, i) => {
    if (death < 0) organisms[taxa.taxonOf[i]!]! += 1;
  });
  const extant = taxa.event.map((extinct) => 1 - extinct);
  const tree = extantTree(taxa.parent, extant);
  const timed = extantTree(taxa.parent, extant, taxa.entry);

  it('finds the taxa of the snapshot in the events', () => {
    for (const [id, [ancestor, origin, alive]] of Object.entries(snapshot)) {
      const taxon = Number(id) - 1;
      expect(ancestor).toBe(taxa.parent[taxon]! < 0 ? '[NONE]' : `[${taxa.parent[taxon]! + 1}]`);
      expect(taxa.entry[taxon]).toBe(origin);
      expect(organisms[taxon]).toBe(alive);
    }
  });

  it('agree', () => {
    expect(extant.reduce((sum, each) => sum + each, 0)).toBe(stats.num_active);
    const diversity = phylogeneticDiversity(tree);
    expect(diversity.edges).toBe(stats.phylogenetic_diversity);
    expect(phylogeneticDiversity(timed).length).toBe(stats.sum_distance);
    const distances = pairwiseDistances(tree);
    expect(distances.sum).toBe(stats.sum_pairwise_distance);
    expectClose(distances.mean, stats.mean_pairwise_distance, 1e-12);
    expectClose(distances.variance, stats.variance_pairwise_distance, 1e-12);
    expectClose(
      pairwiseDistances(tree, 'branch-points').mean,
      stats.mean_pairwise_distance_branch_only,
      1e-12,
    );
    const age = Array.from(timed.id, (taxon) => births - taxa.entry[taxon]!);
    const living = [...empiricalDistinctiveness(timed, age)!].filter((_, i) => timed.extant[i] === 1);
    const mean = living.reduce((sum, each) => sum + each, 0) / living.length;
    expectClose(mean, stats.mean_ed, 1e-12);
    expectClose(
      living.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (living.length - 1),
      stats.variance_ed,
      1e-12,
    );
    expect(empiricalSackin(tree)).toBe(stats.sackin);
    expectClose(empiricalCollessLike(tree), stats.colless_like, 1e-12);
    expect(ancestorDepth(tree)).toBe(stats.mrca_depth);
    expect(tree.id[lastCommonAncestor(tree)]! + 1).toBe(stats.mrca_id);
    const depth = depths(tree);
    expect(Math.max(...depth)).toBe(stats.max_depth);
    expectClose(Math.log2(hillNumber(organisms, 1)), stats.shannon_bits, 1e-12);
  });
});

const record = fc.array(fc.tuple(fc.nat(6), fc.boolean()), { minLength: 1, maxLength: 25 }).map((rows) => ({
  // One founder; parents up to seven back.
  parent: rows.map(([back], i) => (i === 0 ? -1 : Math.max(0, i - 1 - back))),
  extant: rows.map(([, alive], i) => alive || i === rows.length - 1),
  origin: rows.map((_, i) => i * i),
}));

describe('identities', () => {
  it('shares the whole length of the tree among the extant', () => {
    fc.assert(
      fc.property(record, ({ parent, extant, origin }) => {
        const tree = extantTree(parent, extant, origin);
        expectClose(
          fairProportion(tree).reduce((sum, each) => sum + each, 0),
          phylogeneticDiversity(tree).length,
          1e-12,
        );
        const branching = branchingTree(tree);
        // Merging edges and making tips of the living keeps lengths; the stem is the root's.
        expectClose(
          branching.length.reduce((sum, each) => sum + each, 0),
          phylogeneticDiversity(tree).length,
          1e-12,
        );
        expectClose(
          phylogeneticDiversity(tree).length - phylogeneticDiversity(tree).lengthBelowAncestor!,
          branching.length[0],
          1e-12,
        );
        expect(branching.extant.reduce((sum, each) => sum + each, 0)).toBe(
          extant.filter((alive) => alive).length,
        );
        expect([...outDegrees(branching)]).not.toContain(1);
      }),
    );
  });

  it.each(['edges', 'length'] as const)('has the distances of all pairs, in %s', (unit) => {
    fc.assert(
      fc.property(record, ({ parent, extant, origin }) => {
        const tree = extantTree(parent, extant, origin);
        const path = (i: number) => {
          const up: number[] = [];
          for (let at = i; at >= 0; at = tree.parent[at]!) up.push(at);
          return up;
        };
        const living = [...tree.extant.keys()].filter((i) => tree.extant[i] === 1);
        const distances = living.flatMap((a, k) =>
          living.slice(k + 1).map((b) => {
            const [pa, pb] = [path(a), path(b)];
            const apart = [...pa.filter((i) => !pb.includes(i)), ...pb.filter((i) => !pa.includes(i))];
            return unit === 'edges' ? apart.length : apart.reduce((sum, i) => sum + tree.length[i]!, 0);
          }),
        );
        const found = pairwiseDistances(tree, unit);
        const mean = distances.reduce((sum, d) => sum + d, 0) / distances.length;
        expect(found.pairs).toBe(distances.length);
        expectClose(found.mean, distances.length === 0 ? null : mean, 1e-12);
        expectClose(
          found.variance,
          distances.length < 2
            ? null
            : distances.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (distances.length - 1),
          1e-12,
        );
        // The same on the tree of branch points, whose extant ancestors are tips of length 0.
        if (unit === 'length')
          expectClose(pairwiseDistances(branchingTree(tree), unit).sum, found.sum, 1e-12);
      }),
    );
  });

  it.each([1, 1e4, 1e8])('keeps the digits of the variance where edges have lengths of %d', (long) => {
    const tips = fc.array(fc.nat(9), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(tips, { minLength: 1, maxLength: 3 }), (hubs) => {
        // A star, and hubs on it: distances are nearly equal, or of two kinds.
        const parent = [-1];
        const origin = [0];
        const extant = [0];
        for (const [k, short] of hubs.entries()) {
          const hub = k === 0 ? 0 : parent.push(0) - 1;
          if (k > 0) extant[hub] = 0;
          if (k > 0) origin[hub] = long + k;
          for (const length of short) {
            const tip = parent.push(hub) - 1;
            origin[tip] = origin[hub]! + long + length;
            extant[tip] = 1;
          }
        }
        const depth = (i: number): number => (i < 0 ? 0 : 1 + depth(parent[i]!));
        const up = (i: number, steps: number): number => (steps <= 0 ? i : up(parent[i]!, steps - 1));
        const meeting = (a: number, b: number): number =>
          a === b ? a : depth(a) >= depth(b) ? meeting(up(a, 1), b) : meeting(a, up(b, 1));
        const living = [...extant.keys()].filter((i) => extant[i] === 1);
        const distances = living.flatMap((a, k) =>
          living.slice(k + 1).map((b) => BigInt(origin[a]! + origin[b]! - 2 * origin[meeting(a, b)]!)),
        );
        const [pairs, sum, squares] = distances.reduce(
          ([n, total, square], d) => [n + 1n, total + d, square + d * d] as const,
          [0n, 0n, 0n] as readonly [bigint, bigint, bigint],
        );
        // The variance as a fraction of whole numbers, exact.
        const variance = Number(pairs * squares - sum * sum) / Number(pairs * (pairs - 1n));
        const found = pairwiseDistances(extantTree(parent, extant, origin), 'length');
        expect(found.sum).toBe(Number(sum));
        expectClose(found.variance, variance, 1e-7, 'variance');
      }),
    );
  });

  it('takes a depth of 200,000, and refuses several trees', () => {
    const n = 200_000;
    const tree = extantTree(
      Int32Array.from({ length: n }, (_, i) => i - 1),
      Uint8Array.from({ length: n }, (_, i) => i % 2),
    );
    expect(treeBalance(branchingTree(tree)).tips).toBe(n / 2);
    expect(ancestorDepth(tree)).toBe(1);
    const two = extantTree([-1, -1], [1, 1]);
    expect(() => branchingTree(two)).toThrow(/several trees/);
    expect(() => pairwiseDistances(two)).toThrow(/no path/);
    expect(phylogeneticDiversity(two)).toMatchObject({ edges: 0, lengthBelowAncestor: null });
    expect(() => branchingTree(extantTree([-1], [0]))).toThrow(/nobody/);
    expect(treeBalance(branchingTree(extantTree([-1], [1])))).toMatchObject({
      tips: 1,
      sackin: 0,
      colless: 0,
    });
    expect(() => extantTree([1, -1], [1, 1])).toThrow(/node 0 has parent 1/);
  });
});
