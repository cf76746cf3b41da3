/** What `selection` asks of a run, and what comes of it; what is printed is another matter. */
import { isParentless } from '../../analysis/breeding-chances.ts';
import { coalescenceOf, effectiveSizeOf, takeoverOf } from '../../analysis/descent.ts';
import { partsOf } from '../../analysis/descent-shares.ts';
import { gradientsOf, partitionedSelection, totalsOf, withinCensusTest } from '../../analysis/selection.ts';
import { seenFitness, selectionIntervals } from '../../analysis/selection-events.ts';
import { evolutionOf } from '../../analysis/settings.ts';
import { chosenTraits } from '../../analysis/traits.ts';
import { speciesOf } from '../../evolution/survival.ts';
import type { Chromosome } from '../../genome/genome.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import { censuses, runCensusTimes } from '../../lineage/census.ts';
import { chosenUnits, requireBirths } from '../../lineage/chosen.ts';
import { type History, loadFitness, loadHistory, loadOperators } from '../../lineage/history.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import type { Heritable } from '../../lineage/taxa.ts';
import { UserError } from '../../notation/user-error.ts';
import { stream } from '../../random/stream.ts';
import { streamNames } from '../../random/stream-names.ts';
import type { CoalescenceSeries } from '../../statistics/coalescence.ts';
import { settledAges, sweeps } from '../../statistics/fixation.ts';
import { quantile } from '../../statistics/quantile.ts';

/** What `selection` was asked. */
export interface SelectionOptions {
  readonly of: Heritable;
  readonly trait: readonly string[];
  readonly every?: number;
  /** Runs without selection, against which sweeps are called. */
  readonly null?: readonly number[];
  readonly quantile: number;
}

/** @throws UserError where the run has no parents, or is too short to have two censuses. */
function evolutionToAnalyse(chosen: RunRow) {
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

/** What `selection` found, before it is put into words. */
export type Analysis = ReturnType<typeof analysed>;

/** A genome's traits are measured of its chromosomes: the names of those of each. */
export const namesByChromosome = ({ of, trait }: Pick<SelectionOptions, 'of' | 'trait'>) =>
  partsOf(of).map((part) => ({
    chromosome: part,
    names: trait.flatMap((name) => {
      if (name.startsWith(`${part}.`)) return [name.slice(part.length + 1)];
      return of === 'genome' ? [] : [name];
    }),
  }));

export function analysed(
  lineage: Lineage,
  chosen: RunRow,
  { of, trait: named, every, null: nulls, quantile: share }: SelectionOptions,
) {
  if (of === 'genome' && nulls !== undefined)
    throw new UserError({
      code: 'sweeps-of-genomes',
      message: 'a sweep is of one chromosome: a genome has no one line of descent',
      hint: 'leave out --null, or say --of rule or --of architecture',
    });
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
    descent: of === 'genome' ? null : descentOf(lineage, history, of, evolution, { nulls, quantile: share }),
  };
}

/** How one chromosome descended; a genome has many lines of descent, and no one last common ancestor. */
function descentOf(
  lineage: Lineage,
  history: History,
  of: Chromosome,
  evolution: ReturnType<typeof evolutionToAnalyse>,
  { nulls, quantile: share }: { readonly nulls: readonly number[] | undefined; readonly quantile: number },
) {
  const series = {
    architecture: coalescenceOf(history, 'architecture', evolution),
    rule: coalescenceOf(history, 'rule', evolution),
    pedigree: coalescenceOf(history, 'pedigree', evolution),
  } as const satisfies Record<Tree, CoalescenceSeries>;
  return {
    size: effectiveSizeOf(history, of, evolution),
    takeover: takeoverOf(history, of, series[of], evolution),
    series,
    sweeps: nulls === undefined ? null : sweepsAgainst(lineage, nulls, share, series),
  };
}

export const trees = ['architecture', 'rule', 'pedigree'] as const satisfies readonly Tree[];

export function agesOf(series: CoalescenceSeries) {
  const settled = settledAges(series);
  return {
    events: series.changes.length,
    births: settled.length,
    lower: quantile(settled, 0.05),
    median: quantile(settled, 0.5),
    upper: quantile(settled, 0.95),
  };
}

/** In each tree; the threshold is null where the living of those runs never had one common ancestor. */
function sweepsAgainst(
  lineage: Lineage,
  nulls: readonly number[],
  share: number,
  series: Readonly<Record<Tree, CoalescenceSeries>>,
) {
  const rows = chosenUnits(lineage, nulls);
  requireBirths(...rows);
  const histories = rows.map((row) => ({
    history: loadHistory(lineage, row.run),
    evolution: evolutionOf(row) ?? { population: 1 },
  }));
  return {
    runs: nulls,
    schemes: rows.map((row) => evolutionOf(row)?.scheme ?? 'unknown'),
    quantile: share,
    trees: trees.map((tree) => {
      const ages = joined(
        histories.map(({ history, evolution }) => settledAges(coalescenceOf(history, tree, evolution))),
      );
      const threshold = quantile(ages, share);
      const found = threshold === null ? null : sweeps(series[tree], threshold);
      return { tree, births: ages.length, threshold, sweeps: found };
    }),
  };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
