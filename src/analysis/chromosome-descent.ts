/** How one chromosome of a run descended: effective size, whose lines took over, its common ancestors, and sweeps against runs without selection. */
import type { Chromosome } from '../genome/genome.ts';
import type { Tree } from '../lineage/ancestry.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import { type History, loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import type { CoalescenceSeries } from '../statistics/coalescence.ts';
import { settledAges, sweeps } from '../statistics/fixation.ts';
import { quantile } from '../statistics/quantile.ts';
import { trees } from './answer-parts.ts';
import { coalescenceOf, effectiveSizeOf, takeoverOf } from './descent.ts';
import { evolutionOf } from './settings.ts';

/** How one chromosome descended; a genome has many lines of descent, and no one last common ancestor. */
export function chromosomeDescent(
  lineage: Lineage,
  history: History,
  of: Chromosome,
  evolution: EvolutionSettings,
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

/** How old the last common ancestor was, over all births once there has been one: how many, and quantiles. */
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

/** Mean age of a parent that is drawn evenly, where the oldest dies; null where it does not. */
export const neutralGeneration = ({
  scheme,
  population,
  inFlight,
}: Pick<EvolutionSettings, 'scheme' | 'population' | 'inFlight'>) =>
  scheme === 'map-elites' ? null : (population - 1 + 2 * inFlight) / 2;
