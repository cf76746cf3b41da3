import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { breedingPool } from '../../src/analysis/breeding-chances.ts';
import { type SelectionInput, selectionIntervals } from '../../src/analysis/selection-events.ts';
import { evolutionOf } from '../../src/analysis/settings.ts';
import { chosenTraits } from '../../src/analysis/traits.ts';
import { evolvingChromosome } from '../../src/evolution/conditions.ts';
import { breed, tell } from '../../src/evolution/controller.ts';
import { type ControllerState, initialState } from '../../src/evolution/population.ts';
import { controllerSettings } from '../../src/evolution/settings.ts';
import type { Chromosome } from '../../src/genome/genome.ts';
import { censuses, censusTimes } from '../../src/lineage/census.ts';
import { type History, loadFitness, loadHistory, loadOperators } from '../../src/lineage/history.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { heritables } from '../../src/lineage/taxa.ts';
import { type Random, stream } from '../../src/random/stream.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import type { EvolutionSettings } from '../../src/search-space/evolution-schema.ts';
import { tournamentChances } from '../../src/statistics/tournament.ts';
import { expectClose } from '../support/close.ts';
import { search, streetlight } from '../support/program.ts';
import { answerOf, expectNumbers, madeUpRun, noisy, temporaryLineage } from './support.ts';

function settingsOf(evolution: Record<string, unknown>) {
  const parsed = parseDocument(
    JSON.stringify({
      name: 'made-up',
      task: { name: 'mnist1d' },
      founders: { mutations: [0, 3] },
      evolution,
    }),
    'test',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return controllerSettings(parsed.value, '1', [1, 40, 1]);
}

const column = (length: number) => new Int32Array(length).fill(-1);
const emptyHistory = (births: number): History => ({
  births,
  ...{ parent: column(births), otherParent: column(births), gone: column(births) },
  donor: { architecture: column(births), rule: column(births) },
  block: { architecture: column(births), rule: column(births) },
});

/** Who gave each chromosome, and whether it was replaced whole afterwards. */
interface Inherited {
  readonly architecture: number;
  readonly rule: number;
  readonly replaced?: readonly Chromosome[];
}

function inherit(history: History, birth: number, { architecture, rule, replaced = [] }: Inherited): void {
  history.parent[birth] = architecture;
  if (rule !== architecture) history.otherParent[birth] = rule;
  history.donor.architecture[birth] = replaced.includes('architecture') ? -1 : architecture;
  history.donor.rule[birth] = replaced.includes('rule') ? -1 : rule;
}

const labels = ['', 'grow', 'swap'];
const operatorsOf = (of: Chromosome | 'genome', births: number, random: Random) => ({
  ...{ of, names: labels },
  code: Int32Array.from({ length: births }, () => random.below(labels.length)),
});

/** A pedigree of any shape: donors among those alive when the child was bred, failures, chromosomes replaced, members that die at any age. */
function randomPedigree(seed: number, isMixed: boolean): SelectionInput {
  const random = stream(`pedigree/${seed}`);
  const population = 2 + random.below(5);
  const inFlight = 1 + random.below(population);
  const births = population + 5 + random.below(40);
  const history = emptyHistory(births);
  const alive = (at: number) =>
    Array.from({ length: at + 1 }, (_, i) => i).filter(
      (i) => i >= 0 && (history.gone[i]! < 0 || history.gone[i]! > at),
    );
  for (let b = population; b < births; b++) {
    const members = alive(Math.max(population - 1, b - inFlight));
    const architecture = random.pick(members);
    const rule = isMixed ? random.pick(members) : architecture;
    const both = ['architecture', 'rule'] as const;
    const replaced = both.filter(() => random.uniform() < 0.1);
    inherit(history, b, {
      ...{ architecture, rule },
      replaced: isMixed || replaced.length === 2 ? replaced : [],
    });
    if (random.uniform() < 0.15) history.gone[b] = b;
    else history.gone[random.pick(alive(b - 1))] = b;
  }
  const number = () => Float64Array.from({ length: births }, () => Math.round(8 * random.normal()) / 4);
  const [rule, architecture, fitness] = [number(), number(), number()];
  return {
    history,
    evolution: settingsOf({ population, tournament: 2, inFlight, reassortment: isMixed ? 0.5 : 0 }).evolution,
    of: 'genome',
    fitness,
    mayBreed: new Uint8Array(births).fill(1),
    operators: {
      rule: operatorsOf('rule', births, random),
      architecture: operatorsOf('architecture', births, random),
      fitness: operatorsOf('genome', births, random),
    },
    traits: { rule: (i) => rule[i]!, architecture: (i) => architecture[i]!, fitness: (i) => fitness[i]! },
    times: [population - 1, population + Math.floor((births - population) / 2), births - 1],
  };
}

/** Shares of the living at one census in each at another, line by line; the last but one is ancestry that began between, the last that of the dead. */
function sharesByLines({ donor, gone }: History, from: number, to: number) {
  const living = (at: number) =>
    Array.from({ length: at + 1 }, (_, i) => i).filter((i) => gone[i]! < 0 || gone[i]! > at);
  const [parents, children] = [living(from), living(to)];
  const known = new Map<number, number[]>();
  const of = (i: number): number[] => {
    const row = new Array<number>(parents.length + 2).fill(0);
    if (i < 0) row[parents.length] = 1;
    else if (i <= from) row[parents.includes(i) ? parents.indexOf(i) : parents.length + 1] = 1;
    else {
      const halves = known.get(i) ?? [donor.architecture[i]!, donor.rule[i]!].map(of);
      if (!known.has(i))
        known.set(
          i,
          (halves as number[][])[0]!.map((x, k) => (x + (halves as number[][])[1]![k]!) / 2),
        );
      return known.get(i)!;
    }
    return row;
  };
  return { parents, children, rows: children.map(of) };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, each) => total + each, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** All that the Price equation says, from the shares as they are. */
function expectPrice(input: SelectionInput): void {
  for (const interval of selectionIntervals(input)) {
    const { from, to, descendants, begun, orphaned } = interval;
    const { parents, children, rows } = sharesByLines(input.history, from, to);
    const n = parents.length;
    const of = (place: number) => sum(rows.map((row) => row[place]!));
    expect([...interval.parents]).toEqual(parents);
    expect(interval.children).toBe(children.length);
    parents.forEach((_, place) => expectClose(descendants[place], of(place), 1e-12));
    expectClose(begun, of(n), 1e-12);
    expectClose(orphaned, of(n + 1), 1e-12);
    const linked = sum(descendants);
    expectClose(linked + begun + orphaned, children.length, 1e-12);
    expect(interval.traits === null).toBe(linked === 0);
    for (const [name, z] of Object.entries(input.traits)) {
      if (interval.traits === null) continue;
      const { price, parts, byOperator } = interval.traits[name]!;
      const all = [...parents, ...children].map((i) => Math.abs(z(i)));
      // Terms of births are of the size of the trait, and shares of them may be left over in few.
      const near = (1e-12 * (1 + Math.max(...all)) * (children.length + to - from)) / Math.min(1, linked);
      expect(Math.abs(price.residual)).toBeLessThan(1e-12 * (1 + Math.max(...all)));
      expectClose(price.delta, mean(children.map(z)) - mean(parents.map(z)), near);
      const [centre, w] = [mean(parents.map(z)), descendants];
      expectClose(
        price.selection,
        sum(parents.map((i, place) => w[place]! * (z(i) - centre))) / linked,
        near,
      );
      const changes = children.map((child, k) =>
        sum(parents.map((i, place) => rows[k]![place]! * (z(child) - z(i)))),
      );
      expectClose(price.transmission, sum(changes) / linked, near);
      expectClose(price.selection + price.transmission + price.unlinked, price.delta, near);
      expectClose(sum(byOperator.values()), price.transmission, near);
      expectClose(parts.scheme + parts.drift + parts.viability + parts.turnover, price.selection, near);
    }
  }
}

const { path, lineage, remove } = temporaryLineage();
afterAll(remove);

/** A run of the real controller, as the command reads it. */
function inputOfRun(run: number): SelectionInput {
  const history = loadHistory(lineage, run);
  const evolution = evolutionOf(findRun(lineage, run)!)!;
  const { fitness, mayBreed } = loadFitness(lineage, run, history.births);
  const times = censusTimes(evolution.population - 1, history.births - 1, 10);
  const counted = Array.from(censuses(history, times), ({ living }) => [...living]).flat();
  const named = ['rule.instructions', 'architecture.nodes', 'fitness'];
  const { traits, carriers } = chosenTraits(lineage, history, 'genome', named, fitness, counted);
  expect(carriers).toEqual({
    'rule.instructions': 'rule',
    'architecture.nodes': 'architecture',
    fitness: 'genome',
  });
  return {
    ...{ history, evolution, of: 'genome', fitness, mayBreed, traits, times },
    operators: Object.fromEntries(
      Object.entries(carriers).map(([name, carrier]) => [
        name,
        loadOperators(lineage, run, history.births, carrier),
      ]),
    ),
  };
}

describe('selection on genomes', () => {
  it('is the Price equation with shares along all lines, without residual, in pedigrees of any shape', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => expectPrice(randomPedigree(seed, true))),
      { numRuns: 300 },
    );
  });

  it.each([
    {},
    { condition: 'rule-resampled', panel: ['adam', 'sgd', 'lion'] },
    { condition: 'cooperative' },
  ])('is so in runs of the controller: %o', async (more) => {
    const evolution = { births: 150, population: 10, tournament: 3, inFlight: 4, reassortment: 0.4, ...more };
    expectPrice(inputOfRun(await madeUpRun(lineage, evolution)));
  });

  it('is that of the chromosome where one parent gives both', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const input = randomPedigree(seed, false);
        const chromosome = [...selectionIntervals({ ...input, of: 'rule' })];
        [...selectionIntervals(input)].forEach((interval, k) => {
          const { traits, ...counts } = chromosome[k]!;
          expect(interval).toMatchObject(counts);
          expect(interval.traits === null).toBe(traits === null);
          if (interval.traits === null) return;
          const [found, expected] = [interval.traits['rule']!, traits!['rule']!];
          expect(found.price).toEqual(expected.price);
          for (const [part, value] of Object.entries(expected.parts))
            expectClose(found.parts[part as keyof typeof found.parts], value, 1e-12);
          expect([...found.byOperator.keys()].sort()).toEqual([...expected.byOperator.keys()].sort());
          for (const [name, value] of expected.byOperator)
            expectClose(found.byOperator.get(name), value, 1e-12);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is what a small pedigree comes to by hand', () => {
    // Two parents, A (0) with trait 1 and B (1) with trait 3, and three children.
    const history = emptyHistory(5);
    inherit(history, 2, { architecture: 0, rule: 1 });
    inherit(history, 3, { architecture: 2, rule: 1 });
    inherit(history, 4, { architecture: 3, rule: 3, replaced: ['rule'] });
    history.gone.set([2, 3, 4]);
    const trait = [1, 3, 3, 4, 10];
    const evolution = {
      population: 2,
      tournament: 1,
      inFlight: 1,
      reassortment: 0.5,
      scheme: 'random-parents',
    };
    const [interval] = selectionIntervals({
      ...{ history, of: 'genome', evolution: settingsOf(evolution).evolution, times: [1, 4] },
      ...{ fitness: new Float64Array(5), mayBreed: new Uint8Array(5).fill(1) },
      traits: { z: (i) => trait[i]! },
      operators: { z: { of: 'rule', code: Int32Array.of(0, 0, 0, 1, 2), names: ['', 'grow', 'swap-rule'] } },
    });
    // 2 is A/2 + B/2, 3 is A/4 + 3B/4, 4 is A/8 + 3B/8 and half new; 3 and 4 are alive.
    expect(interval).toMatchObject({ begun: 0.5, orphaned: 0, children: 2 });
    expect([...interval!.descendants]).toEqual([3 / 8, 9 / 8]);
    const { price, byOperator, parts } = interval!.traits!['z']!;
    expect(price).toMatchObject({ meanBefore: 2, meanAfter: 7, delta: 5 });
    expectClose(price.selection, 1 / 2, 1e-15);
    expectClose(price.transmission, 7 / 2, 1e-15);
    expectClose(price.unlinked, 1, 1e-15);
    expectClose(price.residual, 0, 1e-15);
    expect(Object.fromEntries(byOperator)).toEqual({ 'swap-rule': 2, grow: 1, reassortment: 0.5 });
    expect(parts.scheme).toBe(0);
    expectClose(parts.drift, 1 / 6, 1e-15);
    expectClose(parts.viability, -1 / 6, 1e-15);
    expectClose(parts.turnover, 1 / 2, 1e-15);
    // Variances of a draw 1, 1/4 and 1/16; with two draws in half of the births 3/4 of that.
    expectClose(parts.driftSd, Math.sqrt((3 / 4) * (1 + 1 / 4 + 1 / 16)) / (3 / 2), 1e-15);
  });
});

/** Every way in which the two chromosomes of a birth can be given, with its chance; `members` ascending. */
type Joint = (
  members: readonly number[],
  chance: (i: number) => number,
  birth: number,
) => [number, number, number][];

const fittestOf = (members: readonly number[], fitness: readonly number[]) =>
  members.reduce((best, i) => (fitness[i]! > fitness[best]! ? i : best));

describe('drift', () => {
  const fitness = [2, 3, 1, 5, 2, 4, 4, 0];
  const reassortment = 0.3;
  const oneDraw: Joint = (members, chance) => members.map((i) => [i, i, chance(i)]);
  const twoDraws: Joint = (members, chance) =>
    members.flatMap((i) =>
      members.map((j): [number, number, number] => [
        i,
        j,
        reassortment * chance(i) * chance(j) + (i === j ? (1 - reassortment) * chance(i) : 0),
      ]),
    );
  const laws: Record<string, Joint> = {
    joint: twoDraws,
    'rule-resampled': oneDraw,
    alternating: (members, chance, birth) => {
      const best = fittestOf(members, fitness);
      const isRule = evolvingChromosome({ population: 4, period: 1 } as EvolutionSettings, birth) === 'rule';
      return members.map((i) => (isRule ? [best, i, chance(i)] : [i, best, chance(i)]));
    },
  };

  const cases = Object.entries(laws).flatMap(([condition, law]) =>
    heritables.map((of) => ({ condition, of, law })),
  );

  it.each(cases)(
    '$condition, $of: has mean 0 and the stated variance over all that may happen',
    ({ condition, of, law }) => {
      const [population, births] = [4, 8];
      const { evolution } = settingsOf({
        ...{ population, tournament: 2, inFlight: 1, reassortment, condition, period: 1 },
        ...(condition === 'rule-resampled' ? { panel: ['adam', 'sgd'] } : {}),
      });
      const z = [1, -2, 0.5, 3];
      const operators = { of: 'rule', code: new Int32Array(births), names: [''] } as const;
      let [total, drifts, squares, variances] = [0, 0, 0, 0];
      const live = (history: History, birth: number, chance: number): void => {
        if (birth === 7) {
          const input: SelectionInput = {
            ...{ history, evolution, of, times: [3, 6] },
            ...{ fitness: Float64Array.from(fitness), mayBreed: new Uint8Array(births).fill(1) },
            ...{ operators: { z: operators }, traits: { z: (i) => z[i] ?? 0 } },
          };
          const { drift, driftSd } = [...selectionIntervals(input)][0]!.traits!['z']!.parts;
          total += chance;
          drifts += chance * drift;
          squares += chance * drift * drift;
          variances += chance * driftSd * driftSd;
          return;
        }
        const members = Array.from({ length: population }, (_, k) => birth - population + k);
        const chances = tournamentChances(
          members.map((i) => fitness[i]!),
          2,
        );
        for (const [architecture, rule, p] of law(members, (i) => chances[members.indexOf(i)]!, birth)) {
          if (p === 0) continue;
          history.gone[birth - population] = birth;
          history.otherParent[birth] = -1;
          inherit(history, birth, { architecture, rule });
          live(history, birth + 1, chance * p);
        }
      };
      live(emptyHistory(births), population, 1);
      expectClose(total, 1, 1e-12);
      expectClose(drifts, 0, 1e-12);
      // The fittest gives the rule while architectures evolve.
      expect(variances > 0.05).toBe(condition !== 'alternating' || of !== 'rule');
      expectClose(squares, variances, 1e-12);
    },
  );

  const conditions = {
    joint: {},
    'every child of two': { reassortment: 1 },
    truncation: { scheme: 'truncation', truncation: 0.5 },
    'rule-fixed': { condition: 'rule-fixed' },
    'rule-resampled': { condition: 'rule-resampled', panel: ['adam', 'sgd', 'lion'] },
    alternating: { condition: 'alternating', period: 1 },
    cooperative: { condition: 'cooperative' },
  } as const;

  it.each(Object.entries(conditions))(
    '%s: the controller draws with the chances and the spread that are stated',
    (_, more) => {
      const evolution = {
        births: 400,
        population: 8,
        tournament: 2,
        inFlight: 1,
        reassortment: 0.5,
        ...more,
      };
      const settings = settingsOf(evolution);
      let state: ControllerState = initialState;
      for (let b = 0; b < 17; b++) {
        const { birth } = breed(settings, b, state);
        state = tell(settings, state, birth, noisy(birth, '1')).state;
      }
      const fitness = new Float64Array(17);
      const z = new Float64Array(17);
      const random = stream('controller');
      const pool = breedingPool(settings.evolution, fitness, new Uint8Array(17).fill(1));
      for (const member of state.population) {
        fitness[member.birthIndex] = member.fitness;
        z[member.birthIndex] = random.normal();
      }
      for (const { birthIndex } of state.population) pool.join(birthIndex);
      let [expected, variance] = [0, 0];
      for (const { members, chances, share, spread } of pool.draws('genome', 17)) {
        const first = sum(members.map((i, rank) => chances[rank]! * z[i]!));
        const second = sum(members.map((i, rank) => chances[rank]! * z[i]! ** 2));
        expected += share * first;
        variance += spread * (second - first * first);
      }
      const draws = 2000;
      const given = Array.from({ length: draws }, (_, k) => {
        const { parent, otherParent } = breed({ ...settings, seed: `${k}` }, 17, state).birth;
        return otherParent === null ? z[parent!]! : (z[parent!]! + z[otherParent]!) / 2;
      });
      const found = mean(given);
      const squares = given.map((each) => (each - found) ** 2);
      const error = Math.sqrt(mean(squares.map((each) => (each - mean(squares)) ** 2)) / draws);
      expect(Math.abs(found - expected)).toBeLessThan(4 * Math.sqrt(variance / draws));
      expect(Math.abs(mean(squares) - variance)).toBeLessThan(4 * error);
      expect(variance).toBeGreaterThan(0);
    },
  );
});

describe('streetlight selection --of genome', () => {
  it('tells of a search: traits of both chromosomes, shares, and what it leaves out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'streetlight-genomes-'));
    try {
      const db = join(folder, 'lineage.db');
      search(db, 90, '1', '--set', 'evolution.reassortment=0.5');
      const line = ['selection', '--of', 'genome', '--every', '16', '--db', db];
      const { code, printed, noted } = await streetlight(...line, '--trait', 'rule.instructions');
      expect(code, noted).toBe(0);
      expectNumbers(printed);
      expect(printed).toMatch(/^Selection on genomes of run 1 /);
      expect(printed).toMatch(
        /half its ancestry from the donor of its architecture and half from that of its rule/,
      );
      expect(printed).toMatch(/rule.instructions, interval by interval/);
      expect(printed).toMatch(/Left out: effective size, fixation, common ancestors/);
      expect(printed).not.toMatch(/Coalescence|Sweeps are called/);
      const data = JSON.parse((await streetlight(...line, '--json')).printed);
      expect(data).toMatchObject({ of: 'genome', effectiveSize: null, takeover: null, coalescence: null });
      const names = data.traits.map(({ trait }: { trait: string }) => trait);
      for (const name of ['architecture.nodes', 'rule.instructions', 'fitness'])
        expect(names).toContain(name);
      for (const { residual, delta, selection, transmission, unlinked } of data.traits) {
        expect(Math.abs(residual)).toBeLessThan(1e-9);
        expectClose(selection + transmission + unlinked, delta, 1e-9);
      }
      const { individuals, parents, children, begun, orphaned } = data.counted;
      const times = data.censuses as number[];
      expect(individuals).toBeLessThanOrEqual(data.flow.births);
      // Every census but the last one begins an interval, every one but the first ends one.
      expect(parents + data.intervals.at(-1).children).toBe(data.intervals[0].parents + children);
      expect(data.intervals).toHaveLength(times.length - 1);
      expect(printed).toContain(`Analysed: ${individuals} individuals`);
      const shares = data.intervals.flatMap(({ descendants }: { descendants: number[] }) => descendants);
      expectClose(sum(shares) + begun + orphaned, children, 1e-9);
      expect(shares.some((share: number) => !Number.isInteger(share))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  it('looks at named traits, by value too, and says what is missing', async () => {
    const run = await madeUpRun(lineage, {
      births: 60,
      population: 8,
      tournament: 2,
      inFlight: 3,
      reassortment: 0.5,
    });
    const asked = (...line: string[]) => answerOf(path, 'selection', `${run}`, '--of', 'genome', ...line);
    const both = ['--trait', 'rule.family=momentum', '--trait', 'architecture.depth'];
    const { code, text } = await asked(...both);
    expect(code, text).toBe(0);
    expect(text).toMatch(/rule.family=momentum, transmission by what changed the genome:/);
    expect(text).toMatch(/reassortment/);
    const refused = async (...line: string[]) => {
      const answer = await asked(...line);
      expect(answer.code, answer.text).toBe(2);
      return answer.text;
    };
    expect(await refused('--trait', 'depth')).toContain('write rule.depth or architecture.depth');
    expect(await refused('--trait', 'rule.famly')).toContain('no trait `famly` of a rule');
    expect(await refused('--null', '1')).toContain('a sweep is of one chromosome');
    const other = await answerOf(
      path,
      'selection',
      `${run}`,
      '--of',
      'rule',
      '--trait',
      'architecture.depth',
    );
    expect(other.text).toContain('a trait of the other chromosome');
  });
});
