/**
 * Limits of one Cox coefficient by profile likelihood: the values b at which twice the loss of log-likelihood, the others re-estimated, is z^2 (Venzon
 * and Moolgavkar 1988). They exist, on one side, where the likelihood is monotone and Wald's do not.
 */
import { z95 } from './confidence.ts';
import { type CoxOptions, coxRegression } from './cox.ts';
import type { Lives } from './lives.ts';
import type { Covariate } from './partial-likelihood.ts';

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
  const { layout, beta } = fit.model;
  const others = covariates.filter((_, a) => a !== index);
  const { values } = covariates[index]!;
  const mean = layout.mean[index]!;
  const atMaximum = fit.logLikelihood.atMaximum;
  const excess = (b: number) => {
    const offset = Float64Array.from(values, (value, i) => b * (value - mean) + (options.offset?.[i] ?? 0));
    const profile = coxRegression(lives, others, { ...rest, offset });
    return 2 * (atMaximum - profile.logLikelihood.atMaximum) - z * z;
  };
  const best = beta[index]! / layout.scale[index]!;
  const unit = coefficient.se ?? 1 / layout.scale[index]!;
  // Far out, where an infinite coefficient was left, other coefficients are hard to fit: the search begins as near as the likelihood allows.
  const start =
    coefficient.status === 'infinite' ? ([best / 4, best / 2].find((b) => excess(b) < 0) ?? best) : best;
  const limit = (side: 1 | -1) =>
    coefficient.direction === side ? null : crossing(excess, start, side * unit * z);
  return { name, lower: limit(-1), upper: limit(1) };
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
