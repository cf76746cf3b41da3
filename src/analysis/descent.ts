/** How a chromosome descended: effective size, the last common ancestor of the living over time, whose lines were fixed and how quickly. */
import type { Chromosome } from '../genome/genome.ts';
import type { Tree } from '../lineage/ancestry.ts';
import type { History } from '../lineage/history.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { type CoalescenceSeries, coalescenceSeries, settledFrom } from '../statistics/coalescence.ts';
import { type Fixation, fixations } from '../statistics/fixation.ts';
import { mean, variance } from '../statistics/moments.ts';
import { quantile } from '../statistics/quantile.ts';

/**
 * The last common ancestor of the living at every birth, in one tree. Children that never joined are never alive. Coalescence events are those since the founders were
 * told: before that a founder who is alone would be the ancestor of all.
 */
export function coalescenceOf(
  { parent, donor, gone }: History,
  tree: Tree,
  { population }: Pick<EvolutionSettings, 'population'>,
): CoalescenceSeries {
  return settledFrom(coalescenceSeries(tree === 'pedigree' ? parent : donor[tree], gone), population - 1);
}

/** The size of an ideal population that would drift as this one does (Hill 1979). */
export interface EffectiveSize {
  /** Individuals whose life is over and all of whose children are told, founders left out. */
  readonly lives: number;
  /** Children that joined, by this chromosome: mean and variance (1 / N) per life. */
  readonly meanOffspring: number;
  readonly varianceOffspring: number;
  /** Mean age of donors, in births. */
  readonly generation: number;
  /** Generations: joined births per birth times generation over variance (Hill 1979); null where the number of offspring does not vary. */
  readonly effectiveSize: number | null;
}

/** Null where no life is over or none had a child. */
export function effectiveSizeOf(
  { donor, gone, births }: History,
  chromosome: Chromosome,
  { population, inFlight }: Pick<EvolutionSettings, 'population' | 'inFlight'>,
): EffectiveSize | null {
  const from = donor[chromosome];
  const offspring = new Int32Array(births);
  let [joined, ages, links] = [0, 0, 0];
  for (let b = population; b < births; b++) {
    if (gone[b] === b) continue;
    joined += 1;
    if (from[b]! < 0) continue;
    offspring[from[b]!]! += 1;
    ages += b - from[b]!;
    links += 1;
  }
  // The last child of a life may be told `inFlight` births after its end.
  const over = offspring.filter((_, i) => i >= population && gone[i]! > i && gone[i]! + inFlight < births);
  if (over.length < 2 || links === 0) return null;
  const varianceOffspring = (variance(over)! * (over.length - 1)) / over.length;
  const generation = ages / links;
  return {
    lives: over.length,
    meanOffspring: mean(over),
    varianceOffspring,
    generation,
    effectiveSize:
      varianceOffspring > 0 ? ((joined / (births - population)) * generation) / varianceOffspring : null,
  };
}

/** How many of the born became ancestors of all. */
export interface Takeover {
  /** Births up to the last common ancestor: those of which it is known whether their line was fixed. */
  readonly decided: number;
  readonly fixed: number;
  /** Of neutral newborns where parents are drawn evenly and the oldest dies: 2 / (population - 1 + 2 inFlight); null under other schemes. */
  readonly neutralShare: number | null;
  /** Of the fixed, those that carried a block other than their donor's: substitutions. */
  readonly substitutions: readonly Fixation[];
  /** Births from origin to fixation, of substitutions: quartiles; null for none. */
  readonly quartiles: readonly [number, number, number] | null;
}

/** Founders are left out: they were there from the start. */
export function takeoverOf(
  { donor, block }: History,
  chromosome: Chromosome,
  series: CoalescenceSeries,
  { scheme, population, inFlight }: Pick<EvolutionSettings, 'scheme' | 'population' | 'inFlight'>,
): Takeover {
  const [from, carried] = [donor[chromosome], block[chromosome]];
  const fixed = fixations(from, series).filter(({ individual }) => individual >= population);
  const last = fixed.at(-1)?.individual ?? population - 1;
  const substitutions = fixed.filter(({ individual: i }) => from[i]! < 0 || carried[i] !== carried[from[i]!]);
  const times = substitutions.map(({ individual, at }) => at - individual);
  const at = (p: number) => quantile(times, p)!;
  return {
    decided: last - population + 1,
    fixed: fixed.length,
    neutralShare:
      scheme === 'map-elites' || scheme === 'random-search' ? null : 2 / (population - 1 + 2 * inFlight),
    substitutions,
    quartiles: times.length === 0 ? null : [at(0.25), at(0.5), at(0.75)],
  };
}
