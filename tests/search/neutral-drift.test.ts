/**
 * Neutral drift through the pipeline of a run. With random parents a newborn fixes with probability 2 / (P + 1) where each birth is told before the next is bred. With L
 * births in flight a child enters the population L births after its parent was drawn and so finds itself among those who were drawn meanwhile: its reproductive
 * value falls, and the probability with it, to 2 / (P - 1 + 2L).
 */
import { expect, it } from 'vitest';
import type { Birth } from '../../src/evolution/birth.ts';
import { tell } from '../../src/evolution/controller.ts';
import type { Population } from '../../src/evolution/population.ts';
import { select } from '../../src/evolution/selection.ts';
import { stream } from '../../src/random/stream.ts';
import { drive } from '../../src/search/drive.ts';
import { randomGenome } from '../support/arbitraries.ts';

const genome = randomGenome(0);
const outcome = {
  status: 'completed',
  fitness: 0,
  search: { loss: 1, accuracy: null },
  stepsDone: 0,
  costUnits: 0,
  parameters: 0,
  curve: new Float32Array(0),
} as const;

interface Drift {
  readonly parents: Int32Array;
  readonly population: Population;
}

/** A whole run of the real loop, selection and aging; genomes and fitness play no part. */
async function neutralRun(P: number, L: number, births: number, replicate: number): Promise<Drift> {
  const random = stream(`neutral/${P}/${L}/${replicate}`);
  const parents = new Int32Array(births).fill(-1);
  let population: Population = [];
  await drive({
    births,
    inFlight: L,
    told: 0,
    waiting: [],
    breeder: {
      breed(birthIndex) {
        if (birthIndex >= P)
          parents[birthIndex] = select('random-parents', population, 1, random)!.parent.birthIndex;
        return { birthIndex, genome } as Birth;
      },
      tell(birth, told) {
        const next = tell(population, birth, told, P);
        population = next.population;
        return next.deaths;
      },
    },
    evaluate: async () => ({ outcome, wallMs: 0 }),
    record() {},
    shouldStop: () => false,
  });
  return { parents, population };
}

/** The share of newborns from whom all living at the end descend, among those whose fate is decided: none after the last common ancestor. */
function fixedShare({ parents, population }: Drift, P: number): number {
  const lines = new Set(population.map((member) => member.birthIndex));
  let mrca = -1;
  for (let b = parents.length - 1; b >= 0 && mrca < 0; b--) {
    if (!lines.delete(b)) continue;
    if (lines.size === 0) mrca = b;
    else if (parents[b]! >= 0) lines.add(parents[b]!);
  }
  let fixed = 0;
  for (let b = mrca; b >= P; b = parents[b]!) fixed += 1;
  return fixed / (mrca - P + 1);
}

it.each([
  [10, 1],
  [20, 1],
  [10, 8],
  [20, 16],
])('a newborn among P = %i with L = %i in flight fixes with probability 2 / (P - 1 + 2L)', async (P, L) => {
  const shares: number[] = [];
  for (let replicate = 0; replicate < 20; replicate++)
    shares.push(fixedShare(await neutralRun(P, L, 6000, replicate), P));
  const mean = shares.reduce((a, b) => a + b) / shares.length;
  const deviation = Math.sqrt(shares.reduce((a, x) => a + (x - mean) ** 2, 0) / (shares.length - 1));
  const error = deviation / Math.sqrt(shares.length);
  expect(error).toBeLessThan(0.003);
  expect(Math.abs(mean - 2 / (P - 1 + 2 * L))).toBeLessThan(4 * error);
});
