/** Rebuilds a run's controller from its database: the population as it stands, and the children that were bred and not told. */
import type { Birth } from '../evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import type { Population } from '../evolution/population.ts';
import { individualReader } from '../lineage/ancestry.ts';
import { architectureFromText, ruleFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { populationAt, type RunRow } from '../lineage/runs.ts';
import { toldBirths } from '../lineage/told-births.ts';

export interface Restored {
  readonly told: number;
  readonly population: Population;
  readonly waiting: readonly Birth[];
  readonly eventHash: string;
}

/**
 * Birth b was bred right after birth b - inFlight was told, so the last inFlight told births are told once more to the population before them, and after each the child
 * that was bred then is bred again: the same one, since breeding is a function of seed, birth and population.
 */
export function restore(lineage: Lineage, run: RunRow, settings: ControllerSettings): Restored {
  const { inFlight, births, population: size } = settings.evolution;
  const told = run.lastTold + 1;
  const before = Math.max(-1, told - inFlight - 1);
  let population = loadPopulation(lineage, run.run, before);
  const waiting: Birth[] = [];
  for (let b = told; b < Math.min(inFlight, births); b++) waiting.push(breed(settings, b, []));
  for (const event of toldBirths(lineage, run.run, before)) {
    population = tell(population, event.birth, event.outcome, size).population;
    const next = event.birth.birthIndex + inFlight;
    if (next >= told && next < births) waiting.push(breed(settings, next, population));
  }
  return { told, population, waiting, eventHash: told === 0 ? initialEventHash : run.eventHash };
}

function loadPopulation(lineage: Lineage, run: number, told: number): Population {
  if (told < 0) return [];
  const individual = individualReader(lineage);
  return populationAt(lineage, run, told).flatMap(({ birthIndex, fitness }) => {
    if (fitness === null) return [];
    const row = individual(individualId(run, birthIndex))!;
    return [
      {
        birthIndex,
        fitness,
        genome: { architecture: architectureFromText(row.architecture), rule: ruleFromText(row.rule) },
      },
    ];
  });
}

/** The event hash of the whole run, derived again from its rows. */
export function deriveEventHash(lineage: Lineage, run: number): string {
  let hash = initialEventHash;
  for (const event of toldBirths(lineage, run)) hash = nextEventHash(hash, event);
  return hash;
}
