import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { coalescenceSeries } from '../../src/statistics/coalescence.ts';
import {
  agingEvolution,
  effectiveSize,
  kimuraFixation,
  kingmanAge,
  moranFixation,
  moranFixationEvents,
} from '../../src/statistics/neutral-theory.ts';
import { priceEquation } from '../../src/statistics/price.ts';
import { selectionDifferential, selectionGradients } from '../../src/statistics/selection-gradients.ts';
import { tournamentChances, tournamentVariance } from '../../src/statistics/tournament.ts';
import oracle from '../fixtures/selection.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

describe('Price equation', () => {
  it('is that of the worked examples', () => {
    const { z, w, dz, ...expected } = oracle.price.asexual;
    const parent = w.flatMap((count, i) => new Array<number>(count).fill(i));
    const found = priceEquation(z, { parent, trait: parent.map((i) => z[i]! + dz[i]!) });
    expectClose(found.meanAfter, expected.mean_offspring, 1e-14);
    expectClose(found.selection, expected.selection, 1e-14);
    expectClose(found.transmission, expected.transmission, 1e-14);
    const pairs = oracle.price.biparental_half_shares;
    const links = pairs.parents.flatMap((both, child) =>
      both.map((i) => ({ i: i - 1, z: pairs.z_child[child]! })),
    );
    const half = priceEquation(pairs.z, {
      parent: links.map(({ i }) => i),
      trait: links.map(({ z: trait }) => trait),
      share: links.map(() => 0.5),
    });
    expect(half.children).toBe(6);
    expectClose(half.selection, pairs.selection, 1e-13);
    expectClose(half.transmission, pairs.transmission, 1e-13);
  });

  const population = fc
    .record({
      z: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 }),
      children: fc.array(
        fc.tuple(fc.nat(), fc.integer({ min: -50, max: 50 }), fc.constantFrom('grow', 'swap')),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      fresh: fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 3 }),
      expected: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 12, maxLength: 12 }),
    })
    .map(({ z, children, fresh, expected }) => ({
      z,
      links: {
        parent: [...children.map(([i]) => i % z.length), ...fresh.map(() => -1)],
        trait: [...children.map(([, trait]) => trait), ...fresh],
        operator: [...children.map(([, , operator]) => operator), ...fresh.map(() => 'founder')],
      },
      expected: expected.slice(0, z.length),
    }));

  it('leaves no residual, and its parts add up', () => {
    fc.assert(
      fc.property(population, ({ z, links, expected }) => {
        const found = priceEquation(z, links, expected);
        expectClose(found.residual, 0, 1e-12);
        expectClose(found.expectedSelection! + found.drift!, found.selection, 1e-13);
        expectClose(
          [...found.byOperator.values()].reduce((sum, part) => sum + part, 0),
          found.transmission,
          1e-12,
        );
        expectClose(
          found.delta,
          found.expectedSelection! + found.drift! + found.transmission + found.unlinked,
          1e-12,
        );
      }),
    );
  });

  it('has no selection where all have as many children, and no drift where the scheme is exact', () => {
    const found = priceEquation([1, 2, 3], { parent: [0, 1, 2], trait: [2, 3, 4] }, [5, 5, 5]);
    expect(found).toMatchObject({
      selection: 0,
      expectedSelection: 0,
      drift: 0,
      transmission: 1,
      residual: 0,
    });
  });

  it('has drift of mean 0 under the scheme, and variance', () => {
    const random = stream('drift');
    const z = [3, 1, 4, 1, 5, 9, 2, 6];
    const chances = tournamentChances(z, 3);
    const drifts = Array.from({ length: 2000 }, () => {
      const parent = z.map(() => random.weighted([...chances]));
      return priceEquation(z, { parent, trait: parent.map((i) => z[i]!) }, chances).drift!;
    });
    const mean = drifts.reduce((sum, d) => sum + d, 0) / drifts.length;
    const sd = Math.sqrt(drifts.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (drifts.length - 1));
    expect(sd).toBeGreaterThan(0.1);
    expect(Math.abs(mean)).toBeLessThan((4 * sd) / Math.sqrt(drifts.length));
  });

  it('refuses what has no answer', () => {
    expect(() => priceEquation([], { parent: [], trait: [] })).toThrow(RangeError);
    expect(() => priceEquation([1], { parent: [-1], trait: [1] })).toThrow(/no child has a parent/);
    expect(() => priceEquation([1], { parent: [1], trait: [1] })).toThrow(/no parent 1/);
    expect(() => priceEquation([1], { parent: [0], trait: [Number.NaN] })).toThrow(/finite trait/);
  });
});

describe('selection on traits', () => {
  const { a, b, w, ...expected } = oracle.lande;

  it('has the gradients of regression in R', () => {
    const { linear, quadratic } = selectionGradients({ a, b }, w);
    expectAllClose(
      linear.map((g) => g.estimate),
      expected.linear,
      1e-12,
    );
    expectAllClose(
      linear.map((g) => g.se),
      expected.linearSe,
      1e-12,
    );
    expectAllClose(
      linear.map((g) => g.p),
      expected.linearP,
      1e-10,
    );
    // lm's coefficients of squares are doubled.
    const factor = [2, 1, 2];
    expect(quadratic!.map((g) => g.traits)).toEqual([['a'], ['a', 'b'], ['b']]);
    expectAllClose(
      quadratic!.map((g) => g.estimate),
      expected.quad.map((x, i) => factor[i]! * x),
      1e-11,
    );
    expectAllClose(
      quadratic!.map((g) => g.se),
      expected.quadSe.map((x, i) => factor[i]! * x),
      1e-11,
    );
    expectAllClose(
      quadratic!.map((g) => g.p),
      expected.quadP,
      1e-10,
    );
  });

  it('has the differential of Price, and intensity within opportunity', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(4)), { minLength: 2 }),
        (rows) => {
          fc.pre(rows.some(([, k]) => k > 0));
          const [z, k] = [rows.map(([x]) => x), rows.map(([, count]) => count)];
          const found = selectionDifferential(z, k);
          const parent = k.flatMap((count, i) => new Array<number>(count).fill(i));
          const { selection } = priceEquation(z, { parent, trait: parent.map((i) => z[i]!) });
          expectClose(found.differential, selection, 1e-12);
          if (found.intensity !== null)
            expect(Math.abs(found.intensity)).toBeLessThanOrEqual(Math.sqrt(found.opportunity) + 1e-12);
        },
      ),
    );
  });

  it('refuses constants, combinations and too few', () => {
    expect(() => selectionGradients({ a: [1, 1, 1], b: [1, 2, 4] }, [1, 2, 3])).toThrow(/a does not vary/);
    expect(() => selectionGradients({ a, b: a.map((x) => 2 * x + 1) }, w)).toThrow(/combination/);
    expect(() => selectionGradients({ a: [1, 2] }, [1, 2])).toThrow(/too few/);
    expect(selectionGradients({ a: [1, 2, 4, 3] }, [1, 2, 3, 1]).quadratic).not.toBe(null);
    expect(selectionGradients({ a: [1, 2, 4] }, [1, 2, 2]).quadratic).toBe(null);
    expect(() => selectionDifferential([1, 2], [0, 0])).toThrow(/positive mean/);
    expect(selectionDifferential([2, 2], [0, 1]).intensity).toBe(null);
  });
});

describe('tournaments', () => {
  it.each(['with-replacement', 'without-replacement'] as const)(
    'have the chances of all contests, %s',
    (sampling) => {
      const fitness = [3, 1, 2, 3, 5];
      const counts = new Array<number>(5).fill(0);
      let contests = 0;
      for (let i = 0; i < 125; i++) {
        const drawn = [i % 5, Math.floor(i / 5) % 5, Math.floor(i / 25)];
        if (sampling === 'without-replacement' && new Set(drawn).size < 3) continue;
        contests += 1;
        const best = Math.max(...drawn.map((k) => fitness[k]!));
        // The first drawn of equals wins.
        counts[drawn.find((k) => fitness[k] === best)!]! += 1;
      }
      expectAllClose(
        tournamentChances(fitness, 3, sampling),
        counts.map((count) => count / contests),
        1e-14,
      );
    },
  );

  it('sum to 1, and are equal for one contestant or equal fitness', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (fitness, size) => {
          const chances = tournamentChances(fitness, size);
          expectClose(
            chances.reduce((sum, chance) => sum + chance, 0),
            1,
            1e-12,
          );
          expectAllClose(
            tournamentChances(fitness, 1),
            fitness.map(() => 1 / fitness.length),
            1e-12,
          );
          expectAllClose(
            tournamentChances(
              fitness.map(() => 7),
              size,
            ),
            fitness.map(() => 1 / fitness.length),
            1e-12,
          );
        },
      ),
    );
    expect(() => tournamentChances([1, 2], 3, 'without-replacement')).toThrow(/no tournament of 3/);
    expect(() => tournamentChances([Number.NaN], 1)).toThrow(/NaN/);
  });
});

describe('neutral theory', () => {
  it('has the fixation of exact matrices', () => {
    for (const row of oracle.neutral.moran) {
      expectClose(moranFixation(row.N, row.r), row.rho1, 1e-11);
      if (row.r === 1) expectClose(moranFixationEvents(row.N), row.mean_cond_fix_events_from1, 1e-10);
    }
    for (const row of oracle.neutral.wf) expectClose(kimuraFixation(row.N, row.s), row.kimura_haploid, 1e-12);
    expectClose(kimuraFixation(50, 1e-9), 1 / 50, 1e-7);
    expect(kingmanAge(100, 2)).toBe(100);
  });

  it('has the closed forms of aging evolution, near what is simulated', () => {
    for (const row of oracle.aging) {
      const variance = row.S === 1 ? 1 : tournamentVariance(row.S);
      const found = agingEvolution(row.P, variance);
      expectClose(found.effectiveSize, row.Ne_generations_pred, 1e-12);
      expectClose(found.pairCoalescence, row.pair_coal_pred, 1e-12);
      expectClose(found.newbornFixation, row.fix_prob_newborn_pred_neutral, 1e-12);
      expectClose(found.newbornFixation, row.fix_prob_newborn, 0.002);
      expectClose(found.generation, row.mean_parent_age_pred, 1e-12);
    }
  });

  it('measures the effective size of a simulated population', () => {
    const [population, births] = [20, 100_000];
    const random = stream('Ne');
    const offspring = new Array<number>(births).fill(0);
    const ages: number[] = [];
    for (let t = population; t < births; t++) {
      const age = 1 + random.below(population);
      ages.push(age);
      offspring[t - age]! += 1;
    }
    const settled = offspring.slice(population, births - population);
    expectClose(effectiveSize(settled, ages), agingEvolution(population, 0.95).effectiveSize, 0.03);
    expect(effectiveSize([1, 1], [3])).toBe(null);
    expect(effectiveSize([], [])).toBe(null);
  });
});

describe('coalescence', () => {
  const history = fc
    .array(fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 9 })), { minLength: 1, maxLength: 25 })
    .map((rows) => ({
      // Parents up to five births back, dead or alive; 0 is a founder.
      parent: Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back)),
      death: Int32Array.from(rows, ([, life], i) => (life < 0 ? -1 : i + life)),
    }));

  function slowly(parent: Int32Array, death: Int32Array, t: number): number {
    const paths = [...parent.keys()]
      .filter((i) => i <= t && (death[i]! < 0 || death[i]! > t))
      .map((i) => {
        const path: number[] = [];
        for (let at = i; at >= 0; at = parent[at]!) path.push(at);
        return path;
      });
    return (paths[0] ?? []).find((ancestor) => paths.every((path) => path.includes(ancestor))) ?? -1;
  }

  it('is that of walking up from everyone alive', () => {
    fc.assert(
      fc.property(history, ({ parent, death }) => {
        const found = coalescenceSeries(parent, death);
        for (let t = 0; t < parent.length; t++) {
          const expected = slowly(parent, death, t);
          expect(found.ancestor[t], `at ${t}`).toBe(expected);
          expect(found.age[t]).toBe(expected < 0 ? -1 : t - expected);
        }
        for (const t of found.changes) expect(found.ancestor[t]).not.toBe(found.ancestor[t - 1]);
      }),
      { numRuns: 500 },
    );
  });

  it('takes a lineage of a million without recursion', () => {
    const n = 1_000_000;
    const chain = coalescenceSeries(
      Int32Array.from({ length: n }, (_, i) => i - 1),
      Int32Array.from({ length: n }, (_, i) => i + 2),
    );
    expect(chain.ancestor[n - 1]).toBe(n - 2);
    expect(() => coalescenceSeries(Int32Array.of(0), Int32Array.of(-1))).toThrow(/birth 0 has parent 0/);
  });
});
