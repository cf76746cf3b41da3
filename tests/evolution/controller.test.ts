import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth, Death } from '../../src/evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import type { Population } from '../../src/evolution/population.ts';
import { select } from '../../src/evolution/selection.ts';
import { knownRule } from '../../src/genome/known.ts';
import { stream } from '../../src/random/stream.ts';
import { drive } from '../../src/search/drive.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { variationSettings } from '../../src/variation/settings.ts';
import { operatorNames } from '../../src/variation/table.ts';
import { randomGenome } from '../support/arbitraries.ts';

function settingsOf(evolution: Record<string, unknown>): ControllerSettings {
  const document = parseDocument(JSON.stringify({ name: 't', task: { name: 'mnist1d' }, evolution }), 'test');
  if (!document.ok) throw new Error(JSON.stringify(document.issues));
  return {
    seed: '5',
    evolution: document.value.evolution,
    founderMutations: [0, 3],
    variation: variationSettings(document.value, [1, 40, 1]),
  };
}

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
  let population: Population = [];
  let hash = initialEventHash;
  await drive({
    births: settings.evolution.births,
    inFlight: settings.evolution.inFlight,
    told: 0,
    waiting: [],
    breeder: {
      breed: (b) => breed(settings, b, population),
      tell(birth, outcome): readonly Death[] {
        const told = tell(population, birth, outcome, settings.evolution.population);
        population = told.population;
        return told.deaths;
      },
    },
    async evaluate(birth) {
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
    }));
    const random = stream('tournament');
    const wins = new Array<number>(P).fill(0);
    for (let i = 0; i < draws; i++) wins[select('aging', population, S, random)!.parent.birthIndex]! += 1;
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
    }));
    const random = stream('shuffled');
    const wins = new Array<number>(8).fill(0);
    for (let i = 0; i < 16_000; i++)
      wins[select('shuffled-fitness', population, 4, random)!.parent.birthIndex]! += 1;
    expect(wins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(24.32);
  });
});

describe('aging', () => {
  it('kills the oldest when there are too many, and a failed child at the tick after its birth', () => {
    let population: Population = [];
    const spent = { stepsDone: 1, costUnits: 3, parameters: 1, curve: new Float32Array(0) };
    const birth = (birthIndex: number) => ({ birthIndex, genome: randomGenome(1) }) as Birth;
    const live = (b: number) => {
      const told = tell(
        population,
        birth(b),
        { status: 'completed', fitness: b, search: { loss: 1, accuracy: null }, ...spent },
        3,
      );
      population = told.population;
      return told.deaths;
    };
    expect([0, 1, 2].flatMap(live)).toEqual([]);
    expect(live(3)).toEqual([{ birthIndex: 0, cause: 'aged', at: 3 }]);
    const failed = tell(population, birth(4), { status: 'failed', reason: 'diverged', ...spent }, 3);
    expect(failed.deaths).toEqual([{ birthIndex: 4, cause: 'failed', at: 5 }]);
    expect(failed.population.map((member) => member.birthIndex)).toEqual([1, 2, 3]);
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
    const living = Array.from({ length: 12 }, (_, b) => ({
      ...breed(settings(['alter-constant']), b, []),
      fitness: b,
    }));
    for (let b = 12; b < 60; b++) {
      const swapped = breed(settings(['swap-rule']), b, living);
      expect(swapped.mutations.map(({ operator }) => operator)).toEqual(['swap-rule']);
      expect(swapped.ruleFrom).toBeNull();
      expect([swapped.parent, swapped.otherParent]).toContain(swapped.architectureFrom);
      const altered = breed(settings(['alter-constant']), b, living);
      expect([altered.parent, altered.otherParent]).toContain(altered.ruleFrom);
    }
  });
});
