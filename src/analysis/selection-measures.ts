/** Selection in a run, joined from its lineage: interval by interval, added up, and as gradients. */

import type { Random } from '../random/stream.ts';
import { type CovariancePartition, partitionCovariance } from '../statistics/covariance-partition.ts';
import { mean, variance } from '../statistics/moments.ts';
import { type PermutationTest, relabellingTest } from '../statistics/permutation.ts';
import {
  type SelectionDifferential,
  type SelectionGradients,
  selectionDifferential,
  selectionGradients,
} from '../statistics/selection-gradients.ts';
import type { Interval, SelectionParts, Trait } from './selection-events.ts';

/** Over all intervals in which the population has descendants; changes add up, as the last census of one is the first of the next. */
export interface TraitTotals {
  readonly trait: string;
  readonly intervals: number;
  readonly first: number;
  readonly last: number;
  readonly delta: number;
  readonly selection: number;
  readonly parts: SelectionParts;
  /** drift / driftSd; null where chance had no say. */
  readonly driftZ: number | null;
  readonly transmission: number;
  readonly byOperator: ReadonlyMap<string, number>;
  /** Children without a parent among the parents. */
  readonly unlinked: number;
  /** The largest of all intervals. */
  readonly residual: number;
  /** Means over intervals; of intensity over those in which the trait varies. */
  readonly differential: number;
  readonly intensity: number | null;
  readonly opportunity: number;
}

/** Null where no interval has descendants. */
export function totalsOf(trait: string, intervals: readonly Interval[], z: Trait): TraitTotals | null {
  const parts = intervals.flatMap(({ traits }) => (traits === null ? [] : [traits[trait]!]));
  if (parts.length === 0) return null;
  const sum = (pick: (each: (typeof parts)[number]) => number) =>
    parts.reduce((total, each) => total + pick(each), 0);
  const byOperator = new Map<string, number>();
  for (const each of parts)
    for (const [operator, change] of each.byOperator)
      byOperator.set(operator, (byOperator.get(operator) ?? 0) + change);
  const differentials = intervals.flatMap((interval) =>
    interval.traits === null ? [] : [differentialOf(interval, z)],
  );
  const intensities = differentials.flatMap(({ intensity }) => (intensity === null ? [] : [intensity]));
  const drift = sum((each) => each.parts.drift);
  const driftSd = Math.sqrt(sum((each) => each.parts.driftSd * each.parts.driftSd));
  return {
    trait,
    intervals: parts.length,
    first: parts[0]!.price.meanBefore,
    last: parts.at(-1)!.price.meanAfter,
    delta: sum((each) => each.price.delta),
    selection: sum((each) => each.price.selection),
    parts: {
      scheme: sum((each) => each.parts.scheme),
      drift,
      driftSd,
      viability: sum((each) => each.parts.viability),
      turnover: sum((each) => each.parts.turnover),
    },
    driftZ: driftSd > 0 ? drift / driftSd : null,
    transmission: sum((each) => each.price.transmission),
    byOperator,
    unlinked: sum((each) => each.price.unlinked),
    residual: parts.reduce((most, { price }) => Math.max(most, Math.abs(price.residual)), 0),
    differential: mean(differentials.map((each) => each.differential)),
    intensity: intensities.length === 0 ? null : mean(intensities),
    opportunity: mean(differentials.map((each) => each.opportunity)),
  };
}

/** Fitness is the number of descendants at the next census. */
export const differentialOf = ({ parents, descendants }: Interval, z: Trait): SelectionDifferential =>
  selectionDifferential(valuesOf(parents, z), descendants);

const valuesOf = (parents: Int32Array, z: Trait) => Float64Array.from(parents, z);

/** Selection gradients between two censuses. */
export interface IntervalGradients {
  readonly from: number;
  readonly to: number;
  readonly gradients: SelectionGradients | null;
  /** Why there are none; null where there are. */
  readonly reason: string | null;
}

/** Lande-Arnold gradients of descendants on these traits together, in each interval. */
export function gradientsOf(
  intervals: readonly Interval[],
  traits: Readonly<Record<string, Trait>>,
): IntervalGradients[] {
  return intervals.map((interval) => {
    const { from, to, parents, descendants } = interval;
    if (interval.traits === null) return { from, to, gradients: null, reason: 'nobody has descendants' };
    const values = Object.fromEntries(
      Object.entries(traits).map(([name, z]) => [name, valuesOf(parents, z)]),
    );
    try {
      return { from, to, gradients: selectionGradients(values, descendants), reason: null };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { from, to, gradients: null, reason: error.message };
    }
  });
}

/** One coefficient over the intervals that have it: mean and standard error between intervals, which share ancestors and so describe the run only. */
export interface MeanGradient {
  readonly gradient: 'beta' | 'gamma';
  readonly traits: readonly string[];
  readonly intervals: number;
  readonly mean: number;
  readonly se: number | null;
}

/** Gradients averaged over the intervals that have them. */
export function meanGradients(each: readonly IntervalGradients[]): MeanGradient[] {
  const found = new Map<
    string,
    { gradient: 'beta' | 'gamma'; traits: readonly string[]; values: number[] }
  >();
  for (const { gradients } of each) {
    if (gradients === null) continue;
    const rows = [
      ...gradients.linear.map((row) => ({ ...row, gradient: 'beta' as const })),
      ...(gradients.quadratic ?? []).map((row) => ({ ...row, gradient: 'gamma' as const })),
    ];
    for (const { gradient, traits, estimate } of rows) {
      const key = [gradient, ...traits].join(' ');
      const known = found.get(key) ?? { gradient, traits, values: [] };
      known.values.push(estimate);
      found.set(key, known);
    }
  }
  return [...found.values()].map(({ gradient, traits, values }) => {
    const spread = variance(values);
    return {
      ...{ gradient, traits, intervals: values.length, mean: mean(values) },
      se: spread === null ? null : Math.sqrt(spread / values.length),
    };
  });
}

/** Cov(w, z) / mean w between and within communities, summed over intervals; null where no interval has descendants. */
export function partitionedSelection(
  intervals: readonly Interval[],
  z: Trait,
  community: (individual: number) => number,
): Omit<CovariancePartition, 'byGroup'> | null {
  const parts = intervals.flatMap(({ parents, descendants, traits }) =>
    traits === null
      ? []
      : [
          partitionCovariance(
            descendants.map((w) => w / mean(descendants)),
            valuesOf(parents, z),
            parents.map(community),
          ),
        ],
  );
  if (parts.length === 0) return null;
  return {
    between: parts.reduce((sum, part) => sum + part.between, 0),
    within: parts.reduce((sum, part) => sum + part.within, 0),
  };
}

/** p of the summed differential if descendants were dealt anew to the parents of each census: descriptive, as those of one run share ancestors. */
export function withinCensusTest(
  intervals: readonly Interval[],
  z: Trait,
  random: Random,
  draws = 999,
): PermutationTest | null {
  const counted = intervals.filter(({ traits }) => traits !== null);
  if (counted.length === 0) return null;
  const relative = counted.flatMap(({ descendants }) => [...descendants.map((w) => w / mean(descendants))]);
  const weights = counted.flatMap(({ parents }) => {
    const values = valuesOf(parents, z);
    const centre = mean(values);
    return [...values.map((value) => (value - centre) / parents.length)];
  });
  return relabellingTest(
    relative.length,
    (from) => weights.reduce((sum, weight, i) => sum + weight * relative[from[i]!]!, 0),
    random,
    { draws, blocks: counted.flatMap(({ from, parents }) => new Array<number>(parents.length).fill(from)) },
  );
}
