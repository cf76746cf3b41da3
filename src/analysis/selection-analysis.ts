/** What `selection` finds in a run: the Price equation of each trait, gradients, communities, and the descent of a chromosome. */
import { speciesOf } from '../evolution/survival.ts';
import { censuses, runCensusTimes } from '../lineage/census.ts';
import { loadFitness, loadHistory, loadOperators } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { isParentless } from './breeding-chances.ts';
import { chromosomeDescent } from './chromosome-descent.ts';
import { partsOf } from './descent-shares.ts';
import { seenFitness, selectionIntervals } from './selection-events.ts';
import { gradientsOf, partitionedSelection, totalsOf, withinCensusTest } from './selection-measures.ts';
import type { SelectionParams } from './selection-params.ts';
import { evolutionOf } from './settings.ts';
import { chosenTraits } from './traits.ts';

/** @throws UserError where the run has no parents, or is too short to have two censuses. */
function evolutionToAnalyse(chosen: RunRow): EvolutionSettings {
  const evolution = evolutionOf(chosen);
  const refuse = (code: string, message: string, hint: string) => new UserError({ code, message, hint });
  if (evolution === null)
    throw refuse(
      'unknown-scheme',
      `this program does not know how run ${chosen.run} was bred`,
      'use a newer streetlight',
    );
  if (isParentless(evolution.scheme))
    throw refuse(
      'no-parents',
      `run ${chosen.run} is a ${evolution.scheme}: nobody has parents, so there is no selection to measure`,
      'choose a run of another scheme; `streetlight runs` lists them',
    );
  if (chosen.lastTold < evolution.population)
    throw refuse(
      'too-short',
      `run ${chosen.run} has ${chosen.lastTold + 1} births, and its first population is of ${evolution.population}: nothing was bred from it yet`,
      'resume it first',
    );
  return evolution;
}

/** What is found, before it is written as an answer. */
export type SelectionAnalysis = ReturnType<typeof selectionOf>;

/** A genome's traits are measured of its chromosomes: the names of those of each. */
export const namesByChromosome = ({ of, trait }: Pick<SelectionParams, 'of' | 'trait'>) =>
  partsOf(of).map((part) => ({
    chromosome: part,
    names: trait.flatMap((name) => {
      if (name.startsWith(`${part}.`)) return [name.slice(part.length + 1)];
      return of === 'genome' ? [] : [name];
    }),
  }));

/** @throws UserError where the run has no parents or is too short, and for traits that do not exist or are no numbers. */
export function selectionOf(
  lineage: Lineage,
  chosen: RunRow,
  { of, trait: named, every, null: nulls, quantile: share }: SelectionParams,
) {
  const evolution = evolutionToAnalyse(chosen);
  const { run, lastTold } = chosen;
  const history = loadHistory(lineage, run);
  const { fitness, mayBreed } = loadFitness(lineage, run, history.births);
  const times = runCensusTimes(lastTold, evolution.population, every);
  const counted = Array.from(censuses(history, times), ({ living }) => [...living]).flat();
  const { traits, carriers, leftOut } = chosenTraits(lineage, history, of, named, fitness, counted);
  const operators = new Map(
    [...new Set(Object.values(carriers))].map((carrier) => [
      carrier,
      loadOperators(lineage, run, history.births, carrier),
    ]),
  );
  const intervals = [
    ...selectionIntervals({
      ...{ history, evolution, of, mayBreed, traits, times },
      fitness: seenFitness(evolution, chosen.seed, fitness),
      operators: Object.fromEntries(
        Object.entries(carriers).map(([name, carrier]) => [name, operators.get(carrier)!]),
      ),
    }),
  ];
  const totals = Object.entries(traits).flatMap(([name, z]) => totalsOf(name, intervals, z) ?? []);
  const joint = named.length > 0 ? [traits] : Object.entries(traits).map(([name, z]) => ({ [name]: z }));
  const gradients = joint.map((each) => gradientsOf(intervals, each));
  return {
    ...{ evolution, times, intervals, totals, leftOut, individuals: new Set(counted).size },
    gradients,
    communities:
      evolution.condition === 'cooperative'
        ? Object.entries(traits).flatMap(([trait, z]) => {
            const parts = partitionedSelection(intervals, z, speciesOf);
            return parts === null ? [] : [{ trait, ...parts }];
          })
        : null,
    tests: named.map((trait) => ({
      trait,
      test: withinCensusTest(intervals, traits[trait]!, stream(streamNames.selection(run, trait))),
    })),
    descent:
      of === 'genome' ? null : chromosomeDescent(lineage, history, of, evolution, { nulls, quantile: share }),
  };
}
