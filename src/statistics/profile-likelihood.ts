/**
 * Limits of one Cox coefficient by profile likelihood: the values b at which twice the loss of log-likelihood, the others re-estimated, is z^2 (Venzon
 * and Moolgavkar 1988). They exist, on one side, where the likelihood is monotone and Wald's do not.
 */
import { z95 } from './confidence.ts';
import { type CoxOptions, coxRegression } from './cox.ts';
import { coxBasis } from './cox-basis.ts';
import type { Lives } from './lives.ts';
import { covariance } from './moments.ts';
import { type Covariate, coxLayout } from './partial-likelihood.ts';

/** Limits of a coefficient by profile likelihood; null where one is infinite. */
export interface ProfileLimits {
  readonly name: string;
  /** Null where the likelihood stays above on that side. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** @throws RangeError as `coxRegression` says, and for an unknown or aliased covariate. */
export function profileLimits(
  lives: Lives,
  covariates: readonly Covariate[],
  name: string,
  options: CoxOptions = {},
): ProfileLimits {
  const { z = z95, cluster: _, ...rest } = options;
  const fit = coxRegression(lives, covariates, rest);
  const index = covariates.findIndex((covariate) => covariate.name === name);
  const coefficient = fit.coefficients[index];
  if (coefficient === undefined || coefficient.status === 'aliased')
    throw new RangeError(`there is no coefficient ${name} to put limits on`);
  // An aliased covariate could take the coefficient's place: it has none of its own.
  const others = covariates.filter((_, a) => a !== index && fit.coefficients[a]!.status !== 'aliased');
  const own = ownPart(lives, others, covariates[index]!, rest);
  const atMaximum = fit.logLikelihood.atMaximum;
  const excess = (b: number) => {
    const offset = own.map((value, i) => b * value + (options.offset?.[i] ?? 0));
    const profile = coxRegression(lives, others, { ...rest, offset });
    return 2 * (atMaximum - profile.logLikelihood.atMaximum) - z * z;
  };
  const unit = coefficient.se ?? 1 / (spread(own) || 1);
  const start = coefficient.coefficient ?? within(excess, coefficient.direction! * unit);
  const limit = (side: 1 | -1) =>
    start === null || coefficient.direction === side ? null : crossing(excess, start, side * unit * z);
  return { name, lower: limit(-1), upper: limit(1) };
}

/**
 * The covariate without what the others (within strata) tell of it: they take that on themselves, so that the profile is the same, and risks stay within
 * the range of numbers where covariates are nearly collinear.
 */
function ownPart(
  lives: Lives,
  others: readonly Covariate[],
  covariate: Covariate,
  { ties = 'efron', strata, counts }: CoxOptions,
): Float64Array {
  const ordered = [...others, covariate];
  const layout = coxLayout(lives, ordered, ties, strata, undefined, counts);
  const { layout: basis, columns, coefficients } = coxBasis(layout, [...ordered.keys()]);
  const last = columns.length - 1;
  // The covariate has 1 / scale of its standardised form, of which the last column has so much.
  const share = coefficients(columns.map((_, k) => (k === last ? 1 : 0)))[ordered.length - 1]!;
  const unit = layout.scale[ordered.length - 1]! / share;
  return Float64Array.from({ length: layout.n }, (_, i) => basis.x[i * basis.p + last]! * unit);
}

const spread = (values: Float64Array): number => Math.sqrt(covariance(values, values));

/** Of an infinite coefficient: a value on its side at which the likelihood is within the limit; null where numbers end before. */
function within(excess: (b: number) => number, unit: number): number | null {
  for (let steps = 0; steps < 60; steps++) {
    const value = excess(unit * 2 ** steps);
    if (value < 0) return unit * 2 ** steps;
    if (!Number.isFinite(value)) return null;
  }
  return null;
}

/**
 * Where the excess becomes positive, going from `from` by ever longer steps and then by regula falsi (its Illinois form, which never stalls on one side); null
 * beyond 2^10 steps, or where numbers end.
 */
function crossing(excess: (b: number) => number, from: number, step: number): number | null {
  let [inside, below] = [from, excess(from)];
  let [outside, above] = [from + step, excess(from + step)];
  for (let tries = 0; above < 0; tries++) {
    if (tries === 10) return null;
    [inside, below] = [outside, above];
    outside = from + 2 ** (tries + 1) * step;
    above = excess(outside);
  }
  // Far out the likelihood is no number any more: it was flat all the way there.
  if (!Number.isFinite(above)) return null;
  let last = 0;
  for (let i = 0; i < 60 && Math.abs(outside - inside) > 1e-12 * Math.max(1, Math.abs(outside)); i++) {
    const between = (inside * above - outside * below) / (above - below);
    const value = excess(between);
    if (value === 0) return between;
    if (value < 0) {
      [inside, below] = [between, value];
      if (last === -1) above /= 2;
    } else {
      [outside, above] = [between, value];
      if (last === 1) below /= 2;
    }
    last = Math.sign(value);
  }
  return (inside + outside) / 2;
}
