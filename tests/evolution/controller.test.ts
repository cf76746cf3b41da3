import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth, Death } from '../../src/evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { type ControllerState, initialState, type Member } from '../../src/evolution/population.ts';
import { select } from '../../src/evolution/selection.ts';
import { stream } from '../../src/random/stream.ts';
import { drive } from '../../src/search/drive.ts';
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
  it('kills the oldest when there are too many, and a failed child at its own birth', () => {
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

describe('neutral drift', () => {
  /** Random parents through the real selection and the real aging; genomes play no part. */
  function ancestorsShare(P: number, births: number, replicate: number): { fixed: number; newborns: number } {
    const random = stream(`neutral/${P}/${replicate}`);
    const genome = randomGenome(0);
    const settings = settingsOf({ population: P, tournament: 1, births, inFlight: 1 });
    let state: ControllerState = initialState;
    const parents = new Int32Array(births).fill(-1);
    for (let b = 0; b < births; b++) {
      const selected = b < P ? null : select('random-parents', state.population, settings.evolution, random);
      parents[b] = selected?.parent.birthIndex ?? -1;
      state = tell(settings, state, { birthIndex: b, genome } as Birth, completed(0)).state;
    }
    // A newborn has fixed when all living at the end descend from it; births after the last common ancestor are not decided yet.
    const living = new Set(state.population.map((member: Member) => member.birthIndex));
    let fixed = 0;
    let mrca = -1;
    for (let b = births - 1; b >= 0; b--) {
      if (!living.delete(b)) continue;
      if (living.size === 0) {
        mrca = b;
        break;
      }
      if (parents[b]! >= 0) living.add(parents[b]!);
    }
    for (let b = mrca; b >= P; b = parents[b]!) fixed += 1;
    return { fixed, newborns: mrca - P + 1 };
  }

  it.each([10, 20])('fixes a newborn with probability 2 / (P + 1), P = %i', (P) => {
    const births = 6000;
    const shares = Array.from({ length: 20 }, (_, r) => {
      const { fixed, newborns } = ancestorsShare(P, births, r);
      return fixed / newborns;
    });
    const mean = shares.reduce((a, b) => a + b) / shares.length;
    const sd = Math.sqrt(shares.reduce((a, x) => a + (x - mean) ** 2, 0) / (shares.length - 1));
    expect(Math.abs(mean - 2 / (P + 1))).toBeLessThan((4 * sd) / Math.sqrt(shares.length));
    expect(sd / Math.sqrt(shares.length)).toBeLessThan(0.003);
  });
});
