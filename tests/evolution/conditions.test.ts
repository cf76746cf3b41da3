/** Conditions by what they allow and what they require. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ToldBirth } from '../../src/evolution/birth.ts';
import { type Bred, breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { type ControllerState, initialState } from '../../src/evolution/population.ts';
import { speciesOf } from '../../src/evolution/survival.ts';
import { ruleHash } from '../../src/genome/identity.ts';
import { knownRule } from '../../src/genome/known.ts';
import { completed, failed, settingsOf } from './support.ts';

interface Step {
  readonly bred: Bred;
  /** The state that it was bred from. */
  readonly state: ControllerState;
}

/** A run with births told at once; fitness is a function of both chromosomes, and few fail. */
function run(settings: ControllerSettings): { readonly steps: Step[]; readonly told: ToldBirth[] } {
  let state = initialState;
  const steps: Step[] = [];
  const told: ToldBirth[] = [];
  for (let b = 0; b < settings.evolution.births; b++) {
    const bred = breed(settings, b, state);
    steps.push({ bred, state });
    const { birth } = bred;
    const draw =
      Number.parseInt(birth.architectureHash.slice(0, 6) + birth.ruleHash.slice(0, 6), 16) / 16 ** 12;
    const outcome = draw < 0.05 ? failed : completed(draw);
    const next = tell(settings, state, birth, outcome);
    state = next.state;
    told.push({ birth, outcome, deaths: next.deaths });
  }
  return { steps, told };
}

const fittest = ({ population }: ControllerState) =>
  population.reduce((best, each) => (each.fitness > best.fitness ? each : best));

describe('rule-resampled', () => {
  const panel = ['sgd', 'adam', 'lion', 'u = -0.5 * g'];
  const settings = settingsOf(
    { condition: 'rule-resampled', panel, population: 10, tournament: 3, births: 2000, inFlight: 1 },
    {},
    'panel',
  );
  const hashes = settings.panel.map(({ rule }) => ruleHash(rule));
  let steps: readonly Step[];
  beforeAll(() => {
    steps = run(settings).steps;
  });

  it('draws rules uniformly from the panel, founders included, whatever the parent had', () => {
    const pairs = new Map<string, number>();
    const byIndex = steps.map(({ bred }) => hashes.indexOf(bred.birth.ruleHash));
    expect(byIndex).not.toContain(-1);
    for (const { bred } of steps.filter(({ bred: { birth } }) => birth.parent !== null)) {
      const key = `${byIndex[bred.birth.parent!]} ${byIndex[bred.birth.birthIndex]}`;
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
    for (let from = 0; from < 4; from++) {
      const counts = [0, 1, 2, 3].map((to) => pairs.get(`${from} ${to}`) ?? 0);
      const expected = counts.reduce((a, b) => a + b) / 4;
      expect(counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(16.27);
    }
  });

  it('says in the mutation log which rule took the place of which', () => {
    for (const { bred, state } of steps) {
      const { birth } = bred;
      const resampled = birth.mutations.filter(({ operator }) => operator === 'resample-rule');
      expect(birth.mutations.filter(({ target }) => target === 'rule')).toEqual(resampled);
      expect(birth.otherParent).toBe(null);
      const parent = state.population.find(({ birthIndex }) => birthIndex === birth.parent);
      if (parent === undefined) continue;
      const changed = ruleHash(parent.genome.rule) !== birth.ruleHash;
      expect(resampled).toHaveLength(changed ? 1 : 0);
      if (changed) {
        expect(panel[hashes.indexOf(birth.ruleHash)]).toBe(resampled[0]!.after);
        expect(panel[hashes.indexOf(ruleHash(parent.genome.rule))]).toBe(resampled[0]!.before);
      }
    }
  });
});

describe('alternating', () => {
  const [P, period] = [8, 2];
  const settings = settingsOf(
    { condition: 'alternating', period, population: P, tournament: 3, births: 8 * P, inFlight: 1 },
    {
      founders: { rules: ['adam'], mutations: [0, 3] },
      // What a swap brings in has no donor.
      variation: { rates: { 'swap-rule': 0, 'swap-architecture': 0 } },
    },
  );
  let steps: readonly Step[];
  beforeAll(() => {
    steps = run(settings).steps;
  });

  it('starts with the rule of the document, and evolves the architecture for as many generations, then the rule', () => {
    for (const { bred } of steps.slice(0, P)) expect(bred.birth.ruleHash).toBe(ruleHash(knownRule('adam')!));
    const evolving = steps
      .slice(P)
      .map(({ bred }) => [...new Set(bred.birth.mutations.map((m) => m.target))]);
    evolving.forEach((targets, i) => {
      const due = Math.floor(i / P / period) % 2 === 0 ? 'architecture' : 'rule';
      for (const target of targets) expect(target).toBe(due);
    });
    expect(new Set(evolving.flat())).toEqual(new Set(['architecture', 'rule']));
  });

  it('takes the other chromosome from the fittest of the living, as it is', () => {
    steps.slice(P).forEach(({ bred: { birth }, state }, i) => {
      const best = fittest(state);
      if (Math.floor(i / P / period) % 2 === 0) {
        expect(birth.genome.rule).toBe(best.genome.rule);
        expect([birth.architectureFrom, birth.ruleFrom]).toEqual([birth.parent, best.birthIndex]);
      } else {
        expect(birth.genome.architecture).toBe(best.genome.architecture);
        expect([birth.architectureFrom, birth.ruleFrom]).toEqual([best.birthIndex, birth.parent]);
      }
    });
  });
});

it.each(['alternating', 'cooperative'])(
  '%s takes no chromosome from an elite that was not confirmed',
  (condition) => {
    const settings = settingsOf({ condition, population: 8, tournament: 3, births: 40, inFlight: 1 });
    const { steps } = run(settings);
    const last = steps.at(-1)!.state;
    // All but the least fit of each kind are barred.
    const least = [0, 1].map((species) =>
      last.population
        .filter(({ birthIndex }) => speciesOf(birthIndex) === species)
        .reduce((worst, each) => (each.fitness < worst.fitness ? each : worst)),
    );
    const population = last.population.map((each) => ({ ...each, mayBreed: least.includes(each) }));
    for (let b = 40; b < 80; b++) {
      const { birth, plan } = breed(settings, b, { ...last, population });
      const allowed = least.map(({ birthIndex }) => birthIndex);
      for (const donor of [birth.parent, birth.otherParent, birth.architectureFrom, birth.ruleFrom])
        if (donor !== null) expect(allowed).toContain(donor);
      for (const { partner } of plan.pairs) if (partner !== null) expect(allowed).toContain(partner);
    }
  },
);

describe('cooperative', () => {
  const P = 9;
  const settings = settingsOf({
    condition: 'cooperative',
    population: P,
    tournament: 3,
    births: 800,
    inFlight: 1,
  });
  let steps: readonly Step[];
  beforeAll(() => {
    steps = run(settings).steps;
  });

  it('keeps two populations of half the size, each aging by itself', () => {
    for (const { state } of steps.slice(100)) {
      const sizes = [0, 1].map(
        (species) => state.population.filter(({ birthIndex }) => speciesOf(birthIndex) === species).length,
      );
      expect(sizes).toEqual([5, 4]);
    }
  });

  it('trains each child with the best of the other population and two random ones', () => {
    const drawn = new Set<string>();
    for (const { bred, state } of steps.slice(100)) {
      const { birth, plan } = bred;
      const own = speciesOf(birth.birthIndex);
      const others = state.population.filter(({ birthIndex }) => speciesOf(birthIndex) !== own);
      const best = fittest({ ...state, population: others });
      expect(speciesOf(birth.parent!)).toBe(own);
      expect(birth.otherParent).toBe(best.birthIndex);
      expect(plan.pairs.map(({ partner }) => partner)[0]).toBe(best.birthIndex);
      expect(plan.pairs).toHaveLength(3);
      const [mine, theirs] =
        own === 0 ? (['architecture', 'rule'] as const) : (['rule', 'architecture'] as const);
      for (const { partner, genome } of plan.pairs) {
        expect(genome[mine]).toBe(birth.genome[mine]);
        expect(genome[theirs]).toBe(others.find(({ birthIndex }) => birthIndex === partner)!.genome[theirs]);
      }
      expect(plan.pairs[0]!.genome).toEqual(birth.genome);
      for (const { target } of birth.mutations) expect(target).toBe(mine);
      const ranks = plan.pairs
        .slice(1)
        .map(({ partner }) => others.findIndex((o) => o.birthIndex === partner));
      drawn.add(`${own} ${ranks.join(' ')}`);
    }
    // Every pair of places among the four rules and among the five architectures comes up.
    expect(drawn.size).toBe(4 * 4 + 5 * 5);
  });
});

describe('bars', () => {
  it('are quantiles of what the living had, and absent while too few were measured', () => {
    const settings = settingsOf(
      { population: 6, tournament: 2, births: 40, inFlight: 1, gate: { quantile: 0.5, atLeast: 4 } },
      { evaluation: { hurdles: { rungs: [10, 20], quantile: 0.25, atLeast: 3 } } },
    );
    let state = initialState;
    const at = [5, 1, 3, null, 2];
    at.forEach((fitness, b) => {
      const { birth, plan } = breed(settings, b, state);
      expect(plan.bars[0]![0]).toBe([null, null, null, 2, 2][b]!);
      expect(plan.bars[0]![1]).toBe(null);
      const rungs = fitness === null ? [] : [{ training: 0, step: 10, fitness, bar: plan.bars[0]![0]! }];
      const details = { trainings: [], rungs, reevaluation: null, behaviour: null, reuse: null };
      expect(plan.eliteBar).toBe([null, null, null, null, 1.5][b]!);
      state = tell(settings, state, birth, { ...completed(b), details }).state;
    });
    // Quartile of 5, 1, 3, 2, type 7.
    expect(breed(settings, 5, state).plan.bars[0]![0]).toBe(1.75);
  });
});
