/**
 * Bootstrap intervals, bias-corrected and accelerated (BCa, Efron 1987), of any statistic of one or more samples; units are resampled within their
 * sample. As R's boot.ci(type = "bca"): quantiles are interpolated on the normal scale.
 */
import type { Random } from '../random/stream.ts';
import { normalQuantile, normalTail } from './distributions.ts';

/** An estimate with the limits of its bootstrap interval. */
export interface BootstrapInterval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
  readonly draws: number;
}

type Samples = readonly (readonly number[])[];

/**
 * @throws RangeError for an empty sample, or where the statistic is not a finite number on the data, on a resample or with one unit left out.
 */
export function bootstrapInterval(
  samples: Samples,
  statistic: (samples: Samples) => number,
  random: Random,
  { draws = 9999, level = 0.95 }: { readonly draws?: number; readonly level?: number } = {},
): BootstrapInterval {
  if (samples.length === 0 || samples.some((sample) => sample.length === 0))
    throw new RangeError('every sample needs at least one unit');
  const evaluate = (of: Samples, what: string) => {
    const value = statistic(of);
    if (!Number.isFinite(value)) throw new RangeError(`the statistic of ${what} is ${value}`);
    return value;
  };
  const estimate = evaluate(samples, 'the data');
  const replicates = Float64Array.from({ length: draws }, () =>
    evaluate(
      samples.map((sample) => sample.map(() => random.pick(sample))),
      'a resample',
    ),
  );
  const influence = samples.flatMap((sample, s) => {
    const without = sample.map((_, i) =>
      evaluate(
        samples.map((each, t) => (t === s ? each.filter((_, j) => j !== i) : each)),
        'the data less one unit',
      ),
    );
    const centre = without.reduce((sum, value) => sum + value, 0) / without.length;
    return without.map((value) => ((sample.length - 1) * (centre - value)) / sample.length);
  });
  const [lower, upper] = bcaLimits(replicates, estimate, influence, level);
  return { estimate, lower, upper, level, draws };
}

/**
 * z0 = quantile of the share of replicates below the estimate, half of those equal to it counted in; a = sum of l^3 / (6 (sum of l^2)^1.5) over influence values l; limits are the replicates'
 * quantiles at P(z0 + (z0 + z) / (1 - a (z0 + z))). Where all replicates fall on one side they are the extremes.
 */
export function bcaLimits(
  replicates: Float64Array,
  estimate: number,
  influence: readonly number[],
  level: number,
): readonly [number, number] {
  const sorted = replicates.slice().sort();
  const n = sorted.length;
  const squares = influence.reduce((sum, l) => sum + l * l, 0);
  // Nothing varies.
  if (squares === 0 || sorted[0] === sorted[n - 1]) return [sorted[0]!, sorted[n - 1]!];
  const acceleration = influence.reduce((sum, l) => sum + l * l * l, 0) / (6 * squares * Math.sqrt(squares));
  const below = shareBelow(sorted, estimate);
  const bias = normalQuantile(Math.min(1 - 0.5 / n, Math.max(0.5 / n, below)));
  const at = (p: number) => {
    const shifted = bias + normalQuantile(p);
    return quantileAt(sorted, 1 - normalTail(bias + shifted / (1 - acceleration * shifted)));
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

/** Relative to the largest replicate: by how much equal means differ for the order in which they were added up. */
const rounding = 1e-13;

/** Of sorted replicates. Those that are equal count half, so that limits mirror with the sample. */
function shareBelow(sorted: Float64Array, estimate: number): number {
  const close = rounding * Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!));
  const below = sorted.filter((value) => value < estimate - close).length;
  const notAbove = sorted.filter((value) => value <= estimate + close).length;
  return (below + notAbove) / (2 * sorted.length);
}

/** At rank (n + 1) p, between ranks by interpolation on the normal scale (Davison and Hinkley 1997, equation 5.8). */
function quantileAt(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  const rank = (n + 1) * p;
  const k = Math.floor(rank);
  if (k < 1) return sorted[0]!;
  if (k >= n) return sorted[n - 1]!;
  if (rank === k) return sorted[k - 1]!;
  const scale = (q: number) => normalQuantile(q / (n + 1));
  const share = (normalQuantile(p) - scale(k)) / (scale(k + 1) - scale(k));
  return sorted[k - 1]! + share * (sorted[k]! - sorted[k - 1]!);
}
