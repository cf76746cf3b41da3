/** Limits of correlations: on Fisher's z scale, where they are close to normal, or by resampling pairs. */
import { log, tanh } from '../numerics/elementary.ts';
import type { Random } from '../random/stream.ts';
import { bcaLimits } from './bootstrap.ts';
import { correlation, rankCorrelation } from './correlation.ts';
import { normalQuantile } from './distributions.ts';
import { kendallTau } from './kendall.ts';

/** Coefficients of correlation: null where not defined. */
const coefficients = {
  pearson: correlation,
  spearman: rankCorrelation,
  kendall: kendallTau,
} as const satisfies Record<string, (x: ArrayLike<number>, y: ArrayLike<number>) => number | null>;

/** Which coefficient. */
export type Coefficient = keyof typeof coefficients;

/** Coefficients, each with a variance of Fisher's z. Of Spearman's the first is right for strong correlations too, the last as if it were Pearson's: too narrow. */
const intervals = {
  /** Fisher 1921. */
  pearson: { coefficient: 'pearson', variance: (n) => 1 / (n - 3) },
  /** Bonett and Wright 2000. */
  spearman: { coefficient: 'spearman', variance: (n, r) => (1 + (r * r) / 2) / (n - 3) },
  /** Fieller, Hartley and Pearson 1957. */
  'spearman-fieller': { coefficient: 'spearman', variance: (n) => 1.06 / (n - 3) },
  'spearman-fisher': { coefficient: 'spearman', variance: (n) => 1 / (n - 3) },
  /** Fieller, Hartley and Pearson 1957, and Bonett and Wright 2000. */
  kendall: { coefficient: 'kendall', variance: (n) => 0.437 / (n - 4) },
} as const satisfies Record<
  string,
  { readonly coefficient: Coefficient; readonly variance: (n: number, r: number) => number }
>;

/** A coefficient, and how its limits are found. */
export type IntervalMethod = keyof typeof intervals;

/** A correlation with its limits. */
export interface CorrelationInterval {
  readonly n: number;
  /** Null where not defined: too few pairs, or one side does not vary. */
  readonly r: number | null;
  /** Null with `r`, where r is 1 or -1, and for too few pairs: 3 or fewer, of Kendall's 4. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Limits tanh(atanh r -+ z s), s^2 by the method. @throws RangeError for arrays of unequal length or numbers not finite. */
export function correlationInterval(
  method: IntervalMethod,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  level = 0.95,
): CorrelationInterval {
  const { coefficient, variance } = intervals[method];
  const [n, r] = [x.length, coefficients[coefficient](x, y)];
  const squared = r === null ? Number.NaN : variance(n, r);
  if (r === null || !(squared > 0 && Number.isFinite(squared)) || Math.abs(r) >= perfect)
    return { n, r, lower: null, upper: null };
  const centre = 0.5 * log((1 + r) / (1 - r));
  const width = normalQuantile((1 + level) / 2) * Math.sqrt(squared);
  return { n, r, lower: tanh(centre - width), upper: tanh(centre + width) };
}

/** 1, but for rounding. */
const perfect = 1 - 1e-14;

/** A correlation with limits from resampled pairs. */
export interface BootstrappedCorrelation extends CorrelationInterval {
  readonly draws: number;
  /** Draws in which one side does not vary; left out. */
  readonly undefinedDraws: number;
}

/** BCa limits over resampled pairs (Efron 1987); null where the correlation is not defined, also with any one pair left out. @throws RangeError as above. */
export function bootstrapCorrelation(
  coefficient: Coefficient,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  random: Random,
  { draws = 1999, level = 0.95 }: { readonly draws?: number; readonly level?: number } = {},
): BootstrappedCorrelation {
  const n = x.length;
  const of = (pairs: readonly number[]) =>
    coefficients[coefficient](
      pairs.map((i) => x[i]!),
      pairs.map((i) => y[i]!),
    );
  const all = Array.from({ length: n }, (_, i) => i);
  const r = coefficients[coefficient](x, y);
  const without = all.map((left) => of(all.filter((i) => i !== left)));
  const jackknife = without.filter((each) => each !== null);
  if (r === null || jackknife.length < n)
    return { n, r, lower: null, upper: null, draws: 0, undefinedDraws: 0 };
  const replicates = Array.from({ length: draws }, () => of(all.map(() => random.below(n)))).filter(
    (each) => each !== null,
  );
  const centre = jackknife.reduce((sum, each) => sum + each, 0) / n;
  const influence = jackknife.map((each) => ((n - 1) * (centre - each)) / n);
  const [lower, upper] = bcaLimits(Float64Array.from(replicates), r, influence, level);
  return { n, r, lower, upper, draws, undefinedDraws: draws - replicates.length };
}
