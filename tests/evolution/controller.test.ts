import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth, Death } from '../../src/evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { initialState, memberOf } from '../../src/evolution/population.ts';
import { select } from '../../src/evolution/selection.ts';
import { knownRule } from '../../src/genome/known.ts';
import { stream } from '../../src/random/stream.ts';
import { drive } from '../../src/search/drive.ts';
import { operatorNames } from '../../src/search-space/operator-names.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { completed, failed, settingsOf } from './support.ts';

/** A fitness that depends on the genome alone; one in eight fails. */
function nullOutcome({ architectureHash, ruleHash }: Birth): EvaluationOutcome {
  const draw =
    Number.parseInt((architectureHash.slice(0, 6) + ruleHash.slice(0, 6)).slice(3, 9), 16) / 0xffffff;
  const spent = { stepsDone: 1, costUnits: 3, parameters: 1, curve: new Float32Array(0) };
  return draw < 0.125
    ? { status: 'failed', reason: 'diverged', ...spent }
    : { status: 'completed', fitness: draw, search: { loss: 1 - draw, accuracy: null }, ...spent };
}

/** A whole run whose replies come in an order of the caller's choosing. */
async function runWith(settings: ControllerSettings, delay: (b: number) => number): Promise<string> {
  let state = initialState;
  let hash = initialEventHash;
  await drive({
    births: settings.evolution.births,
    inFlight: settings.evolution.inFlight,
    told: 0,
    waiting: [],
    breeder: {
      breed: (b) => breed(settings, b, state),
      tell(birth, outcome): readonly Death[] {
        const told = tell(settings, state, birth, outcome);
        state = told.state;
        return told.deaths;
      },
    },
    async evaluate({ birth }) {
      for (let turn = 0; turn < delay(birth.birthIndex); turn++) await Promise.resolve();
      return { outcome: nullOutcome(birth), wallMs: 0 };
    },
    record(event) {
      hash = nextEventHash(hash, event);
    },
    shouldStop: () => false,
  });
  return hash;
}

describe('pipeline', () => {
  it('gives one lineage whatever the order in which evaluations end', async () => {
    const settings = settingsOf({
      population: 12,
      tournament: 3,
      births: 60,
      inFlight: 8,
      reassortment: 0.3,
    });
    const expected = await runWith(settings, () => 0);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { minLength: 60, maxLength: 60 }), async (delays) => {
        expect(await runWith(settings, (b) => delays[b]!)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('depends on inFlight, which is part of the document', async () => {
    const hashes = await Promise.all(
      [1, 4, 8].map((inFlight) =>
        runWith(settingsOf({ population: 12, tournament: 3, births: 60, inFlight }), () => 0),
      ),
    );
    expect(new Set(hashes).size).toBe(3);
  });
});

describe('selection', () => {
  it('wins tournaments with the probabilities of the scheme', () => {
    const [P, S, draws] = [10, 4, 20_000];
    const population = Array.from({ length: P }, (_, i) => ({
      birthIndex: i,
      genome: randomGenome(0),
      fitness: i,
      parameters: 1,
      rungs: [],
      mayBreed: true,
    }));
    const random = stream('tournament');
    const wins = new Array<number>(P).fill(0);
    for (let i = 0; i < draws; i++)
      wins[select('aging', population, { tournament: S, truncation: 1 }, random)!.parent.birthIndex]! += 1;
    const chiSquare = wins.reduce((sum, count, i) => {
      const rank = P - i;
      const p = ((P - rank + 1) ** S - (P - rank) ** S) / P ** S;
      return sum + (count - p * draws) ** 2 / (p * draws);
    }, 0);
    expect(chiSquare).toBeLessThan(27.88); // 0.999 quantile, 9 degrees of freedom
  });

  it('does not select under shuffled fitness', () => {
    const population = Array.from({ length: 8 }, (_, i) => ({
      birthIndex: i,
      genome: randomGenome(0),
      fitness: i,
      parameters: 1,
      rungs: [],
      mayBreed: true,
    }));
    const random = stream('shuffled');
    const wins = new Array<number>(8).fill(0);
    for (let i = 0; i < 16_000; i++)
      wins[
        select('shuffled-fitness', population, { tournament: 4, truncation: 1 }, random)!.parent.birthIndex
      ]! += 1;
    expect(wins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(24.32);
  });
});

describe('aging', () => {
  it('kills the oldest when there are too many, and a failed child at the tick after its birth', () => {
    const settings = settingsOf({ population: 3, tournament: 1, births: 10, inFlight: 1 });
    let state = initialState;
    const birth = (birthIndex: number) => ({ birthIndex, genome: randomGenome(1) }) as Birth;
    const live = (b: number) => {
      const told = tell(settings, state, birth(b), completed(b));
      state = told.state;
      return told.deaths;
    };
    expect([0, 1, 2].flatMap(live)).toEqual([]);
    expect(live(3)).toEqual([{ birthIndex: 0, cause: 'aged', at: 3 }]);
    const told = tell(settings, state, birth(4), failed);
    expect(told.deaths).toEqual([{ birthIndex: 4, cause: 'failed', at: 5 }]);
    expect(told.state.population.map((member) => member.birthIndex)).toEqual([1, 2, 3]);
  });
});

describe('donors', () => {
  const base = settingsOf({ population: 12, tournament: 3, births: 60, inFlight: 4, reassortment: 0.5 });
  const settings = (operators: readonly string[]): ControllerSettings => ({
    ...base,
    founderMutations: [2, 4],
    variation: {
      ...base.variation,
      rules: ['adam', 'lion', 'lars'].map((name) => knownRule(name)!),
      mutationsPerChild: [1, 1],
      rates: Object.fromEntries(operatorNames.map((name) => [name, operators.includes(name) ? 1 : 0])),
    },
  });

  it('are parents, and nobody where a swap replaced the chromosome', () => {
    const altering = settings(['alter-constant']);
    const population = Array.from({ length: 12 }, (_, b) =>
      memberOf(altering, breed(altering, b, initialState).birth, completed(b)),
    );
    const state = { ...initialState, population };
    for (let b = 12; b < 60; b++) {
      const swapped = breed(settings(['swap-rule']), b, state).birth;
      expect(swapped.mutations.map(({ operator }) => operator)).toEqual(['swap-rule']);
      expect(swapped.ruleFrom).toBeNull();
      expect([swapped.parent, swapped.otherParent]).toContain(swapped.architectureFrom);
      const altered = breed(altering, b, state).birth;
      expect([altered.parent, altered.otherParent]).toContain(altered.ruleFrom);
    }
  });
});
