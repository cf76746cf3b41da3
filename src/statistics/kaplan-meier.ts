/**
 * The Kaplan-Meier estimator with R's conventions (package survival 3.5): S(t) = product over event times of 1 - d / n, where
 * n = #{entry < t <= exit}. At equal times events come before censoring and entries after events.
 */
import { exp, log } from '../numerics/elementary.ts';
import { mergeTies } from './tied-times.ts';

/** Lives as parallel arrays. */
export interface Lives {
  /** Delayed entry (left truncation); absent where everyone is watched from the origin. */
  readonly entry?: ArrayLike<number>;
  readonly exit: ArrayLike<number>;
  /** 1 (or true) event, 0 censored. */
  readonly event: ArrayLike<number | boolean>;
}

/** Names stand in output: permanent. `log` is R's default, `log-log` ours. */
export const confidenceTypes = ['log-log', 'log', 'plain'] as const;
export type ConfidenceType = (typeof confidenceTypes)[number];

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

export interface KaplanMeierOptions {
  readonly confidence?: ConfidenceType;
  /** Normal quantile of the two-sided band; default that of 95 %. */
  readonly z?: number;
}

/** The 0.975 quantile of the normal distribution. */
export const z95 = 1.959963984540054;

/** @throws RangeError for arrays of unequal length, times that are not finite, or entry >= exit (a life of no length under delayed entry). */
export function kaplanMeier(lives: Lives, options: KaplanMeierOptions = {}): SurvivalCurve {
  const { confidence = 'log-log', z = z95 } = options;
  const { entry, exit } = mergeTies(lives);
  const n = exit.length;
  const byExit = Array.from({ length: n }, (_, i) => i).sort((a, b) => exit[a]! - exit[b]!);
  const entries = entry === null ? null : Float64Array.from(entry).sort();
  const rows: SurvivalRow[] = [];
  let survival = 1;
  let greenwood = 0;
  let gone = 0;
  let entered = entries === null ? n : 0;
  for (let i = 0; i < n; ) {
    const time = exit[byExit[i]!]!;
    let events = 0;
    let leaving = 0;
    for (; i < n && exit[byExit[i]!] === time; i++) {
      leaving += 1;
      events += lives.event[byExit[i]!] ? 1 : 0;
    }
    if (entries !== null) while (entered < n && entries[entered]! < time) entered += 1;
    const atRisk = entered - gone;
    if (events > 0) {
      survival *= 1 - events / atRisk;
      greenwood += events / (atRisk * (atRisk - events));
    }
    gone += leaving;
    const limits = band(survival, Math.sqrt(greenwood), confidence, z);
    rows.push({ time, atRisk, events, censored: leaving - events, survival, ...limits });
  }
  return { n, events: rows.reduce((sum, row) => sum + row.events, 0), confidence, z, rows };
}

/** One curve per label, in order of first appearance. */
export function kaplanMeierBy<G>(
  lives: Lives,
  groups: readonly G[],
  options: KaplanMeierOptions = {},
): Map<G, SurvivalCurve> {
  const members = new Map<G, number[]>();
  groups.forEach((group, i) => {
    const list = members.get(group);
    if (list === undefined) members.set(group, [i]);
    else list.push(i);
  });
  return new Map([...members].map(([group, rows]) => [group, kaplanMeier(chosen(lives, rows), options)]));
}

function chosen({ entry, exit, event }: Lives, rows: readonly number[]): Lives {
  return {
    ...(entry === undefined ? {} : { entry: rows.map((i) => entry[i]!) }),
    exit: rows.map((i) => exit[i]!),
    event: rows.map((i) => event[i]!),
  };
}

type Limits = Pick<SurvivalRow, 'se' | 'lower' | 'upper'>;

/** `sigma` is the root of Greenwood's sum, the standard error of log survival. */
function band(survival: number, sigma: number, confidence: ConfidenceType, z: number): Limits {
  if (survival <= 0) return { se: null, lower: null, upper: null };
  if (sigma === 0) return { se: 0, lower: survival, upper: survival };
  return { se: survival * sigma, ...bands[confidence](survival, sigma, z) };
}

const bands = {
  plain: (s, sigma, z) => ({ lower: Math.max(0, s - z * s * sigma), upper: Math.min(1, s + z * s * sigma) }),
  log: (s, sigma, z) => ({ lower: s * exp(-z * sigma), upper: Math.min(1, s * exp(z * sigma)) }),
  'log-log': (s, sigma, z) => {
    const width = (z * sigma) / -log(s);
    return { lower: exp(log(s) * exp(width)), upper: exp(log(s) * exp(-width)) };
  },
} as const satisfies Record<ConfidenceType, (s: number, sigma: number, z: number) => Omit<Limits, 'se'>>;

export interface Quantile {
  readonly value: number | null;
  /** By inverting the band; null where it does not come down so far. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Time by which a share `p` has had the event; p = 0.5 is the median. On a plateau exactly at 1 - p: the middle of the plateau. */
export function survivalQuantile({ rows }: SurvivalCurve, p: number): Quantile {
  const crossing = (height: (row: SurvivalRow) => number | null) => firstCrossing(rows, height, p);
  return {
    value: crossing((row) => row.survival),
    lower: crossing((row) => row.lower),
    upper: crossing((row) => row.upper),
  };
}

const plateauTolerance = Math.sqrt(Number.EPSILON);

function firstCrossing(
  rows: readonly SurvivalRow[],
  height: (row: SurvivalRow) => number | null,
  p: number,
): number | null {
  const falls = (by: number) => {
    const row = rows.find((each) => {
      const h = height(each);
      return h !== null && 1 - h >= by;
    });
    return row?.time ?? null;
  };
  const reached = falls(p - plateauTolerance);
  const last = rows.at(-1);
  if (reached === null || last === undefined) return null;
  const end = height(last);
  if (end !== null && Math.abs(1 - end - p) < plateauTolerance) return (reached + last.time) / 2;
  const passed = falls(p + plateauTolerance);
  return passed === null ? null : (reached + passed) / 2;
}

/** Restricted mean survival time: the area under the curve up to `tau`, with its standard error. `tau` must not pass the last exit unless survival is 0. */
export function restrictedMean(
  { rows }: SurvivalCurve,
  tau: number,
): { readonly mean: number; readonly se: number } {
  const inside = rows.filter((row) => row.time <= tau);
  let area = 0;
  let variance = 0;
  // From the right: the area beyond each event is what its variance term needs.
  for (let i = inside.length - 1; i >= 0; i--) {
    const { time, atRisk, events, survival } = inside[i]!;
    area += survival * ((inside[i + 1]?.time ?? tau) - time);
    if (events > 0 && atRisk > events) variance += (area * area * events) / (atRisk * (atRisk - events));
  }
  return { mean: area + (inside[0]?.time ?? tau), se: Math.sqrt(variance) };
}
