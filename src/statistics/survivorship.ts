/**
 * Everything that is asked of one sample of lives: a curve, a median and a restricted mean per group, and how the groups differ by log-rank, restricted
 * means and Cox regression. Lives within one run share ancestors and rivals, so p-values from one run describe it; over runs, effects per run are pooled.
 */
import { aalenJohansen, type CumulativeIncidence } from './aalen-johansen.ts';
import type { ConfidenceType } from './confidence.ts';
import { type CoxFit, coxRegression } from './cox.ts';
import { pooledCoefficient } from './cox-coefficient.ts';
import { kaplanMeierBy, type SurvivalCurve } from './kaplan-meier.ts';
import { type AgeRow, kaplanMeierAges } from './kaplan-meier-ages.ts';
import { chosenLives, collapsedLives, type Lives, membersOf, numbered } from './lives.ts';
import { type LogRankTest, logRank } from './log-rank.ts';
import type { TieMethod } from './partial-likelihood.ts';
import type { PooledEffect } from './pooling.ts';
import { type ProfileLimits, profileLimits } from './profile-likelihood.ts';
import { type ProportionalHazardsTest, proportionalHazardsTest } from './proportional-hazards.ts';
import {
  longestHorizon,
  type MeanDifference,
  type RestrictedMean,
  restrictedMean,
  restrictedMeanDifference,
} from './restricted-mean.ts';
import { joinedWith } from './risk-components.ts';
import { type Quantile, survivalQuantile } from './survival-quantile.ts';

/** Lives with the group, run and cause of each. */
export interface SurvivorshipSample extends Lives {
  readonly groups: readonly string[];
  readonly runs: readonly number[];
  /** What ended each life, null for what is censored; absent where nobody asks why. */
  readonly causes?: readonly (string | null)[];
}

/** What is asked of an analysis of survivorship. */
export interface SurvivorshipOptions {
  readonly confidence: ConfidenceType;
  /** Horizon of restricted means; default the latest that every group supports. */
  readonly tau?: number;
  readonly rho: number;
  readonly ties: TieMethod;
  readonly stratifyByRun: boolean;
}

/** How long the lives of one group are. */
export interface GroupSurvival {
  readonly group: string;
  readonly curve: SurvivalCurve;
  /** The curve in a few lines. */
  readonly ages: readonly AgeRow[];
  readonly median: Quantile;
  /** Null where the group is not watched to the horizon. */
  readonly restrictedMean: RestrictedMean | null;
  /** Null where the sample does not say why lives ended. */
  readonly incidence: CumulativeIncidence | null;
}

/** How much longer the lives of a group are than those of the reference. */
export interface GroupDifference {
  readonly group: string;
  /** Null where one of both is not watched to the horizon. */
  readonly effect: MeanDifference | null;
}

/** Of each group less the first. */
export interface GroupComparison {
  readonly reference: string;
  readonly logRank: LogRankTest<string>;
  readonly differences: readonly GroupDifference[];
  /** Null where nothing ends. Of the groups that are `apart` a coefficient is against another group. */
  readonly cox: CoxFit | null;
  /** Of infinite coefficients the limit on the other side, by profile likelihood. */
  readonly profile: readonly ProfileLimits[];
  /** Groups that are never at risk with the reference when something ends, not even through other groups: there is no hazard ratio. */
  readonly apart: readonly string[];
  readonly proportionalHazards: readonly ProportionalHazardsTest[];
  /** Log hazard ratios estimated within each run, then pooled; null where fewer than two runs give one. */
  readonly pooled: readonly { readonly group: string; readonly effect: PooledEffect | null }[];
}

/** All groups, and the comparison between them where there are several. */
export interface Survivorship {
  readonly tau: number;
  readonly groups: readonly GroupSurvival[];
  /** Null for a single group. */
  readonly comparison: GroupComparison | null;
}

/** Groups in order of their labels, numbers by value. @throws RangeError as `kaplanMeier`. */
export function survivorshipOf(sample: SurvivorshipSample, options: SurvivorshipOptions): Survivorship {
  const { confidence } = options;
  const curves = [...kaplanMeierBy(sample, sample.groups, { confidence })].sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const tau = options.tau ?? commonHorizon(curves.map(([, curve]) => curve));
  const members = membersOf(sample.groups);
  return {
    tau,
    groups: curves.map(([group, curve]) => ({
      group,
      curve,
      ages: kaplanMeierAges(curve, chosenLives(sample, members.get(group)!)),
      median: survivalQuantile(curve, 0.5),
      restrictedMean: tau <= longestHorizon(curve) ? restrictedMean(curve, tau) : null,
      incidence: incidenceOf(sample, members.get(group)!, confidence),
    })),
    comparison: curves.length < 2 ? null : compare(sample, curves, tau, options),
  };
}

function incidenceOf(
  { causes, ...lives }: SurvivorshipSample,
  rows: readonly number[],
  confidence: ConfidenceType,
): CumulativeIncidence | null {
  if (causes === undefined) return null;
  const { entry, exit } = chosenLives(lives, rows);
  const at = entry === undefined ? { exit } : { entry, exit };
  return aalenJohansen({ ...at, cause: rows.map((i) => causes[i]!) }, { confidence });
}

/** The least of the groups' last times under observation; of groups that ended altogether, the last exit of all. */
export function commonHorizon(curves: readonly SurvivalCurve[]): number {
  const horizon = Math.min(...curves.map(longestHorizon));
  return Number.isFinite(horizon)
    ? horizon
    : curves.reduce((latest, { rows }) => Math.max(latest, rows.at(-1)?.time ?? 0), 0);
}

function compare(
  sample: SurvivorshipSample,
  curves: readonly (readonly [string, SurvivalCurve])[],
  tau: number,
  { rho, ties, stratifyByRun }: SurvivorshipOptions,
): GroupComparison {
  const [[reference, first], ...others] = curves as [readonly [string, SurvivalCurve], ...typeof curves];
  const names = others.map(([group]) => group);
  const severalRuns = new Set(sample.runs).size > 1;
  const strata = stratifyByRun ? { strata: sample.runs } : {};
  const cox = regression(sample, sample.groups, names, {
    ...{ ties, ...strata },
    ...(severalRuns ? { cluster: sample.runs } : {}),
  });
  const joined = joinedWith(sample, sample.groups, reference, stratifyByRun ? sample.runs : undefined);
  const infinite = (cox?.coefficients ?? []).filter(
    ({ name, status }) => status === 'infinite' && joined.has(name),
  );
  return {
    reference,
    logRank: logRank(sample, sample.groups, { rho, ...strata }),
    differences: others.map(([group, curve]) => ({
      group,
      effect:
        tau <= Math.min(longestHorizon(curve), longestHorizon(first))
          ? restrictedMeanDifference(curve, first, tau)
          : null,
    })),
    cox,
    profile: finiteLimits(
      sample,
      names,
      { ties, ...strata },
      infinite.map(({ name }) => name),
    ),
    apart: names.filter((group) => !joined.has(group)),
    proportionalHazards:
      cox?.coefficients.some(({ status }) => status === 'estimated') === true
        ? proportionalHazardsTest(cox, { terms: { group: names } })
        : [],
    pooled: severalRuns ? pooledByRun(sample, reference, names, ties) : [],
  };
}

interface RegressionOptions {
  readonly ties: TieMethod;
  readonly strata?: readonly number[];
  readonly cluster?: readonly number[];
}

/** On indicators of all groups but the first; null where nothing ends. Lives with the same times in the same group and run are one row: there are few of those in a large sample. */
function regression(
  lives: Lives,
  groups: readonly string[],
  names: readonly string[],
  options: RegressionOptions,
): CoxFit | null {
  if (!Array.from(lives.event).some(Boolean)) return null;
  const { lives: rows, indicators, options: collapsed } = collapsedModel(lives, groups, names, options);
  return coxRegression(rows, indicators, collapsed);
}

function collapsedModel(
  lives: Lives,
  groups: readonly string[],
  names: readonly string[],
  { ties, strata, cluster }: RegressionOptions,
) {
  const runs = strata ?? cluster;
  const labels = [groups, ...(runs === undefined ? [] : [runs])].map((each) => numbered<unknown>(each).codes);
  const { rows, counts } = collapsedLives(lives, labels);
  const of = <T>(values: readonly T[]) => Array.from(rows, (i) => values[i]!);
  const indicators = names.map((name) => ({
    name,
    values: Float64Array.from(rows, (i) => (groups[i] === name ? 1 : 0)),
  }));
  return {
    lives: chosenLives(lives, rows),
    indicators,
    options: {
      ...{ ties, counts },
      ...(strata === undefined ? {} : { strata: of(strata) }),
      ...(cluster === undefined ? {} : { cluster: of(cluster) }),
    },
  };
}

/** The finite limits of infinite coefficients. */
function finiteLimits(
  sample: SurvivorshipSample,
  names: readonly string[],
  options: RegressionOptions,
  infinite: readonly string[],
): ProfileLimits[] {
  const { lives, indicators, options: collapsed } = collapsedModel(sample, sample.groups, names, options);
  return infinite.map((name) => profileLimits(lives, indicators, name, collapsed));
}

function pooledByRun(
  sample: SurvivorshipSample,
  reference: string,
  names: readonly string[],
  ties: TieMethod,
) {
  const fits = [...membersOf(sample.runs).values()].map((rows) => {
    const lives = chosenLives(sample, rows);
    const groups = rows.map((i) => sample.groups[i]!);
    return {
      joined: joinedWith(lives, groups, reference),
      fit: regression(lives, groups, names, { ties }),
    };
  });
  return names.map((group, k) => {
    const comparable = fits.filter(({ joined }) => joined.has(group));
    return { group, effect: pooledCoefficient(comparable.map(({ fit }) => fit?.coefficients[k])) };
  });
}
