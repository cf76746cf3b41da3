/** Schemes by their exact distributions: who breeds, and how much the number of offspring varies. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Birth } from '../../src/evolution/birth.ts';
import { breed, tell } from '../../src/evolution/controller.ts';
import { initialState, type Member } from '../../src/evolution/population.ts';
import { type SchemeName, select } from '../../src/evolution/selection.ts';
import { cellOf } from '../../src/evolution/survival.ts';
import { stream } from '../../src/random/stream.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { completed, settingsOf } from './support.ts';

const genome = randomGenome(0);
const member = (birthIndex: number, fitness: number, over: Partial<Member> = {}): Member => ({
  birthIndex,
  genome,
  fitness,
  parameters: 1,
  rungs: [],
  mayBreed: true,
  ...over,
});

/** Pearson's statistic of counts against probabilities. */
function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const draws = counts.reduce((a, b) => a + b);
  return counts.reduce((sum, count, i) => {
    const expected = draws * probabilities[i]!;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

describe('truncation', () => {
  it('draws parents uniformly from the fittest share, of equals the older ones', () => {
    const inOrder = [4, 1, 3, 3, 3, 9, 0, 2].map((fitness, i) => member(i, fitness));
    // The order of the list is not the order of age.
    const population = inOrder.toReversed();
    const random = stream('truncation');
    const wins = new Map<number, number>();
    for (let i = 0; i < 8000; i++) {
      const { parent, contestants } = select(
        'truncation',
        population,
        { tournament: 3, truncation: 0.5 },
        random,
      )!;
      expect(contestants).toEqual([parent.birthIndex]);
      wins.set(parent.birthIndex, (wins.get(parent.birthIndex) ?? 0) + 1);
    }
    expect([...wins.keys()].sort()).toEqual([0, 2, 3, 5]);
    expect(chiSquare([...wins.values()], [0.25, 0.25, 0.25, 0.25])).toBeLessThan(16.27); // 0.999 quantile, 3 degrees of freedom
  });
});

describe('gate', () => {
  it('keeps members that may not breed out of every tournament, unless nobody may', () => {
    const population = [5, 9, 7].map((fitness, i) => member(i, fitness, { mayBreed: i !== 1 }));
    const random = stream('gate');
    for (let i = 0; i < 200; i++) {
      const { contestants } = select('aging', population, { tournament: 2, truncation: 1 }, random)!;
      expect(contestants).not.toContain(1);
    }
    const barred = population.map((each) => ({ ...each, mayBreed: false }));
    expect(select('aging', barred, { tournament: 50, truncation: 1 }, random)!.parent.birthIndex).toBe(1);
  });
});

describe('map-elites', () => {
  it('holds in each cell the fittest that was ever told there, and everyone else is dead', () => {
    const settings = settingsOf({ scheme: 'map-elites', population: 4, tournament: 1, inFlight: 1 });
    const draws = fc.array(
      fc.record({
        genome: fc.integer({ min: 0, max: 30 }),
        fitness: fc.integer({ min: 0, max: 9 }),
        parameters: fc.integer({ min: 1, max: 5000 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(draws, (births) => {
        let state = initialState;
        const best = new Map<string, { birthIndex: number; fitness: number }>();
        const dead = new Set<number>();
        births.forEach((born, birthIndex) => {
          const birth = { birthIndex, genome: randomGenome(born.genome) } as Birth;
          const told = tell(settings, state, birth, completed(born.fitness, born.parameters));
          state = told.state;
          for (const death of told.deaths) {
            dead.add(death.birthIndex);
            expect(death.cause).toBe('outcompeted');
            expect(death.at).toBe(death.birthIndex === birthIndex ? birthIndex + 1 : birthIndex);
          }
          const cell = cellOf({ ...born, genome: birth.genome });
          if (born.fitness > (best.get(cell)?.fitness ?? -1))
            best.set(cell, { birthIndex, fitness: born.fitness });
        });
        const living = state.population.map(({ birthIndex }) => birthIndex);
        expect([...living].sort((a, b) => a - b)).toEqual(
          [...best.values()].map(({ birthIndex }) => birthIndex).sort((a, b) => a - b),
        );
        expect(living).toEqual([...living].sort((a, b) => a - b));
        expect(dead.size + living.length).toBe(births.length);
      }),
      { numRuns: 60 },
    );
  });

  it('tells rules apart by their states, three standing for more', () => {
    const states = [0, 1, 2, 3, 4, 9].map((count) => {
      const one = { name: 's', shape: 'full' };
      const rule = { ...genome.rule, states: Array.from({ length: count }, () => one) };
      return cellOf({ genome: { ...genome, rule: rule as never }, parameters: 1 })
        .split('/')
        .at(-1);
    });
    expect(states).toEqual(['0', '1', '2', '3', '3', '3']);
  });

  it('tells sizes apart in half-decades', () => {
    const cells = [1, 3, 4, 9, 10, 31, 32, 100].map((parameters) => cellOf({ genome, parameters })[0]);
    expect(cells).toEqual(['0', '0', '1', '1', '2', '2', '3', '4']);
  });
});

describe('controls', () => {
  const [P, S] = [8, 4];

  /** Offspring of each of many individuals over their whole lives, in a run of the real controller whose fitnesses mean nothing. */
  function offspring(scheme: SchemeName, births: number): number[] {
    const settings = settingsOf({
      scheme,
      population: P,
      tournament: S,
      inFlight: 1,
      reassortment: 0,
      births,
    });
    const random = stream(`offspring/${scheme}`);
    const children = new Int32Array(births);
    let state = initialState;
    for (let b = 0; b < births; b++) {
      const parent = b < P ? null : select(scheme, state.population, settings.evolution, random)!.parent;
      if (parent !== null) children[parent.birthIndex]! += 1;
      state = tell(settings, state, { birthIndex: b, genome } as Birth, completed(random.uniform())).state;
    }
    return [...children.subarray(P, births - P)];
  }

  const moments = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const power = (k: number) => values.reduce((sum, x) => sum + (x - mean) ** k, 0) / values.length;
    // The standard error allows for lives that overlap: those of P individuals in a row.
    return {
      mean,
      variance: power(2),
      se: Math.sqrt(((power(4) - power(2) ** 2) / values.length) * 2),
    };
  };

  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

  /** Gauss-Legendre on 5 nodes in each of 40 pieces: exact to rounding for the polynomials below. */
  function integral(f: (x: number) => number): number {
    const nodes = [
      [0, 128 / 225],
      [0.5384693101056831, 0.47862867049936647],
      [0.906179845938664, 0.23692688505618908],
    ];
    let sum = 0;
    for (let piece = 0; piece < 40; piece++)
      for (const [x, w] of nodes)
        for (const side of x === 0 ? [0] : [-1, 1])
          sum += (w! * f((piece + 0.5 + (side * x!) / 2) / 40)) / 80;
    return sum;
  }

  /**
   * Exact variance of the number of offspring where a label without meaning is drawn at birth and kept. An individual with label x wins a tournament with probability
   * p(m) = ((m + 1)^S - m^S) / P^S, where m of the P - 1 others have lower labels; two tournaments d births apart share P - 1 - d of the others.
   */
  function varianceWithLabels(): number {
    const p = (m: number) => ((m + 1) ** S - m ** S) / P ** S;
    const binomial = (n: number, x: number, f: (k: number) => number) =>
      Array.from({ length: n + 1 }, (_, k) => choose(n, k) * x ** k * (1 - x) ** (n - k) * f(k)).reduce(
        (a, b) => a + b,
      );
    const together = (d: number) =>
      integral((x) => binomial(P - 1 - d, x, (shared) => binomial(d, x, (own) => p(shared + own)) ** 2));
    let second = P * integral((x) => binomial(P - 1, x, p));
    for (let d = 1; d < P; d++) second += 2 * (P - d) * together(d);
    return second - 1;
  }

  it('shuffled-fitness makes contestants equal: offspring are binomial, variance 1 - 1/P', () => {
    const { mean, variance, se } = moments(offspring('shuffled-fitness', 30_000));
    expect(mean).toBeCloseTo(1, 2);
    expect(Math.abs(variance - (1 - 1 / P))).toBeLessThan(4 * se);
  });

  it('shuffled-labels keeps the variance of offspring that tournaments make', () => {
    const expected = varianceWithLabels();
    // For P much larger than S it is S^2 / (2 S - 1).
    expect(expected).toBeGreaterThan(1.5);
    expect(expected).toBeLessThan(S ** 2 / (2 * S - 1));
    const { mean, variance, se } = moments(offspring('shuffled-labels', 30_000));
    expect(mean).toBeCloseTo(1, 2);
    expect(Math.abs(variance - expected)).toBeLessThan(4 * se);
    // The two controls are told apart by far.
    expect(variance - (1 - 1 / P)).toBeGreaterThan(10 * se);
  });

  it('shuffled-labels gives the same label whenever it is asked, whatever the outcome', () => {
    const settings = settingsOf({ scheme: 'shuffled-labels', population: 4, tournament: 2, inFlight: 1 });
    const labelOf = (fitness: number) =>
      tell(settings, initialState, breed(settings, 0, initialState).birth, completed(fitness)).state
        .population[0]!.fitness;
    expect(labelOf(1)).toBe(labelOf(-5));
  });
});
