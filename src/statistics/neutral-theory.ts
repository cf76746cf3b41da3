/** What happens without selection, and with little: fixation, coalescence and effective size under the standard models and under aging evolution. */
import { exp, log } from '../numerics/elementary.ts';

/** Of one mutant of relative fitness r in a Moran process of N: (1 - 1/r) / (1 - 1/r^N); neutral 1/N (Moran 1958). */
export function moranFixation(n: number, r: number): number {
  return Math.abs(r - 1) < 1e-12 ? 1 / n : oneMinusExp(log(r)) / oneMinusExp(n * log(r));
}

/** Of one mutant of advantage s in a haploid Wright-Fisher population of N: (1 - e^(-2 s)) / (1 - e^(-2 N s)); neutral 1/N (Kimura 1962). */
export function kimuraFixation(n: number, s: number): number {
  return Math.abs(s) < 1e-12 ? 1 / n : oneMinusExp(2 * s) / oneMinusExp(2 * n * s);
}

/** Events from one neutral mutant to its fixation in a Moran process, given that it fixes: N (N - 1). */
export const moranFixationEvents = (n: number): number => n * (n - 1);

/** Expected age of the last common ancestor of a sample, in generations, haploid: 2 Ne (1 - 1/n) (Kingman 1982). */
export const kingmanAge = (effectiveSize: number, sample: number): number =>
  2 * effectiveSize * (1 - 1 / sample);

/** 1 - e^-x without loss near 0. */
function oneMinusExp(x: number): number {
  if (Math.abs(x) > 1e-3) return 1 - exp(-x);
  // Five terms leave an error under 1e-18.
  return x * (1 - (x / 2) * (1 - (x / 3) * (1 - (x / 4) * (1 - x / 5))));
}

/** Of aging evolution: one birth and the oldest member's death at every tick, population P. */
export interface AgingEvolution {
  /** Mean age of a parent, in births: (P + 1) / 2. */
  readonly generation: number;
  /** Of a neutral newborn: 2 / (P + 1); its reproductive value is above the mean. */
  readonly newbornFixation: number;
  /** Generations; Hill 1979: births per tick times generation over the variance of offspring number. */
  readonly effectiveSize: number;
  /** Births back to the common ancestor of two individuals, about (P + 1)^2 / (4 V): too low where S / P is large. */
  readonly pairCoalescence: number;
}

/** `offspringVariance`: 1 for random parents, `tournamentVariance(S)` for tournaments on fitness that is not inherited. */
export function agingEvolution(population: number, offspringVariance: number): AgingEvolution {
  const generation = (population + 1) / 2;
  return {
    generation,
    newbornFixation: 2 / (population + 1),
    effectiveSize: generation / offspringVariance,
    pairCoalescence: (generation * generation) / offspringVariance,
  };
}

/**
 * Effective size, in generations, of a recorded population: births per tick times mean age of parents over the variance (1 / N) of lifetime offspring
 * number about its mean (Hill 1979). Of lives that are over only: offspring of the living are not counted yet. Null where no one differs or none was born.
 */
export function effectiveSize(offspring: ArrayLike<number>, parentAges: ArrayLike<number>): number | null {
  if (offspring.length === 0 || parentAges.length === 0) return null;
  const average = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const mean = average(offspring);
  const variance = average(Array.from(offspring, (k) => (k - mean) * (k - mean)));
  return variance > 0 ? average(parentAges) / variance : null;
}
