/**
 * The Kaplan-Meier estimator with R's conventions (package survival 3.5, survfit): S(t) = product over event times of 1 - d / n, with Greenwood's
 * variance S^2 * sum of d / (n (n - d)) (Kaplan and Meier 1958).
 */
import { type ConfidenceType, limitsOf, z95 } from './confidence.ts';
import { chosenLives, type Lives, membersOf } from './lives.ts';
import { riskTable } from './risk-table.ts';

/** A survival curve at one distinct time at which something ended or was censored. */
export interface SurvivalRow {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  readonly survival: number;
  /** Greenwood's standard error of `survival`; null where survival is 0. */
  readonly se: number | null;
  /** Null where not defined (survival 0). */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A Kaplan-Meier curve with the counts that it is made from. */
export interface SurvivalCurve {
  /** Subjects. */
  readonly n: number;
  readonly events: number;
  readonly confidence: ConfidenceType;
  /** Normal quantile of the band. */
  readonly z: number;
  /** One row per distinct exit time, ascending. */
  readonly rows: readonly SurvivalRow[];
}

/** Which limits a curve gets. */
export interface KaplanMeierOptions {
  readonly confidence?: ConfidenceType;
  /** Normal quantile of the two-sided band; default that of 95 %. */
  readonly z?: number;
}

/**
 * @throws RangeError for arrays of unequal length, times that are not finite, events other than 0 and 1, or entry >= exit (a life of no length under
 * delayed entry).
 */
export function kaplanMeier(lives: Lives, options: KaplanMeierOptions = {}): SurvivalCurve {
  const { confidence = 'log-log', z = z95 } = options;
  const table = riskTable(lives);
  const rows: SurvivalRow[] = [];
  let survival = 1;
  let greenwood = 0;
  let total = 0;
  for (let j = 0; j < table.time.length; j++) {
    const [atRisk, events] = [table.atRisk[j]!, table.events[j]!];
    if (events > 0) {
      survival *= 1 - events / atRisk;
      greenwood += events / (atRisk * (atRisk - events));
      total += events;
    }
    rows.push({
      time: table.time[j]!,
      atRisk,
      events,
      censored: table.censored[j]!,
      survival,
      ...limitsOf(survival, Math.sqrt(greenwood), confidence, z),
    });
  }
  return { n: table.n, events: total, confidence, z, rows };
}

/** One curve per label, in order of first appearance. */
export function kaplanMeierBy<G>(
  lives: Lives,
  groups: readonly G[],
  options: KaplanMeierOptions = {},
): Map<G, SurvivalCurve> {
  return new Map(
    [...membersOf(groups)].map(([group, rows]) => [group, kaplanMeier(chosenLives(lives, rows), options)]),
  );
}
