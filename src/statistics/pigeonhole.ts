/**
 * The pigeonhole bootstrap of a two-way table: rows and columns are drawn with replacement, each for itself, and a cell comes along with its row and its column (McCullagh 2000;
 * Owen 2007). It takes both as samples, so that what it says holds for other rows and columns of the kind.
 */
import type { Random } from '../random/stream.ts';
import { variance } from './moments.ts';
import { quantile } from './quantile.ts';
import { type ReplicatedTable, type TwoWayOptions, twoWayAnalysis } from './two-way.ts';

/** An estimate with the limits of its pigeonhole bootstrap. */
export interface PigeonholeInterval {
  /** Null where the statistic is not defined on the data; then limits are too. */
  readonly estimate: number | null;
  /** Standard deviation of the replicates. */
  readonly se: number | null;
  /** Quantiles of the replicates. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly level: number;
  readonly draws: number;
  /** Draws on which the statistic is not defined; left out. */
  readonly undefinedDraws: number;
}

/** Draws, default 1,999, and the level, default 0.95. */
export interface PigeonholeOptions {
  readonly draws?: number;
  readonly level?: number;
}

/** Of any statistic of a table, `null` where it is not defined. @throws RangeError for a table without cells, or a statistic that is not finite. */
export function pigeonholeInterval<Cell>(
  table: readonly (readonly Cell[])[],
  statistic: (table: readonly (readonly Cell[])[]) => number | null,
  random: Random,
  { draws = 1999, level = 0.95 }: PigeonholeOptions = {},
): PigeonholeInterval {
  const [height, width] = [table.length, table[0]?.length ?? 0];
  if (height === 0 || width === 0) throw new RangeError('a table needs cells');
  if (table.some((row) => row.length !== width)) throw new RangeError('rows must be of one length');
  const estimate = checked(statistic(table));
  const replicates = Array.from({ length: draws }, () => {
    const rows = table.map(() => random.below(height));
    const columns = table[0]!.map(() => random.below(width));
    return checked(statistic(rows.map((i) => columns.map((j) => table[i]![j]!))));
  }).filter((value) => value !== null);
  return {
    ...{ estimate, level, draws, undefinedDraws: draws - replicates.length },
    ...spreadOf(estimate === null ? [] : replicates, level),
  };
}

function checked(value: number | null): number | null {
  if (value !== null && !Number.isFinite(value)) throw new RangeError(`the statistic of a table is ${value}`);
  return value;
}

function spreadOf(replicates: readonly number[], level: number) {
  const spread = variance(replicates);
  return {
    se: spread === null ? null : Math.sqrt(spread),
    lower: quantile(replicates, (1 - level) / 2),
    upper: quantile(replicates, (1 + level) / 2),
  };
}

/**
 * The share of the interaction among the variance components, `twoWayAnalysis(table, options).components.interactionShare`, with its interval (docs/decisions/0240: how often such
 * intervals hold the truth). @throws RangeError as twoWayAnalysis does.
 */
export const interactionShareInterval = (
  table: ReplicatedTable,
  random: Random,
  { paired = false, ...options }: PigeonholeOptions & TwoWayOptions = {},
): PigeonholeInterval =>
  pigeonholeInterval(
    table,
    (drawn) => twoWayAnalysis(drawn, { paired }).components.interactionShare,
    random,
    options,
  );
