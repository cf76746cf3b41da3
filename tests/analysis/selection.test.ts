import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breedingPool } from '../../src/analysis/breeding-chances.ts';
import { coalescenceOf, effectiveSizeOf, takeoverOf } from '../../src/analysis/descent.ts';
import {
  type Interval,
  type SelectionInput,
  seenFitness,
  selectionIntervals,
  type Trait,
} from '../../src/analysis/selection-events.ts';
import {
  differentialOf,
  gradientsOf,
  meanGradients,
  totalsOf,
  withinCensusTest,
} from '../../src/analysis/selection-measures.ts';
import { evolutionOf } from '../../src/analysis/settings.ts';
import type { ToldBirth } from '../../src/evolution/birth.ts';
import { censusTimes } from '../../src/lineage/census.ts';
import { loadFitness, loadHistory, loadOperators } from '../../src/lineage/history.ts';
import { findRun, populationAt } from '../../src/lineage/runs.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { numericTraitReader } from '../../src/lineage/trait-values.ts';
import { stream } from '../../src/random/stream.ts';
import { tournamentChances } from '../../src/statistics/tournament.ts';
import { expectClose } from '../support/close.ts';
import { answerOf, expectNumbers, formsOf, madeUpRun, temporaryLineage } from './support.ts';

const { path, lineage, remove } = temporaryLineage();
const base = { births: 400, population: 12, tournament: 3, inFlight: 5, reassortment: 0.4 };
const cases = {
  aging: base,
  'one at a time': { ...base, inFlight: 1 },
  truncation: { ...base, scheme: 'truncation', truncation: 0.3 },
  'map-elites': { ...base, scheme: 'map-elites' },
  'random-parents': { ...base, scheme: 'random-parents' },
  'shuffled-fitness': { ...base, scheme: 'shuffled-fitness' },
  'shuffled-labels': { ...base, scheme: 'shuffled-labels' },
  'rule-fixed': { ...base, condition: 'rule-fixed' },
  'architecture-fixed': { ...base, condition: 'architecture-fixed' },
  'rule-resampled': { ...base, condition: 'rule-resampled', panel: ['adam', 'sgd', 'lion'] },
  alternating: { ...base, condition: 'alternating', period: 2 },
  cooperative: { ...base, condition: 'cooperative' },
} as const;
type Case = keyof typeof cases;
const names = Object.keys(cases) as Case[];
const runOf = (name: Case) => names.indexOf(name) + 1;
beforeAll(async () => {
  for (const name of names) await madeUpRun(lineage, cases[name]);
}, 60_000);
afterAll(remove);

const read = new Map<Case, readonly ToldBirth[]>();
function toldOf(name: Case): readonly ToldBirth[] {
  const told = read.get(name) ?? [...toldBirths(lineage, runOf(name))];
  read.set(name, told);
  return told;
}

function inputOf(name: Case, chromosome: 'architecture' | 'rule', every: number, from = 11): SelectionInput {
  const run = runOf(name);
  const history = loadHistory(lineage, run);
  const evolution = evolutionOf(findRun(lineage, run)!)!;
  const { fitness, mayBreed } = loadFitness(lineage, run, history.births);
  const operators = loadOperators(lineage, run, history.births, chromosome);
  const number = numericTraitReader(lineage, chromosome, chromosome === 'rule' ? 'instructions' : 'nodes');
  const trait = Float64Array.from(history.block[chromosome], number);
  return {
    ...{ history, evolution, of: chromosome, mayBreed },
    fitness: seenFitness(evolution, '1', fitness),
    operators: { trait: operators, fitness: operators },
    traits: { trait: (i) => trait[i]!, fitness: (i) => fitness[i]! },
    times: censusTimes(from, history.births - 1, every),
  };
}

/** Descendants, links and means by walking every living individual up to the first census. */
function slowly(name: Case, chromosome: 'architecture' | 'rule', z: Trait, from: number, to: number) {
  const told = toldOf(name);
  const at = (time: number) =>
    populationAt(lineage, runOf(name), time).flatMap(({ birthIndex, fitness }) =>
      fitness === null ? [] : [birthIndex],
    );
  const [parents, children] = [at(from), at(to)];
  const donor = (i: number) => told[i]!.birth[chromosome === 'rule' ? 'ruleFrom' : 'architectureFrom'];
  const ancestor = (child: number): number | null => {
    let i: number | null = child;
    while (i !== null && i > from) i = donor(i);
    return i !== null && parents.includes(i) ? i : null;
  };
  const roots = children.map(ancestor);
  const linked = roots.filter((root) => root !== null);
  const mean = (of: readonly number[]) => of.reduce((sum, i) => sum + z(i), 0) / of.length;
  const w = parents.map((i) => linked.filter((root) => root === i).length);
  const meanW = linked.length / parents.length;
  return {
    parents,
    w,
    unlinked: children.length - linked.length,
    delta: mean(children) - mean(parents),
    selection:
      parents.reduce((sum, i, k) => sum + (w[k]! - meanW) * (z(i) - mean(parents)), 0) /
      parents.length /
      meanW,
    transmission:
      children.reduce((sum, child, k) => sum + (roots[k] === null ? 0 : z(child) - z(roots[k]!)), 0) /
      linked.length,
  };
}

const scale = (interval: Interval, trait: string) => {
  const { meanBefore, meanAfter } = interval.traits![trait]!.price;
  return 1 + Math.abs(meanBefore) + Math.abs(meanAfter);
};

describe('selection between censuses', () => {
  it.each(names)('%s: is the Price equation along the donor path, without residual', (name) => {
    for (const chromosome of ['architecture', 'rule'] as const) {
      const input = inputOf(name, chromosome, 25);
      for (const interval of selectionIntervals(input))
        for (const [trait, z] of Object.entries(input.traits)) {
          const expected = slowly(name, chromosome, z, interval.from, interval.to);
          expect([...interval.parents]).toEqual(expected.parents);
          expect([...interval.descendants]).toEqual(expected.w);
          expect(interval.begun + interval.orphaned).toBe(expected.unlinked);
          expect(interval.traits === null).toBe(expected.w.every((each) => each === 0));
          if (interval.traits === null) continue;
          const { price, parts, byOperator } = interval.traits[trait]!;
          const near = 1e-12 * scale(interval, trait);
          expect(Math.abs(price.residual)).toBeLessThan(near);
          expectClose(price.delta, expected.delta, near);
          expectClose(price.selection, expected.selection, near);
          expectClose(price.transmission, expected.transmission, near);
          const operators = [...byOperator.values()].reduce((sum, each) => sum + each, 0);
          expectClose(operators, expected.transmission, near);
          const sum = parts.scheme + parts.drift + parts.viability + parts.turnover;
          expectClose(sum, price.selection, near);
        }
    }
  });

  it.each(names)('%s: every parent was one that the scheme could draw', (name) => {
    for (const chromosome of ['architecture', 'rule'] as const) {
      const { history, evolution, fitness, mayBreed } = inputOf(name, chromosome, 60);
      const pool = breedingPool(evolution, fitness, mayBreed);
      const told = toldOf(name);
      let next = 0;
      for (let b = 0; b < history.births; b++) {
        for (; next <= b - evolution.inFlight; next++) {
          if (history.gone[next] !== next) pool.join(next);
          for (const { birthIndex } of told[next]!.deaths) if (birthIndex !== next) pool.leave(birthIndex);
        }
        const drawing = pool.drawing(chromosome, b);
        expect(drawing === null).toBe(told[b]!.birth.parent === null);
        if (drawing === null) continue;
        const { members, chances } = drawing;
        const total = members.reduce((sum, _, place) => sum + chances[place]!, 0);
        expectClose(total, 1, 1e-12);
        const donor = history.donor[chromosome][b]!;
        if (donor >= 0) expect(chances[members.indexOf(donor)]).toBeGreaterThan(0);
        const isTournament = ['aging', 'shuffled-labels'].includes(evolution.scheme);
        if (isTournament && evolution.condition === 'joint') {
          const expected = tournamentChances(
            members.map((i) => fitness[i]!),
            evolution.tournament,
          );
          members.forEach((_, place) => expectClose(chances[place], expected[place], 1e-12));
          // Whoever was drawn stood in the population that the pool holds.
          for (const contestant of told[b]!.birth.contestants) expect(members).toContain(contestant);
        }
      }
    }
  });

  it('has no selection by the scheme under random parents and shuffled fitness, and no drift where the fittest gives', () => {
    for (const name of ['random-parents', 'shuffled-fitness'] as const)
      for (const { traits } of selectionIntervals(inputOf(name, 'architecture', 20)))
        for (const { parts } of Object.values(traits ?? {}))
          expect(Math.abs(parts.scheme)).toBeLessThan(1e-12);
    // The rules of a generation in which architectures evolve all come from the fittest.
    const { evolution, ...rest } = inputOf('alternating', 'rule', 1, 12);
    const still = [...selectionIntervals({ ...rest, evolution })].filter(
      ({ to }) => Math.floor((Math.floor(to / 12) - 1) / 2) % 2 === 0,
    );
    expect(still.length).toBeGreaterThan(100);
    for (const { traits } of still) expect(Math.abs(traits!['trait']!.parts.drift)).toBeLessThan(1e-12);
  });

  it('does not depend on how long intervals are: parts of one-birth steps are the chances of that draw', () => {
    const input = inputOf('one at a time', 'rule', 1);
    const { history, fitness } = input;
    const z = input.traits['trait']!;
    for (const { from, to, parents, traits } of selectionIntervals(input)) {
      const chances = tournamentChances(
        Array.from(parents, (i) => fitness[i]!),
        3,
      );
      const mean = parents.reduce((sum, i) => sum + z(i), 0) / parents.length;
      const expected = parents.reduce((sum, i, k) => sum + chances[k]! * z(i), 0);
      const linked =
        traits!['trait']!.price.children - (history.donor.rule[to]! < 0 && history.gone[to] !== to ? 1 : 0);
      expectClose(traits!['trait']!.parts.scheme, (expected - mean) / linked, 1e-11);
      expect(to - from).toBe(1);
    }
  });
});

describe('drift', () => {
  it('has mean 0 and the variance that the chances give it, over replays of the draws', () => {
    // Draws are replayed with the same chances: a run of a neutral trait under tournament selection, in miniature.
    const random = stream('drift');
    const [population, births, tournament, lag] = [20, 40, 3, 4];
    const standardised = Array.from({ length: 400 }, () => {
      const fitness = Float64Array.from({ length: population + births }, () => random.below(4));
      const z = Float64Array.from({ length: population + births }, () => random.normal());
      const parent = new Int32Array(population + births).fill(-1);
      const gone = new Int32Array(population + births).fill(-1);
      for (let b = population; b < population + births; b++) {
        const last = b - lag;
        const members = Array.from({ length: population }, (_, k) => last - k).filter((i) => i >= 0);
        const drawn = Array.from({ length: tournament }, () => random.pick(members));
        parent[b] = drawn.reduce((best, i) => (fitness[i]! > fitness[best]! ? i : best));
        gone[b - population] = b;
        // The trait is inherited with change.
        z[b] = z[parent[b]!]! + 0.3 * random.normal();
      }
      const none = new Int32Array(population + births).fill(-1);
      const evolution = { ...inputOf('aging', 'rule', 60).evolution, population, tournament, inFlight: lag };
      const [interval] = selectionIntervals({
        history: {
          births: population + births,
          parent,
          otherParent: none,
          donor: { architecture: parent, rule: parent },
          block: { architecture: none, rule: none },
          gone,
        },
        evolution,
        of: 'rule',
        fitness,
        mayBreed: new Uint8Array(population + births).fill(1),
        operators: { z: { of: 'rule', code: new Int32Array(population + births), names: [''] } },
        traits: { z: (i) => z[i]! },
        times: [population - 1 + lag, population + births - 1],
      });
      const { drift, driftSd } = interval!.traits!['z']!.parts;
      return drift / driftSd;
    });
    const mean = standardised.reduce((sum, each) => sum + each, 0) / standardised.length;
    const square = standardised.reduce((sum, each) => sum + each * each, 0) / standardised.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(400));
    expect(Math.abs(square - 1)).toBeLessThan(0.3);
  });
});

describe('those who may breed', () => {
  it('are all but unconfirmed elites, unless nobody else is there', () => {
    const { evolution } = inputOf('one at a time', 'rule', 60);
    const pool = breedingPool(evolution, Float64Array.of(3, 1, 2), Uint8Array.of(0, 1, 1));
    for (const each of [0, 1, 2]) pool.join(each);
    expect(pool.drawing('rule', 100)!.members).toEqual([2, 1]);
    pool.leave(1);
    pool.leave(2);
    expect(pool.drawing('rule', 100)!.members).toEqual([0]);
    pool.leave(0);
    expect(pool.drawing('rule', 100)).toBe(null);
    expect(() => pool.leave(0)).toThrow(/not in the population/);
  });
});

describe('descent', () => {
  it('has the effective size and fixation of evenly drawn parents', () => {
    const [population, births, inFlight] = [15, 30_000, 6];
    const random = stream('descent');
    const parent = new Int32Array(births).fill(-1);
    const gone = new Int32Array(births).fill(-1);
    for (let b = population; b < births; b++) {
      const told = Math.max(population - 1, b - inFlight);
      parent[b] = told - random.below(population);
      gone[b - population] = b;
    }
    const block = Int32Array.from(parent, (_, i) => i);
    const none = new Int32Array(births).fill(-1);
    const history = {
      ...{ births, parent, otherParent: none, gone },
      ...{ donor: { architecture: parent, rule: none }, block: { architecture: block, rule: block } },
    };
    const evolution = { scheme: 'random-parents', population, inFlight } as const;
    const size = effectiveSizeOf(history, 'architecture', evolution)!;
    expectClose(size.meanOffspring, 1, 0.01);
    expectClose(size.generation, (population - 1 + 2 * inFlight) / 2, 0.02);
    // Offspring of one who is drawn P times with chance 1 / P.
    expectClose(size.effectiveSize, size.generation / (1 - 1 / population), 0.05);
    const found = takeoverOf(
      history,
      'architecture',
      coalescenceOf(history, 'architecture', evolution),
      evolution,
    );
    const share = found.fixed / found.decided;
    // About 1,700 of 30,000, in clumps.
    expect(Math.abs(share - found.neutralShare!)).toBeLessThan(0.1 * found.neutralShare!);
    // Everyone carries a block of its own.
    expect(found.substitutions).toHaveLength(found.fixed);
    expect(found.quartiles![0]).toBeLessThanOrEqual(found.quartiles![1]);
    expect(effectiveSizeOf(history, 'rule', evolution)).toBe(null);
  });
});

describe('sums over intervals', () => {
  it('telescope, and their permutation test knows planted selection from none', () => {
    const input = inputOf('aging', 'rule', 15);
    const intervals = [...selectionIntervals(input)];
    const z = input.traits['fitness']!;
    const totals = totalsOf('fitness', intervals, z)!;
    expectClose(totals.delta, totals.last - totals.first, 1e-10);
    const { scheme, drift, viability, turnover } = totals.parts;
    expectClose(scheme + drift + viability + turnover, totals.selection, 1e-10);
    expectClose(totals.selection + totals.transmission + totals.unlinked, totals.delta, 1e-10);
    const operators = [...totals.byOperator.values()].reduce((sum, each) => sum + each, 0);
    expectClose(operators, totals.transmission, 1e-10);
    expect(withinCensusTest(intervals, z, stream('t'), 199)!.p).toBe(1 / 200);
    const labels = stream('labels');
    const noise = Float64Array.from({ length: 400 }, () => labels.normal());
    expect(withinCensusTest(intervals, (i) => noise[i]!, stream('t'), 199)!.p).toBeGreaterThan(0.01);
    expect(withinCensusTest([], z, stream('t'))).toBe(null);
    expect(totalsOf('fitness', [], z)).toBe(null);
  });

  it('have the differential of each interval, and gradients where traits vary', () => {
    const input = inputOf('aging', 'rule', 15);
    const intervals = [...selectionIntervals(input)];
    for (const each of intervals) {
      if (each.traits === null) continue;
      const { differential } = differentialOf(each, input.traits['trait']!);
      expectClose(differential, each.traits['trait']!.price.selection, 1e-11);
    }
    const gradients = gradientsOf(intervals, input.traits);
    for (const { gradients: found, reason } of gradients) expect(found === null).toBe(reason !== null);
    const means = meanGradients(gradients);
    expect(means.map(({ gradient, traits }) => [gradient, ...traits].join(' '))).toEqual([
      ...['beta trait', 'beta fitness', 'gamma trait', 'gamma trait fitness', 'gamma fitness'],
    ]);
    const constant = gradientsOf(intervals, { one: () => 1 });
    expect(
      constant.every(({ gradients: none, reason }) => none === null && /does not vary/.test(reason!)),
    ).toBe(true);
  });
});

describe('streetlight selection', () => {
  it('gives text and data for every scheme and condition', async () => {
    for (const name of names)
      for (const of of ['architecture', 'rule', 'genome']) {
        const given = { run: runOf(name), of, every: 25, ...(of === 'genome' ? {} : { null: [5, 6] }) };
        const { text, json } = await formsOf('selection', lineage, given);
        expectNumbers(text);
        expectNumbers(json);
        expect(JSON.parse(json)).toMatchObject({ run: runOf(name), of, unfinished: false });
      }
  });

  it('is printed by its command in each form', async () => {
    const line = ['selection', '1', '--of', 'rule', '--every', '25', '--null', '5,6'];
    const { text, json } = await formsOf('selection', lineage, {
      ...{ run: 1, of: 'rule', every: 25, null: [5, 6] },
    });
    expect(await answerOf(path, ...line)).toEqual({ code: 0, text: `${text}\n` });
    expect(await answerOf(path, ...line, '--json')).toEqual({ code: 0, text: `${json}\n` });
  });

  it('looks at named traits closely, by value too', async () => {
    const line = ['selection', '1', '--of', 'rule', '--trait', 'instructions', '--trait', 'fitness'];
    const level = await answerOf(path, 'selection', '1', '--of', 'rule', '--trait', 'family=momentum');
    expect(level.code, level.text).toBe(0);
    expect(level.text).toMatch(/family=momentum, interval by interval/);
    const { code, text } = await answerOf(path, ...line);
    expect(code, text).toBe(0);
    expect(text).toMatch(/instructions, interval by interval/);
    expect(text).toMatch(/of these traits together/);
    expect(text).toMatch(/permutation within censuses/);
  });

  it('says what is missing', async () => {
    const refused = async (...line: string[]) => {
      const { code, text } = await answerOf(path, 'selection', ...line);
      expect(code, text).toBe(2);
      return text;
    };
    const short = await madeUpRun(lineage, base, { stopAfter: 8 });
    const search = await madeUpRun(lineage, { ...base, births: 30, scheme: 'random-search' });
    expect(await refused('1', '--trait', 'famly', '--of', 'rule')).toContain('no trait `famly`');
    expect(await refused('1', '--trait', 'family', '--of', 'rule')).toContain('needs numbers');
    expect(await refused(String(short))).toContain('nothing was bred from it yet');
    expect(await refused(String(search))).toContain('nobody has parents');
    expect(await refused('1', '--null', '99')).toContain('there is no run 99');
    await refused('1', '--quantile', '1');
    await refused('1', '--every', '0');
  });
});
