/**
 * Restricted mean survival time: the area under a survival curve up to a horizon tau, an effect in units of time that assumes nothing about hazards
 * (Irwin 1949; Royston and Parmar 2013). As R's print(survfit, rmean = tau).
 */
import { z95 } from './confidence.ts';
import { normalTwoSided } from './distributions.ts';
import type { SurvivalCurve } from './kaplan-meier.ts';

/** The area under a survival curve up to a horizon: mean time lived of the time that could have been. */
export interface RestrictedMean {
  readonly tau: number;
  readonly mean: number;
  readonly se: number;
}

/** The latest horizon that a curve supports: its last exit, or any where everyone has had the event. */
export function longestHorizon({ rows }: SurvivalCurve): number {
  const last = rows.at(-1);
  return last === undefined ? 0 : last.survival === 0 ? Number.POSITIVE_INFINITY : last.time;
}

/**
 * mean = integral of S from 0 to tau; variance = sum over event times of A^2 d / (n (n - d)) with A the area from that time to tau; terms with n = d
 * are left out (A is 0 there).
 * @throws RangeError where tau is negative or passes the last exit while some survive.
 */
export function restrictedMean(curve: SurvivalCurve, tau: number): RestrictedMean {
  if (!(tau >= 0 && tau <= longestHorizon(curve)))
    throw new RangeError(
      `tau = ${tau} must lie between 0 and the last time under observation, ${longestHorizon(curve)}`,
    );
  const inside = curve.rows.filter((row) => row.time <= tau);
  let area = 0;
  let variance = 0;
  // From the right: the area beyond each event is what its variance term needs.
  for (let i = inside.length - 1; i >= 0; i--) {
    const { time, atRisk, events, survival } = inside[i]!;
    area += survival * ((inside[i + 1]?.time ?? tau) - time);
    if (events > 0 && atRisk > events) variance += (area * area * events) / (atRisk * (atRisk - events));
  }
  return { tau, mean: area + (inside[0]?.time ?? tau), se: Math.sqrt(variance) };
}

/** The difference of two restricted means with its interval and test. */
export interface MeanDifference {
  readonly tau: number;
  readonly difference: number;
  readonly se: number;
  /** Null with `p`. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Two-sided, by Wald; null where one of the means has no error: nothing ended by then, or all at once, and Greenwood's 0 says nothing about the next. */
  readonly p: number | null;
}

/** Of `a` minus `b`, with a Wald interval. */
export function restrictedMeanDifference(
  a: SurvivalCurve,
  b: SurvivalCurve,
  tau: number,
  z = z95,
): MeanDifference {
  const [first, second] = [restrictedMean(a, tau), restrictedMean(b, tau)];
  const difference = first.mean - second.mean;
  const se = Math.sqrt(first.se * first.se + second.se * second.se);
  const tested = first.se > 0 && second.se > 0;
  return {
    tau,
    difference,
    se,
    lower: tested ? difference - z * se : null,
    upper: tested ? difference + z * se : null,
    p: tested ? normalTwoSided(difference / se) : null,
  };
}
