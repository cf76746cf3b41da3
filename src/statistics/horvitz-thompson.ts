/**
 * Means of all births from a random sample of them: each sampled one stands for 1 / probability (Horvitz and Thompson 1952). Standard errors are those of Poisson sampling, in which each is taken or not for
 * itself, with its own known probability (of Bernoulli sampling where all are equal): variance of a total = sum of (1 - pi) (y / pi)^2 (Särndal, Swensson and Wretman 1992, sections 3.5 and 5.7).
 */
import { finite } from './moments.ts';

/** An estimate from a sample with known inclusion probabilities. */
export interface SampleEstimate {
  /** How many were sampled. */
  readonly n: number;
  readonly estimate: number;
  /** Of sampling alone: 0 where all had to be taken. */
  readonly se: number;
}

/** The sum over the population; without bias. `probabilities`: with which each of the sampled was included. @throws RangeError as all here: for an empty sample, arrays of unequal length, values not finite, probabilities outside (0, 1]. */
export function horvitzThompsonTotal(
  values: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): SampleEstimate {
  const { n, sample, pi } = sampled(values, probabilities);
  const estimate = sample.reduce((sum, y, i) => sum + y / pi[i]!, 0);
  return { n, estimate, se: errorOfTotal(sample, pi) };
}

/** The mean over a population of known size; without bias. Unlike Hájek's it moves with how many happened to be sampled. */
export function horvitzThompsonMean(
  values: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  population: number,
): SampleEstimate {
  const total = horvitzThompsonTotal(values, probabilities);
  if (!(Number.isInteger(population) && population >= total.n))
    throw new RangeError(`a sample of ${total.n} is not of a population of ${population}`);
  return { n: total.n, estimate: total.estimate / population, se: total.se / population };
}

/** The mean as a ratio, sum of y / pi over sum of 1 / pi (Hájek 1971): the size of the population is estimated too. Its error is linearised. */
export function hajekMean(values: ArrayLike<number>, probabilities: ArrayLike<number>): SampleEstimate {
  const { n, sample, pi } = sampled(values, probabilities);
  const { mean, size } = weightedMean(sample, pi);
  const deviations = sample.map((y) => (y - mean) / size);
  return { n, estimate: mean, se: errorOfTotal(deviations, pi) };
}

/**
 * The mean of those of a kind less the mean of all, each as Hájek's: with the survivors as the kind, the filter shift. Its error is linearised and takes into account that the kind is a part of all.
 * Null where none of the kind was sampled.
 */
export function hajekShift(
  values: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  isOfKind: readonly boolean[],
): SampleEstimate | null {
  const { n, sample, pi } = sampled(values, probabilities);
  if (isOfKind.length !== n) throw new RangeError('every value needs to be of the kind or not');
  const chosen = Array.from(sample.keys()).filter((i) => isOfKind[i]);
  if (chosen.length === 0) return null;
  const all = weightedMean(sample, pi);
  const kind = weightedMean(
    chosen.map((i) => sample[i]!),
    chosen.map((i) => pi[i]!),
  );
  const influence = sample.map(
    (y, i) => (isOfKind[i] ? (y - kind.mean) / kind.size : 0) - (y - all.mean) / all.size,
  );
  return { n, estimate: kind.mean - all.mean, se: errorOfTotal(influence, pi) };
}

function sampled(values: ArrayLike<number>, probabilities: ArrayLike<number>) {
  const [sample, pi] = [finite(values, 'values'), Float64Array.from(probabilities)];
  if (pi.length !== sample.length) throw new RangeError('every value needs its inclusion probability');
  const wrong = pi.find((p) => !(p > 0 && p <= 1));
  if (wrong !== undefined) throw new RangeError(`an inclusion probability of ${wrong} is not in (0, 1]`);
  return { n: sample.length, sample, pi };
}

/** The mean, and the size of the population that the sample stands for. */
function weightedMean(values: ArrayLike<number>, pi: ArrayLike<number>) {
  // About the first: equal values have their own value as mean.
  const first = values[0]!;
  let [size, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    size += 1 / pi[i]!;
    sum += (values[i]! - first) / pi[i]!;
  }
  return { mean: first + sum / size, size };
}

const errorOfTotal = (values: Float64Array, pi: Float64Array): number =>
  Math.sqrt(values.reduce((sum, y, i) => sum + (1 - pi[i]!) * (y / pi[i]!) ** 2, 0));
