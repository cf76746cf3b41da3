/**
 * What each row adds to a Cox model: martingale residuals (events observed - expected) and score residuals (the row's part of the score, whose sums
 * over clusters make the robust variance), with Efron's weights for tied events (Therneau and Grambsch 2000, sections 4.2 and 7.1), and the baseline hazard.
 */
import { exp } from '../numerics/elementary.ts';
import {
  type CoxLayout,
  forEachRiskSet,
  meansOf,
  type Risks,
  risksOf,
  tiedEvents,
} from './partial-likelihood.ts';

/** Steps of one stratum in ascending time, summed up from the first. */
interface Cumulative {
  readonly time: number[];
  /** Of the hazard of a row with risk 1. */
  readonly hazard: number[];
  /** Of hazard times mean covariate, p numbers per step. */
  readonly mean: number[];
}

interface Step {
  readonly time: number;
  readonly deaths: readonly number[];
  readonly hazard: number;
  readonly mean: Float64Array;
  /** What is not a tied event's own: the same sums weighted by its share. */
  readonly tiedHazard: number;
  readonly tiedMean: Float64Array;
  /** Mean over the tied events of the mean covariate. */
  readonly centre: Float64Array;
}

function stepsByStratum(layout: CoxLayout, risks: Risks): Step[][] {
  const { p, ties } = layout;
  const steps: Step[][] = layout.strata.map(() => []);
  forEachRiskSet(layout, risks, (set) => {
    const { stratum, time, deaths, ended, s1, d1 } = set;
    const tied = tiedEvents(set, ties);
    const sums = { mean: new Float64Array(p), tiedMean: new Float64Array(p), centre: new Float64Array(p) };
    for (let a = 0; a < p; a++) {
      sums.mean[a] = tied.aa * s1[a]! - tied.ab * d1[a]!;
      sums.tiedMean[a] = tied.ab * s1[a]! - tied.bb * d1[a]!;
      sums.centre[a] = meansOf(set, tied, a) / ended;
    }
    steps[stratum]!.push({ time, deaths, hazard: tied.a, tiedHazard: tied.b, ...sums });
  });
  return steps.map((each) => each.reverse());
}

function cumulated(steps: readonly Step[], p: number): Cumulative {
  const total: Cumulative = { time: [], hazard: [0], mean: new Array<number>(p).fill(0) };
  steps.forEach((step, j) => {
    total.time.push(step.time);
    total.hazard.push(total.hazard[j]! + step.hazard);
    for (let a = 0; a < p; a++) total.mean.push(total.mean[j * p + a]! + step.mean[a]!);
  });
  return total;
}

/** How many of the sorted times are at or before t. */
function reached(sorted: readonly number[], t: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Observed minus expected events of each row, of each single life that it stands for. */
export function martingaleResiduals(layout: CoxLayout, beta: ArrayLike<number>): Float64Array {
  const risks = risksOf(layout, beta);
  const residuals = Float64Array.from(layout.event);
  stepsByStratum(layout, risks).forEach((steps, s) => {
    const { time, hazard } = cumulated(steps, 0);
    for (const i of layout.strata[s]!.byExit) {
      const from = layout.entry === null ? 0 : reached(time, layout.entry[i]!);
      residuals[i]! -= risks.risk[i]! * (hazard[reached(time, layout.exit[i]!)]! - hazard[from]!);
    }
    for (const step of steps) for (const i of step.deaths) residuals[i]! += risks.risk[i]! * step.tiedHazard;
  });
  return residuals;
}

/** The score's derivative by the weight of one life of the row, n x p, in standardised covariates; columns add up to the score, rows counted as often as they stand for lives. */
export function scoreResiduals(layout: CoxLayout, beta: ArrayLike<number>): Float64Array {
  const { n, p, x } = layout;
  const risks = risksOf(layout, beta);
  const residuals = new Float64Array(n * p);
  stepsByStratum(layout, risks).forEach((steps, s) => {
    const { time, hazard, mean } = cumulated(steps, p);
    for (const i of layout.strata[s]!.byExit) {
      const from = layout.entry === null ? 0 : reached(time, layout.entry[i]!);
      const to = reached(time, layout.exit[i]!);
      const grown = hazard[to]! - hazard[from]!;
      for (let a = 0; a < p; a++)
        residuals[i * p + a]! -=
          risks.risk[i]! * (x[i * p + a]! * grown - (mean[to * p + a]! - mean[from * p + a]!));
    }
    for (const step of steps)
      for (const i of step.deaths)
        for (let a = 0; a < p; a++) {
          const own = x[i * p + a]!;
          residuals[i * p + a]! +=
            own - step.centre[a]! + risks.risk[i]! * (own * step.tiedHazard - step.tiedMean[a]!);
        }
  });
  return residuals;
}

/** One step of the baseline's cumulative hazard. */
export interface BaselineStep {
  readonly stratum: number;
  readonly time: number;
  /** Cumulative hazard of a row with all covariates and the offset 0. */
  readonly hazard: number;
}

/** At event times, ascending within strata (numbered by first appearance). R's basehaz(fit, centered = FALSE). */
export function baselineHazard(layout: CoxLayout, beta: ArrayLike<number>): BaselineStep[] {
  const risks = risksOf(layout, beta);
  let centre = 0;
  for (let a = 0; a < layout.p; a++) centre += (beta[a]! * layout.mean[a]!) / layout.scale[a]!;
  const unit = exp(-risks.shift - centre);
  return stepsByStratum(layout, risks).flatMap((steps, stratum) => {
    const { hazard } = cumulated(steps, 0);
    return steps.map(({ time }, j) => ({ stratum, time, hazard: hazard[j + 1]! * unit }));
  });
}
