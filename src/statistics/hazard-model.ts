/**
 * What makes lives short: the hazard of a life with traits x, in a run r whose residents have q at the time,
 *
 *     h(age | r) = h_r(age) exp(beta' x + gamma q(t) + delta' x q(t)),
 *
 * with a baseline hazard for each run. delta asks whether a trait costs more while many residents have something. Fitted to all runs with errors
 * robust to runs, and to each run by itself, which is then pooled: with few runs only the latter can be trusted.
 */
import { type CoxFit, coxRegression } from './cox.ts';
import { type CoxCoefficient, pooledCoefficient } from './cox-coefficient.ts';
import { chosenLives, membersOf } from './lives.ts';
import type { Covariate, TieMethod } from './partial-likelihood.ts';
import type { PooledEffect } from './pooling.ts';
import { type ProfileLimits, profileLimits } from './profile-likelihood.ts';
import { type ProportionalHazardsTest, proportionalHazardsTest } from './proportional-hazards.ts';

/** Rows (entry, exit] by age. */
export interface HazardRows {
  readonly entry: Float64Array;
  readonly exit: Float64Array;
  readonly event: Uint8Array;
  readonly runs: readonly number[];
  /** Traits, and where it is asked for the resident value and its products with them: as `hazardTerms` gives them. */
  readonly terms: readonly Covariate[];
}

/** A regression of hazards on traits and on what lives beside them, within each run and pooled over runs. */
export interface HazardModel {
  readonly fit: CoxFit;
  /** Of infinite ratios the limit on the other side, by profile likelihood, without regard to runs. */
  readonly profile: readonly ProfileLimits[];
  /** Empty where nothing is estimated. */
  readonly proportionalHazards: readonly ProportionalHazardsTest[];
  /** Null for a run in which nothing ends. */
  readonly byRun: readonly {
    readonly run: number;
    readonly coefficients: readonly CoxCoefficient[] | null;
  }[];
  /** Null where fewer than two runs give an estimate; empty for one run. */
  readonly pooled: readonly { readonly name: string; readonly effect: PooledEffect | null }[];
}

/** The traits, the resident value, and their products. */
export function hazardTerms(traits: readonly Covariate[], resident: ArrayLike<number> | null): Covariate[] {
  if (resident === null) return [...traits];
  return [
    ...traits,
    { name: 'resident', values: resident },
    ...traits.map(({ name, values }) => ({
      name: `${name} x resident`,
      values: Float64Array.from(values, (value, i) => value * resident[i]!),
    })),
  ];
}

/** @throws RangeError as `coxRegression`: where nothing ends there is no hazard. */
export function hazardModel(rows: HazardRows, ties: TieMethod): HazardModel {
  const members = membersOf(rows.runs);
  const isSeveral = members.size > 1;
  const fit = coxRegression(rows, rows.terms, {
    ties,
    ...(isSeveral ? { strata: rows.runs, cluster: rows.runs } : {}),
  });
  const infinite = fit.coefficients.filter(({ status }) => status === 'infinite');
  const byRun = [...members].map(([run, of]) => ({ run, coefficients: withinRun(rows, of, ties) }));
  // Where the residents of a run do not vary, an effect there is that at their value, and not at 0 as elsewhere.
  const hasProducts = rows.terms.some(({ name }) => name === 'resident');
  const alike = byRun.filter(
    ({ coefficients }) => !hasProducts || coefficients?.every(({ status }) => status !== 'aliased') === true,
  );
  return {
    fit,
    profile: infinite.map(({ name }) =>
      profileLimits(rows, rows.terms, name, { ties, ...(isSeveral ? { strata: rows.runs } : {}) }),
    ),
    proportionalHazards: fit.coefficients.some(({ status }) => status === 'estimated')
      ? proportionalHazardsTest(fit)
      : [],
    byRun,
    pooled: isSeveral
      ? rows.terms.map(({ name }, k) => ({
          name,
          effect: pooledCoefficient(alike.map((each) => each.coefficients?.[k])),
        }))
      : [],
  };
}

function withinRun(rows: HazardRows, of: readonly number[], ties: TieMethod) {
  const lives = chosenLives(rows, of);
  if (!Array.from(lives.event).some(Boolean)) return null;
  const terms = rows.terms.map(({ name, values }) => ({ name, values: of.map((i) => values[i]!) }));
  return coxRegression(lives, terms, { ties }).coefficients;
}
