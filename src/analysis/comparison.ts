/** Every condition against the first, in every statistic asked for, with p-values adjusted over the whole family. */
import type { RunRow } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { forkNames, streamNames } from '../random/stream-names.ts';
import { benjaminiHochberg, holm } from '../statistics/multiplicity.ts';
import {
  compareRuns,
  type Plan,
  planFor,
  type RunComparison,
  type RunValue,
} from '../statistics/run-comparison.ts';
import { arePaired, type ComparedCondition } from './conditions.ts';
import { type Missing, type RunSource, type StatisticOptions, statisticNamed } from './run-statistics.ts';

/** One number for each run of a condition. */
export interface ConditionValues {
  readonly condition: string;
  readonly values: readonly {
    readonly run: number;
    readonly seed: string;
    /** Null with `missing`, which says why. */
    readonly value: RunValue | null;
    readonly missing: string | null;
  }[];
}

/** Two conditions by one statistic, with every number that the comparison rests on. */
export interface Compared {
  readonly statistic: string;
  readonly title: string;
  /** What was chosen on the way, such as a horizon. */
  readonly note: string | null;
  readonly first: ConditionValues;
  readonly second: ConditionValues;
  /** Null with `reason`. */
  readonly comparison: RunComparison | null;
  readonly reason: string | null;
  readonly plan: Plan | null;
  /** The permutation p-value, adjusted over all comparisons. */
  readonly holm: number | null;
  readonly benjaminiHochberg: number | null;
}

/** What is asked of a comparison besides its conditions. */
export interface ComparisonOptions extends StatisticOptions {
  readonly statistics: readonly string[];
  /** False: as if seeds had nothing in common. */
  readonly mayPair: boolean;
}

type Unadjusted = Omit<Compared, 'holm' | 'benjaminiHochberg'>;

/** `sources`: of every run of the conditions. */
export function comparisonsOf(
  conditions: readonly ComparedCondition[],
  sources: ReadonlyMap<number, RunSource>,
  options: ComparisonOptions,
): Compared[] {
  const [reference, ...others] = conditions;
  const rows = options.statistics.flatMap((statistic) => {
    const { title, of } = statisticNamed(statistic);
    // All conditions at once: a horizon is common to them.
    const runs = conditions.flatMap((condition) => condition.runs);
    const { values: found, note } = of(
      runs.map(({ run }) => sources.get(run)!),
      options,
    );
    const values = new Map(runs.map(({ run }, i) => [run, found[i]!]));
    return others.map((other): Unadjusted => {
      const isPaired = options.mayPair && arePaired(other, reference!);
      return {
        statistic,
        title,
        note,
        ...compared(statistic, valuesOf(other, values), valuesOf(reference!, values), isPaired),
      };
    });
  });
  const p = rows.map(({ comparison }) => comparison?.permutation.p ?? null);
  const [strict, lenient] = [holm(p), benjaminiHochberg(p)];
  return rows.map((row, i) => ({ ...row, holm: strict[i]!, benjaminiHochberg: lenient[i]! }));
}

const valuesOf = (
  { name, runs }: ComparedCondition,
  values: ReadonlyMap<number, RunValue | Missing>,
): ConditionValues => ({
  condition: name,
  values: runs.map(({ run, seed }: RunRow) => {
    const found = values.get(run)!;
    return 'missing' in found
      ? { run, seed, value: null, missing: found.missing }
      : { run, seed, value: found, missing: null };
  }),
});

function compared(statistic: string, first: ConditionValues, second: ConditionValues, isPaired: boolean) {
  const kept = first.values.map(({ value }, i) => value !== null && second.values[i]?.value != null);
  const present = ({ values }: ConditionValues) =>
    values.flatMap(({ value }, i) => (value === null || (isPaired && !kept[i]) ? [] : [value]));
  const [a, b] = [present(first), present(second)];
  const lacking = [a, b].some((values) => values.length < 2);
  if (lacking)
    return {
      ...{ first, second, comparison: null, plan: null },
      reason: `${isPaired ? 'pairs with a value' : 'runs with a value'}: ${a.length} of ${first.condition}, ${b.length} of ${second.condition}; at least two of each are needed`,
    };
  const random = stream(streamNames.comparison(statistic, first.condition, second.condition));
  const comparison = compareRuns(a, b, { isPaired, random });
  return {
    first,
    second,
    comparison,
    reason: null,
    plan: planFor(comparison, random.fork(forkNames.plan())),
  };
}
