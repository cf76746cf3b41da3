/** The controller against a second, naive statement of what it promises: who is a duplicate, who may breed, which streams it draws from. */
import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth } from '../../src/evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialState, memberOf } from '../../src/evolution/population.ts';
import { architectureText, ruleText } from '../../src/genome/identity.ts';
import { stream } from '../../src/random/stream.ts';
import { completed, settingsOf } from '../evolution/support.ts';

interface Seen {
  readonly birth: Birth;
  readonly duplicateOf: number | null;
}

/** Breeds and tells a whole run, one birth at a time. */
function run(settings: ControllerSettings, outcomeOf: (birth: Birth) => EvaluationOutcome): Seen[] {
  const seen: Seen[] = [];
  let state = initialState;
  for (let b = 0; b < settings.evolution.births; b++) {
    const { birth, plan } = breed(settings, b, state);
    seen.push({ birth, duplicateOf: plan.duplicateOf?.birthIndex ?? null });
    state = tell(settings, state, birth, outcomeOf(birth)).state;
  }
  return seen;
}

describe('a duplicate', () => {
  const remembered = 12;
  const settings = settingsOf(
    { population: 10, tournament: 2, births: 300, inFlight: 1, reassortment: 0.6 },
    {
      evaluation: { cache: { remember: remembered, probeSteps: 0 } },
      founders: { architectures: ['linear', 'mlp'], rules: ['sgd', 'adam'], mutations: [0, 0] },
      // Few genomes, so that each chromosome comes back with and without the other.
      variation: {
        rates: { 'alter-init': 0.2, 'alter-initial': 0.2, 'swap-rule': 1, 'swap-architecture': 1 },
      },
    },
  );
  const seen = run(settings, ({ birthIndex }) => completed(1 + ((birthIndex * 7) % 11)));
  const texts = ({ genome }: Birth) =>
    [architectureText(genome.architecture), ruleText(genome.rule)] as const;

  it('is a birth both of whose chromosomes an earlier remembered birth has, as text', () => {
    for (const { birth, duplicateOf } of seen) {
      const [architecture, rule] = texts(birth);
      const earlier = seen
        .slice(Math.max(0, birth.birthIndex - remembered), birth.birthIndex)
        .filter((each) => {
          const [a, r] = texts(each.birth);
          return a === architecture && r === rule;
        });
      expect(duplicateOf).toBe(earlier[0]?.birth.birthIndex ?? null);
    }
  });

  it('is put to the test: births share one chromosome with a remembered one and not the other', () => {
    const sharing = (chromosome: 0 | 1) =>
      seen.filter(({ birth, duplicateOf }) => {
        const before = seen.slice(Math.max(0, birth.birthIndex - remembered), birth.birthIndex);
        return (
          duplicateOf === null &&
          before.some((each) => texts(each.birth)[chromosome] === texts(birth)[chromosome])
        );
      }).length;
    expect(sharing(0)).toBeGreaterThan(5);
    expect(sharing(1)).toBeGreaterThan(5);
    expect(seen.filter(({ duplicateOf }) => duplicateOf !== null).length).toBeGreaterThan(5);
  });
});

it('an elite that was not confirmed is in no tournament while others live', () => {
  const settings = settingsOf({ population: 10, tournament: 3, births: 200, inFlight: 1, reassortment: 0 });
  const isRefused = (birthIndex: number) => birthIndex % 3 === 0;
  const seen = run(settings, ({ birthIndex }) => ({
    // Those that are refused are the fittest: they would win whatever tournament they are in.
    ...completed(isRefused(birthIndex) ? 100 + birthIndex : 1 / (1 + birthIndex)),
    details: {
      trainings: [],
      rungs: [],
      reevaluation: { bar: 0, fitness: 0, confirmed: !isRefused(birthIndex) },
      behaviour: null,
      reuse: null,
    },
  }));
  const drawn = seen.flatMap(({ birth }) => birth.contestants);
  expect(drawn.length).toBe(190 * 3);
  expect(drawn.filter(isRefused)).toEqual([]);
});

describe('streams of the controller', () => {
  const seed = 'a seed';
  it('a label is drawn from a stream of its own, and not from the one that its birth was bred with', () => {
    const settings = settingsOf({ scheme: 'shuffled-labels', births: 64, population: 64 }, {}, seed);
    const { genome } = breed(settings, 0, initialState).birth;
    for (const birthIndex of [0, 1, 63]) {
      const { fitness } = memberOf(settings, { birthIndex, genome }, completed(5));
      expect(fitness).toBe(stream(`a seed/label/${birthIndex}`).uniform());
      expect(fitness).not.toBe(stream(`a seed/birth/${birthIndex}`).uniform());
    }
  });

  it('a birth under random parents draws its parent first, from the stream of its index', () => {
    const settings = settingsOf(
      { scheme: 'random-parents', births: 64, population: 16, reassortment: 0 },
      {},
      seed,
    );
    let state = initialState;
    for (let b = 0; b < 16; b++) {
      const { birth } = breed(settings, b, state);
      state = tell(settings, state, birth, completed(b)).state;
    }
    for (let b = 16; b < 64; b++)
      expect(breed(settings, b, state).birth.parent).toBe(stream(`a seed/birth/${b}`).below(16));
  });
});
