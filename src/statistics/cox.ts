/**
 * Cox's proportional hazards regression, h(t | x) = h0(t) exp(x' beta), as R's coxph: ties by Efron or Breslow, start-stop rows, strata, and the
 * cluster-robust variance of Lin and Wei 1989. Newton's method with step halving on standardised covariates.
 *
 * A coefficient may have no finite maximum (every event on one side of a covariate): the likelihood is then monotone, Wald's test means nothing, and
 * the coefficient is reported as infinite with its direction; likelihood-ratio and score tests remain valid, and `profileLimits` gives its finite limit.
 */
import { exp } from '../numerics/elementary.ts';
import { z95 } from './confidence.ts';
import { scoreResiduals } from './cox-residuals.ts';
import { chiSquareTail, normalTwoSided } from './distributions.ts';
import { type Lives, membersOf } from './lives.ts';
import {
  type Covariate,
  type CoxLayout,
  coxLayout,
  type PartialLikelihood,
  partialLikelihood,
  type TieMethod,
} from './partial-likelihood.ts';
import { type PooledEffect, pooledEffect } from './pooling.ts';
import { quadraticForm } from './quadratic-form.ts';
import { independentColumns, inverseSymmetric, sandwich, solveSymmetric, submatrix } from './symmetric.ts';

export interface CoxOptions {
  readonly ties?: TieMethod;
  /** One label per row: a baseline hazard for each. */
  readonly strata?: readonly unknown[];
  /** One label per row: rows of a cluster are not independent; standard errors are the sandwich's. */
  readonly cluster?: readonly unknown[];
  /** Added to x' beta, with coefficient 1. */
  readonly offset?: ArrayLike<number>;
  /** How many equal lives each row stands for (of one cluster): the fit is that of the rows repeated, and costs less. */
  readonly counts?: ArrayLike<number>;
  /** Normal quantile of the limits. */
  readonly z?: number;
}

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
  /** By the robust standard error where there is one. */
  readonly z: number | null;
  readonly p: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface ChiSquareTest {
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
}

export interface CoxFit {
  /** Lives. */
  readonly n: number;
  readonly events: number;
  readonly ties: TieMethod;
  readonly clusters: number | null;
  readonly coefficients: readonly CoxCoefficient[];
  readonly logLikelihood: { readonly atZero: number; readonly atMaximum: number };
  readonly likelihoodRatio: ChiSquareTest;
  /** Of beta = 0, from its gradient there. */
  readonly score: ChiSquareTest;
  /** Null where the likelihood is monotone, nothing is estimated, or a robust variance vanishes. */
  readonly wald: ChiSquareTest | null;
  /** Covariance of the estimated coefficients, in their order: the sandwich where clusters were given. */
  readonly covariance: readonly (readonly number[])[];
  readonly iterations: number;
  /** For residuals: the rows, and the coefficients of standardised covariates (0 where aliased). */
  readonly model: { readonly layout: CoxLayout; readonly beta: Float64Array };
}

/** @throws RangeError as `kaplanMeier` says, for columns that are not finite, and where there is no event. */
export function coxRegression(
  lives: Lives,
  covariates: readonly Covariate[],
  options: CoxOptions = {},
): CoxFit {
  const { ties = 'efron', z = z95 } = options;
  const layout = coxLayout(lives, covariates, ties, options.strata, options.offset, options.counts);
  const total = (of: (row: number) => number) =>
    layout.count.reduce((sum, count, row) => sum + count * of(row), 0);
  const events = total((row) => layout.event[row]!);
  if (events === 0) throw new RangeError('no life ends in an event: there is no hazard to compare');
  const atZero = partialLikelihood(layout, new Float64Array(layout.p));
  const kept = independentColumns(atZero.information, 1e-10 * events);
  const { beta, likelihood, iterations, step } = maximum(layout, atZero, kept);
  const bounded = kept.filter((a, k) => !isGrowing(step[k]!, beta[a]!));
  const finite = informed(likelihood, atZero, bounded);
  const infinite = new Set(kept.filter((a) => !finite.includes(a)));
  const naive = inverseSymmetric(submatrix(likelihood.information, finite));
  const clusters = options.cluster === undefined ? null : membersOf(options.cluster);
  if (options.cluster !== undefined && options.cluster.length !== layout.n)
    throw new RangeError('cluster must have one label per row');
  const robust =
    clusters === null ? null : sandwich(naive, clusteredScores(layout, beta, finite, [...clusters.values()]));
  const natural = (matrix: readonly (readonly number[])[]) =>
    matrix.map((row, i) => row.map((v, j) => v / (layout.scale[finite[i]!]! * layout.scale[finite[j]!]!)));
  const covariance = natural(robust ?? naive);
  const estimates = finite.map((a) => beta[a]! / layout.scale[a]!);
  const ratio = 2 * (likelihood.logLikelihood - atZero.logLikelihood);
  const score = quadraticForm(
    kept.map((a) => atZero.score[a]!),
    submatrix(atZero.information, kept),
  );
  const wald = quadraticForm(estimates, covariance);
  const isVanished = robust?.some((row, i) => vanishes(row[i]!, naive[i]![i]!)) === true;
  return {
    ...{ n: total(() => 1), events, ties, clusters: clusters?.size ?? null, covariance, iterations },
    coefficients: covariates.map(({ name }, a) => {
      const row = finite.indexOf(a);
      if (row >= 0)
        return estimated(
          name,
          estimates[row]!,
          natural(naive)[row]![row]!,
          robust && covariance[row]![row]!,
          z,
        );
      return notEstimated(name, infinite.has(a) ? (beta[a]! > 0 ? 1 : -1) : null);
    }),
    logLikelihood: { atZero: atZero.logLikelihood, atMaximum: likelihood.logLikelihood },
    likelihoodRatio: chiSquare(Math.max(0, ratio), kept.length),
    score: chiSquare(score.value, score.df),
    wald: infinite.size > 0 || isVanished || wald.df === 0 ? null : chiSquare(wald.value, wald.df),
    model: { layout, beta },
  };
}

const chiSquare = (value: number, df: number): ChiSquareTest => ({
  chiSquare: value,
  df,
  p: df === 0 ? 1 : chiSquareTail(value, df),
});

interface Maximum {
  readonly beta: Float64Array;
  readonly likelihood: PartialLikelihood;
  readonly iterations: number;
  /** The Newton step that would come next, by kept column: near 0 at a maximum, of order 1 where the likelihood is monotone. */
  readonly step: readonly number[];
}

/** R's criterion: the relative change of the log-likelihood. */
const tolerance = 1e-9;
const mostIterations = 50;

function maximum(layout: CoxLayout, atZero: PartialLikelihood, kept: readonly number[]): Maximum {
  let beta = new Float64Array(layout.p);
  let likelihood = atZero;
  const newton = (at: PartialLikelihood) =>
    solveSymmetric(
      submatrix(at.information, kept),
      kept.map((a) => at.score[a]!),
    );
  let step = newton(likelihood);
  for (let iterations = 1; ; iterations++) {
    const before = likelihood.logLikelihood;
    const next = halved(layout, beta, likelihood, kept, step);
    if (next === null) return { beta, likelihood, iterations, step };
    ({ beta, likelihood } = next);
    step = newton(likelihood);
    const change = Math.abs(likelihood.logLikelihood - before);
    if (change > tolerance * Math.max(1, Math.abs(before)) && iterations < mostIterations) continue;
    // Quadratic convergence: one more step where there is a maximum takes the coefficients to the last digits.
    const polished = kept.some((a, k) => isGrowing(step[k]!, beta[a]!))
      ? null
      : halved(layout, beta, likelihood, kept, step);
    return polished === null
      ? { beta, likelihood, iterations, step }
      : { ...polished, iterations, step: newton(polished.likelihood) };
  }
}

/** The longest of the step, its half, its quarter ... that does not lower the likelihood; null where none does. */
function halved(
  layout: CoxLayout,
  beta: Float64Array,
  { logLikelihood }: PartialLikelihood,
  kept: readonly number[],
  step: readonly number[],
) {
  for (let factor = 1; factor > 1e-6; factor /= 2) {
    const moved = beta.slice();
    kept.forEach((a, k) => {
      moved[a]! += factor * step[k]!;
    });
    const likelihood = partialLikelihood(layout, moved);
    if (likelihood.logLikelihood >= logLikelihood - 1e-14 * Math.abs(logLikelihood))
      return { beta: moved, likelihood };
  }
  return null;
}

/** Columns about which information is left: where the likelihood rises for ever along one direction, it may become flat along others. */
function informed(
  { information }: PartialLikelihood,
  atZero: PartialLikelihood,
  columns: readonly number[],
): number[] {
  const unit = (a: number) => Math.sqrt(atZero.information[a]![a]!);
  const relative = columns.map((a) => columns.map((b) => information[a]![b]! / (unit(a) * unit(b))));
  return independentColumns(relative, 1e-6, 1e-6).map((i) => columns[i]!);
}

/** In units of the covariate's standard deviation. */
const isGrowing = (step: number, beta: number): boolean =>
  Math.abs(step) > 1e-4 * Math.max(1, Math.abs(beta));

/** Sum over clusters of s s', s being the cluster's summed score residuals. */
function clusteredScores(
  layout: CoxLayout,
  beta: Float64Array,
  finite: readonly number[],
  clusters: readonly (readonly number[])[],
): number[][] {
  const residuals = scoreResiduals(layout, beta);
  const meat = finite.map(() => new Array<number>(finite.length).fill(0));
  for (const rows of clusters) {
    const sums = finite.map((a) =>
      rows.reduce((sum, i) => sum + layout.count[i]! * residuals[i * layout.p + a]!, 0),
    );
    sums.forEach((first, i) => {
      sums.forEach((second, j) => {
        meat[i]![j]! += first * second;
      });
    });
  }
  return meat;
}

/** Whether so many clusters can give errors to so many coefficients: their scores add up to 0, so that the sandwich's rank is at most one less than there are. */
export const hasRobustErrors = (clusters: number, coefficients: number): boolean =>
  clusters > 1 && clusters > coefficients;

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

/** A sandwich of few clusters can be 0: what rounding leaves of it is none. */
const vanishes = (robustVariance: number, variance: number): boolean => !(robustVariance > 1e-14 * variance);

function estimated(
  name: string,
  coefficient: number,
  variance: number,
  robustVariance: number | null,
  z: number,
): CoxCoefficient {
  const se = Math.sqrt(variance);
  const robustSe =
    robustVariance === null ? null : Math.sqrt(vanishes(robustVariance, variance) ? 0 : robustVariance);
  const used = robustSe ?? se;
  // A sandwich of few clusters can vanish: then there is an estimate but no test.
  const tested = used > 0;
  return {
    ...{
      name,
      status: 'estimated',
      direction: null,
      coefficient,
      hazardRatio: exp(coefficient),
      se,
      robustSe,
    },
    z: tested ? coefficient / used : null,
    p: tested ? normalTwoSided(coefficient / used) : null,
    lower: tested ? coefficient - z * used : null,
    upper: tested ? coefficient + z * used : null,
  };
}

const notEstimated = (name: string, direction: 1 | -1 | null): CoxCoefficient => ({
  ...{ name, status: direction === null ? 'aliased' : 'infinite', direction },
  ...{
    coefficient: null,
    hazardRatio: null,
    se: null,
    robustSe: null,
    z: null,
    p: null,
    lower: null,
    upper: null,
  },
});
