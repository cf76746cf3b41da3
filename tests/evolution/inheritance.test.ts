/** Who gives what to a child, against a naive statement that draws from the birth's own stream, by its literal name. Without mutations, so that every chromosome is a parent's. */
import { describe, expect, it } from 'vitest';
import { breed, type ControllerSettings } from '../../src/evolution/controller.ts';
import { type ControllerState, initialState, type Member } from '../../src/evolution/population.ts';
import { ruleHash } from '../../src/genome/identity.ts';
import { knownRule } from '../../src/genome/known.ts';
import { stream } from '../../src/random/stream.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { settingsOf } from './support.ts';

const still = (evolution: object, parts: object = {}): ControllerSettings => {
  const settings = settingsOf(
    { population: 6, tournament: 2, births: 1000, inFlight: 1, ...evolution },
    parts as Record<string, unknown>,
  );
  return { ...settings, variation: { ...settings.variation, mutationsPerChild: [0, 0] } };
};

const member = (birthIndex: number, over: Partial<Member> = {}): Member => ({
  ...{ birthIndex, genome: randomGenome(birthIndex), fitness: (7 * birthIndex) % 5, parameters: 1 },
  ...{ rungs: [], mayBreed: true },
  ...over,
});
const living = [11, 12, 13, 14, 15, 16].map((birthIndex) => member(birthIndex));
const stateOf = (population: readonly Member[]): ControllerState => ({ population, remembered: [] });

/** A tournament of two: the fitter, the first of equals. */
function winner(random: ReturnType<typeof stream>, members: readonly Member[]) {
  const [a, b] = [0, 1].map(() => members[random.below(members.length)]!);
  return { winner: b!.fitness > a!.fitness ? b! : a!, drawn: [a!.birthIndex, b!.birthIndex] };
}

describe('a child of the joint search', () => {
  const settings = still({ reassortment: 0.4 });

  it('has both chromosomes of the winner, or evenly one of them from a second winner', () => {
    const seen = { one: 0, architecture: 0, rule: 0, same: 0 };
    for (let b = 20; b < 420; b++) {
      const random = stream(`5/birth/${b}`);
      const first = winner(random, living);
      const second = random.uniform() < 0.4 ? winner(random, living) : null;
      const other = second === null || second.winner === first.winner ? null : second.winner;
      const [architecture, rule] = [first.winner, first.winner];
      const fromOther = other === null ? null : random.uniform() < 0.5 ? 'architecture' : 'rule';
      const givers = {
        architecture: fromOther === 'architecture' ? other! : architecture,
        rule: fromOther === 'rule' ? other! : rule,
      };
      seen[fromOther ?? (second === null ? 'one' : 'same')] += 1;
      const { birth } = breed(settings, b, stateOf(living));
      expect(birth).toMatchObject({
        parent: first.winner.birthIndex,
        otherParent: other?.birthIndex ?? null,
        architectureFrom: givers.architecture.birthIndex,
        ruleFrom: givers.rule.birthIndex,
        mutations: [],
      });
      expect(birth.contestants).toEqual([...first.drawn, ...(second?.drawn ?? [])]);
      expect(birth.genome.architecture).toBe(givers.architecture.genome.architecture);
      expect(birth.genome.rule).toBe(givers.rule.genome.rule);
    }
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
  });

  it('is a founder where nobody lives, however late', () => {
    expect(breed(settings, 500, initialState).birth).toMatchObject({
      ...{ parent: null, otherParent: null, architectureFrom: null, ruleFrom: null, contestants: [] },
    });
  });

  it('has as many mutations as it draws, the last of the range among them', () => {
    const busy = { ...settings, variation: { ...settings.variation, mutationsPerChild: [1, 3] as const } };
    for (let b = 20; b < 120; b++) {
      const random = stream(`5/birth/${b}`);
      const first = winner(random, living);
      if (random.uniform() < 0.4) continue;
      const count = 1 + random.below(3);
      const { birth } = breed(busy, b, stateOf(living));
      expect(birth.parent).toBe(first.winner.birthIndex);
      expect(birth.mutations).toHaveLength(count);
    }
  });

  it('descends from nobody in a chromosome that a swap replaced, whatever else was done to it', () => {
    const busy = { ...settings, variation: { ...settings.variation, mutationsPerChild: [4, 4] as const } };
    const seen = new Set<string>();
    for (let b = 20; b < 420; b++) {
      const { birth } = breed(busy, b, stateOf(living));
      for (const [chromosome, from] of [
        ['architecture', birth.architectureFrom],
        ['rule', birth.ruleFrom],
      ] as const) {
        const own = birth.mutations.filter(({ target }) => target === chromosome);
        const isSwapped = own.some(({ operator }) => operator === `swap-${chromosome}`);
        expect(from === null).toBe(isSwapped);
        seen.add(`${chromosome} ${isSwapped} ${own.length > 1}`);
      }
    }
    expect(seen.size).toBe(8);
  });
});

it('only evaluations with a behaviour are handed on to be recognised, all of them to be duplicates', () => {
  const settings = still({ reassortment: 0 });
  const known = (birthIndex: number, probe: string | null) => ({
    birthIndex,
    behaviour: probe === null ? null : { probe, opening: probe },
    trial: 0,
    ending: { status: 'completed', fitness: 1, search: { loss: 1, accuracy: null } } as const,
  });
  const { birth } = breed(settings, 30, stateOf(living));
  const remembered = [
    { genotype: 'other', known: known(1, 'a') },
    { genotype: birth.architectureHash + birth.ruleHash, known: known(2, null) },
    { genotype: 'another', known: known(3, 'b') },
  ];
  const { plan } = breed(settings, 30, { population: living, remembered });
  expect(plan.known).toEqual([known(1, 'a'), known(3, 'b')]);
  expect(plan.duplicateOf).toEqual(known(2, null));
});

describe('a resampled rule', () => {
  const settings = still(
    { condition: 'rule-resampled', panel: ['sgd', 'adam'] },
    { founders: { rules: ['lion'], mutations: [0, 0] } },
  );
  const withRule = (name: string) =>
    living.map((each) => ({ ...each, genome: { ...each.genome, rule: knownRule(name)! } }));

  it('is from nobody where it is another than that of the parent, and from the parent where it is the same', () => {
    const seen = new Set<string>();
    const ofSgd = settings.panel[0]!.rule;
    const parents = living.map((each) => ({ ...each, genome: { ...each.genome, rule: ofSgd } }));
    for (let b = 20; b < 80; b++) {
      const { birth } = breed(settings, b, stateOf(parents));
      const isSame = birth.ruleHash === ruleHash(ofSgd);
      expect(birth.ruleFrom).toBe(isSame ? birth.parent : null);
      expect(birth.mutations).toEqual(
        isSame
          ? []
          : [{ operator: 'resample-rule', target: 'rule', locus: 'u', before: 'sgd', after: 'adam' }],
      );
      seen.add(birth.ruleHash);
    }
    expect(seen.size).toBe(2);
  });

  it('is called by its last line where it has no name, cut at eighty characters', () => {
    const long = `u = ${Array.from({ length: 30 }, (_, i) => `${i + 2} * g`).join(' + ')}`;
    const document = { condition: 'rule-resampled', panel: ['sgd'] };
    const { panel } = settingsOf({ ...document, panel: [`m = lerp(m', g, 0.9)\nu = -0.5 * m`, long] });
    for (const [{ rule }, before] of [
      [panel[0]!, expect.stringMatching(/^u = -?0.5/)],
      [panel[1]!, expect.stringMatching(/^u = .{73}\.\.\.$/)],
    ] as const) {
      const parents = living.map((each) => ({ ...each, genome: { ...each.genome, rule } }));
      const { birth } = breed(still(document), 40, stateOf(parents));
      expect(birth.mutations).toEqual([
        { operator: 'resample-rule', target: 'rule', locus: 'u', before, after: 'sgd' },
      ]);
    }
  });

  it('is drawn for founders as well', () => {
    const panel = new Set(settings.panel.map(({ rule }) => ruleHash(rule)));
    expect(panel).not.toContain(ruleHash(withRule('lion')[0]!.genome.rule));
    for (let b = 0; b < 6; b++) expect(panel).toContain(breed(settings, b, initialState).birth.ruleHash);
  });
});

describe('two populations', () => {
  const settings = still({ condition: 'cooperative' });

  it('begin with a founder of a species that is not there', () => {
    const even = living.filter(({ birthIndex }) => birthIndex % 2 === 0);
    expect(breed(settings, 31, stateOf(even)).birth.parent).toBeNull();
    expect(breed(settings, 30, stateOf(even)).birth.parent).not.toBeNull();
  });

  it('train a child by itself while the other one is not there', () => {
    const even = living.filter(({ birthIndex }) => birthIndex % 2 === 0);
    const first = winner(stream('5/birth/30'), even);
    const { birth, plan } = breed(settings, 30, stateOf(even));
    expect(birth).toMatchObject({
      ...{ parent: first.winner.birthIndex, otherParent: null, contestants: first.drawn },
      ...{ architectureFrom: first.winner.birthIndex, ruleFrom: first.winner.birthIndex },
    });
    expect(birth.genome).toEqual(first.winner.genome);
    expect(plan.pairs).toEqual([{ partner: null, genome: birth.genome }]);
  });

  it('give a child the architecture of the even ones and the rule of the odd ones', () => {
    for (const b of [30, 31, 32, 33]) {
      const own = living.filter(({ birthIndex }) => birthIndex % 2 === b % 2);
      const others = living.filter(({ birthIndex }) => birthIndex % 2 !== b % 2);
      const first = winner(stream(`5/birth/${b}`), own);
      const best = others.reduce((most, each) => (each.fitness > most.fitness ? each : most));
      const { birth } = breed(settings, b, stateOf(living));
      const [architecture, rule] = b % 2 === 0 ? [first.winner, best] : [best, first.winner];
      expect([birth.architectureFrom, birth.ruleFrom]).toEqual([architecture.birthIndex, rule.birthIndex]);
      expect(birth.genome).toEqual({
        architecture: architecture.genome.architecture,
        rule: rule.genome.rule,
      });
      expect(birth.contestants).toEqual(first.drawn);
    }
  });
});
