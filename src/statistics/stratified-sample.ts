/**
 * Means of all members of a population from a stratified random sample: of each stratum some are drawn without replacement, each with the same probability n / N, and each of the sampled stands for
 * N / n (Horvitz and Thompson 1952). Standard errors are those of this design, finite strata among it: the variance of a total is the sum over strata of N^2 (1 - n / N) s^2 / n, s^2 the variance in the sample
 * of the stratum; a mean over a part of the population is a ratio, and its error that of its linearised values (Särndal, Swensson and Wretman 1992, sections 3.7 and 5.6 to 5.8).
 */
import type { SampleEstimate } from './horvitz-thompson.ts';

/** Who was drawn. A stratum of N > 1 has two of the sampled or more: of one nothing is known of how far it varies. */
export interface StratifiedSample {
  /** Members of each stratum in the population. */
  readonly sizes: readonly number[];
  /** Of each of the sampled, the place of its stratum in `sizes`. */
  readonly strata: readonly number[];
}

/** A value of each of the sampled; null where it has none, which puts it outside of every part. */
export type SampledValues = readonly (number | null)[];

/** Whether each of the sampled belongs to a part of the population. */
export type Part = readonly boolean[];

/** With which each of the sampled was included. @throws RangeError as all here: for an empty sample, strata that are not there or have fewer than two of more, more of the sampled than members. */
export function inclusionProbabilities({ sizes, strata }: StratifiedSample): number[] {
  if (strata.length === 0) throw new RangeError('nobody was sampled');
  const drawn = sizes.map(() => 0);
  for (const stratum of strata) {
    if (sizes[stratum] === undefined) throw new RangeError(`there is no stratum ${stratum}`);
    drawn[stratum]! += 1;
  }
  drawn.forEach((n, i) => {
    const size = sizes[i]!;
    if (!(Number.isSafeInteger(size) && size >= n)) throw new RangeError(`${n} of ${size} cannot be drawn`);
    if (n < Math.min(2, size)) throw new RangeError(`${n} of ${size} say nothing of how far they vary`);
  });
  return strata.map((stratum) => drawn[stratum]! / sizes[stratum]!);
}

/** The sum over the population, null counted as nothing; without bias. */
export function stratifiedTotal(values: SampledValues, sample: StratifiedSample): SampleEstimate {
  const pi = weighed(values, sample);
  const summed = values.map((value) => value ?? 0);
  return {
    n: values.length,
    estimate: summed.reduce((sum, value, i) => sum + value / pi[i]!, 0),
    se: errorOfTotal(summed, sample),
  };
}

/** The mean over a part of the population, as a ratio; null where nobody in it was sampled. */
export function stratifiedMean(
  values: SampledValues,
  sample: StratifiedSample,
  part: Part,
): SampleEstimate | null {
  const mean = partMean(values, sample, part);
  if (mean === null) return null;
  return { n: mean.n, estimate: mean.estimate, se: errorOfTotal(mean.influence, sample) };
}

/** The mean over one part less that over another, which may have members in common; null where one of them has nobody in the sample. With the survivors and all births: the filter shift. */
export function stratifiedDifference(
  values: SampledValues,
  sample: StratifiedSample,
  [first, second]: readonly [Part, Part],
): SampleEstimate | null {
  const [a, b] = [partMean(values, sample, first), partMean(values, sample, second)];
  if (a === null || b === null) return null;
  const influence = a.influence.map((value, i) => value - b.influence[i]!);
  const n = values.filter((value, i) => value !== null && (first[i]! || second[i]!)).length;
  return { n, estimate: a.estimate - b.estimate, se: errorOfTotal(influence, sample) };
}

/** The mean, and what each of the sampled adds to its linearised error. */
function partMean(values: SampledValues, sample: StratifiedSample, part: Part) {
  const pi = weighed(values, sample);
  if (part.length !== values.length) throw new RangeError('each of the sampled is in the part or not');
  const inside = values.flatMap((value, i) => (value !== null && part[i]! ? [{ value, i }] : []));
  const first = inside[0]?.value;
  if (first === undefined) return null;
  const size = inside.reduce((sum, { i }) => sum + 1 / pi[i]!, 0);
  // About the first: equal values have their own value as mean, and no error.
  const estimate = first + inside.reduce((sum, { value, i }) => sum + (value - first) / pi[i]!, 0) / size;
  const influence = values.map(() => 0);
  for (const { value, i } of inside) influence[i] = (value - estimate) / size;
  return { n: inside.length, estimate, influence };
}

function weighed(values: SampledValues, sample: StratifiedSample): number[] {
  const pi = inclusionProbabilities(sample);
  if (values.length !== pi.length) throw new RangeError('each of the sampled has a value, or null');
  if (values.some((value) => value !== null && !Number.isFinite(value)))
    throw new RangeError('values must be finite');
  return pi;
}

function errorOfTotal(values: readonly number[], { sizes, strata }: StratifiedSample): number {
  const variance = sizes.reduce((sum, size, stratum) => {
    const own = values.filter((_, i) => strata[i] === stratum);
    const n = own.length;
    if (n === size) return sum;
    const [first] = own as [number];
    const mean = first + own.reduce((total, value) => total + (value - first), 0) / n;
    const spread = own.reduce((total, value) => total + (value - mean) ** 2, 0) / (n - 1);
    return sum + (size * size * (1 - n / size) * spread) / n;
  }, 0);
  return Math.sqrt(variance);
}
