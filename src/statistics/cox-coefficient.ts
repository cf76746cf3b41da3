/** What is said of one coefficient of a Cox model. */
import { exp } from '../numerics/elementary.ts';
import { normalTail, normalTwoSided, studentQuantile, studentTwoSided } from './distributions.ts';
import { type PooledEffect, pooledEffect } from './pooling.ts';

/**
 * `aliased`: a combination of earlier covariates, or constant in every risk set. `infinite`: the likelihood rises for ever as it grows, or becomes flat
 * in it as another grows.
 */
export type CoefficientStatus = 'estimated' | 'aliased' | 'infinite';

/** All of a coefficient that is not `estimated` is null. */
export interface CoxCoefficient {
  readonly name: string;
  readonly status: CoefficientStatus;
  /** Of an infinite coefficient: which infinity. */
  readonly direction: 1 | -1 | null;
  readonly coefficient: number | null;
  readonly hazardRatio: number | null;
  /** From the information matrix. */
  readonly se: number | null;
  /** From the sandwich, where clusters were given. */
  readonly robustSe: number | null;
  /**
   * Over its standard error. Where clusters were given: over the robust one times sqrt(G / (G - 1)) of the G clusters that tell of it, which is then
   * judged as Student's t with G - 1 degrees of freedom; null, with p and limits, where they are too few for a robust error.
   */
  readonly z: number | null;
  /** G - 1; null where z is judged as a normal deviate. */
  readonly df: number | null;
  readonly p: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The error from clusters, and how many of them tell of the coefficient. */
export interface RobustError {
  readonly se: number;
  readonly clusters: number;
}

/** `robust`: 'none' where errors are those of the model, 'too few' where clusters were given that are too few for an error. `z`: normal quantile of the limits. */
export function estimatedCoefficient(
  name: string,
  coefficient: number,
  se: number,
  robust: RobustError | 'none' | 'too few',
  z: number,
): CoxCoefficient {
  const estimate = {
    ...{ name, coefficient, hazardRatio: exp(coefficient), se },
    ...{ status: 'estimated' as const, direction: null },
  };
  if (robust === 'too few') return { ...estimate, robustSe: null, df: null, ...untested };
  if (robust === 'none')
    return {
      ...{ ...estimate, robustSe: null, df: null },
      ...tested(coefficient, se, z, normalTwoSided),
    };
  const { se: robustSe, clusters } = robust;
  // A sandwich of few clusters can vanish: then there is an estimate but no test.
  if (!(robustSe > 0) || clusters < 2) return { ...estimate, robustSe, df: null, ...untested };
  const df = clusters - 1;
  const quantile = studentQuantile(1 - normalTail(z), df);
  const used = robustSe * Math.sqrt(clusters / df);
  return {
    ...{ ...estimate, robustSe, df },
    ...tested(coefficient, used, quantile, (t) => studentTwoSided(t, df)),
  };
}

const untested = { z: null, p: null, lower: null, upper: null } as const;

const tested = (coefficient: number, used: number, quantile: number, p: (ratio: number) => number) =>
  used > 0
    ? {
        ...{ z: coefficient / used, p: p(coefficient / used) },
        ...{ lower: coefficient - quantile * used, upper: coefficient + quantile * used },
      }
    : untested;

/** Infinite with a direction, aliased without. */
export const unestimatedCoefficient = (name: string, direction: 1 | -1 | null): CoxCoefficient => ({
  ...{ name, status: direction === null ? 'aliased' : 'infinite', direction },
  ...{ coefficient: null, hazardRatio: null, se: null, robustSe: null, df: null, ...untested },
});

/** One coefficient of several fits as one effect, of those that estimate it; null where fewer than two do. */
export function pooledCoefficient(fits: readonly (CoxCoefficient | undefined)[]): PooledEffect | null {
  const estimates = fits.flatMap((row) =>
    row?.coefficient == null || row.se === null || row.se === 0
      ? []
      : [{ coefficient: row.coefficient, se: row.se }],
  );
  if (estimates.length < 2) return null;
  return pooledEffect(
    estimates.map(({ coefficient }) => coefficient),
    estimates.map(({ se }) => se),
  );
}
